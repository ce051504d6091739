"""How a person says that rows shall be split."""

import pytest
from sqlmodel import Session

from services.automl import split_choice
from services.automl.split_choice import SPLIT_LABELS, SplitChoice
from services.datasets.views import Dataset
from services.errors import InvalidInputError
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset


@pytest.fixture
def dataset(session: Session) -> Dataset:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    return make_dataset(session, scientist, make_project(session, scientist).id)


@pytest.fixture(autouse=True)
def _every_kind_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split_choice, "OFFERED_SPLITS", tuple(SPLIT_LABELS))


def test_the_search_chooses_where_nobody_does(dataset: Dataset) -> None:
    choice = SplitChoice.from_document({}).checked(dataset)
    assert choice.document() == {"kind": "auto", "time": None, "group": None}


def test_a_choice_comes_back_from_what_is_stored(dataset: Dataset) -> None:
    choice = SplitChoice("group_time", "tenure", "contract")
    assert SplitChoice.from_document(choice.document()).checked(dataset) == choice


def test_columns_a_kind_does_not_need_are_dropped(dataset: Dataset) -> None:
    assert SplitChoice("time", "tenure", "contract").checked(dataset) == SplitChoice("time", "tenure")
    assert SplitChoice("random", "tenure", "contract").checked(dataset) == SplitChoice("random")


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (SplitChoice("magic"), "cannot be split like this"),
        (SplitChoice("time"), "Name the column of the time"),
        (SplitChoice("group", group="churn"), "Choose a column beside the target"),
        (SplitChoice("group", group="nothing"), "cannot be the column of the group"),
    ],
)
def test_what_cannot_be_is_refused(dataset: Dataset, choice: SplitChoice, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        choice.checked(dataset)
