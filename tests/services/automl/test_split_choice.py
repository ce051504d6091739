"""How a person says that rows shall be split."""

import pytest
from sqlmodel import Session

from services.automl.division import KINDS
from services.automl.split_choice import OFFERED_SPLITS, SplitChoice, describe_split
from services.datasets.views import Dataset
from services.errors import InvalidInputError
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset


@pytest.fixture
def dataset(session: Session) -> Dataset:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    return make_dataset(session, scientist, make_project(session, scientist).id)


def test_the_search_chooses_where_nobody_does(dataset: Dataset) -> None:
    choice = SplitChoice.from_document({}).checked(dataset)
    assert choice.document() == {"kind": "auto", "time": None, "group": None, "gap": 0.0}


def test_a_choice_comes_back_from_what_is_stored(dataset: Dataset) -> None:
    choice = SplitChoice("group_time", "tenure", "contract", 30.0)
    assert SplitChoice.from_document(choice.document()).checked(dataset) == choice


def test_columns_a_kind_does_not_need_are_dropped(dataset: Dataset) -> None:
    assert SplitChoice("time", "tenure", "contract").checked(dataset) == SplitChoice("time", "tenure")
    assert SplitChoice("random", "tenure", "contract", 7.0).checked(dataset) == SplitChoice("random")


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (SplitChoice("magic"), "cannot be split like this"),
        (SplitChoice("time", "tenure", gap=-1.0), "must be 0 or more"),
        (SplitChoice("time"), "Name the column of the time"),
        (SplitChoice("group", group="churn"), "Choose a column beside the target"),
        (SplitChoice("group", group="nothing"), "cannot be the column of the group"),
    ],
)
def test_what_cannot_be_is_refused(dataset: Dataset, choice: SplitChoice, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        choice.checked(dataset)


def test_every_offered_split_can_be_made_and_says_what_it_is_right_for() -> None:
    assert set(OFFERED_SPLITS) <= set(KINDS)
    told = [describe_split(SplitChoice(kind, "since", "customer")) for kind in OFFERED_SPLITS]
    assert len(set(told)) == len(told)
    assert "“since”" in told[OFFERED_SPLITS.index("time")]
    assert "“customer”" in told[OFFERED_SPLITS.index("group")]
