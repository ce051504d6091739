"""What a search begins with where the objective says something and nobody else does."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from services.automl.beginning import begun_gap, begun_split, describe_beginning
from services.automl.commands import repeat_run
from services.automl.split_choice import KEPT_ASIDE, SplitChoice, describe_split
from services.datasets.views import Dataset
from services.errors import InvalidInputError
from services.people.permissions import Role
from services.proposals.commands import save_objective
from services.proposals.later import LaterDefault, defaults_of
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_models import make_run
from tests.makers_money import RETENTION, reflected

DEFAULTS = defaults_of(reflected("harm", delay=30).considered)


@pytest.fixture
def dataset(session: Session) -> Dataset:
    """With a date, which is called tenure."""
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    made = make_dataset(session, scientist, make_project(session, scientist).id)
    columns = tuple(replace(each, kind="date") if each.name == "tenure" else each for each in made.columns)
    return replace(made, columns=columns)


def test_what_nobody_says_is_as_the_objective_says(dataset: Dataset) -> None:
    assert begun_split({}, dataset, DEFAULTS) == {"kept_aside_rate": 0.25}
    by_time = {"kind": "time", "time": "tenure", "gap": None}
    assert begun_split(by_time, dataset, DEFAULTS) == {
        "kind": "time", "time": "tenure", "gap": 30.0, "kept_aside_rate": 0.25,
    }  # fmt: skip


def test_what_somebody_says_stays(dataset: Dataset) -> None:
    wish = {"kind": "time", "time": "tenure", "gap": 0.0, "kept_aside_rate": 0.2}
    assert begun_split(wish, dataset, DEFAULTS) == wish


def test_an_objective_that_sets_nothing_changes_nothing(dataset: Dataset) -> None:
    nothing: tuple[LaterDefault, ...] = ()
    assert begun_split({"kind": "random"}, dataset, nothing) == {"kind": "random"}
    assert describe_beginning(SplitChoice(), nothing) == ""


def test_days_are_no_gap_of_a_time_that_is_a_number(dataset: Dataset) -> None:
    assert begun_gap(dataset, "tenure", DEFAULTS) == 30.0
    assert begun_gap(dataset, "charges", DEFAULTS) == 0.0
    assert begun_gap(dataset, None, DEFAULTS) == 0.0


def test_words_say_what_is_followed_and_what_is_not() -> None:
    begun = describe_beginning(SplitChoice(), DEFAULTS)
    assert "keeps a quarter of the rows aside, because a wrong prediction can harm somebody." in begun
    assert "outcomes are known 30 days later; a split by time, for experts, leaves such a gap." in begun
    changed = describe_beginning(SplitChoice("time", "tenure", gap=7.0, kept_aside_rate=0.2), DEFAULTS)
    assert "; this search keeps a fifth." in changed
    assert "; this search leaves a gap of 7." in changed
    assert describe_beginning(SplitChoice("time", "tenure", gap=30.0), DEFAULTS).count(".") == 1


def test_a_run_begins_with_it_and_its_repetition_with_the_same(session: Session) -> None:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, scientist, business := make_actor(session, Role.BUSINESS))
    before = make_run(session, scientist, project.id)
    assert "kept_aside_rate" not in before.split
    save_objective(session, actor=business, project_id=project.id, objective=reflected("harm"), based_on=0)
    begun = make_run(session, scientist, project.id)
    chosen = make_run(session, scientist, project.id, split={"kind": "random", "kept_aside_rate": 0.2})
    save_objective(session, actor=business, project_id=project.id, objective=RETENTION, based_on=1)
    after = make_run(session, scientist, project.id)
    assert [run.split.get("kept_aside_rate") for run in (begun, chosen, after)] == [0.25, 0.2, None]
    for run in (before, begun):
        run.state = "finished"
        session.add(run)
        again = repeat_run(session, actor=scientist, run_id=run.id, step="split")
        assert again.split == run.split
        again.state = "finished"


@pytest.mark.parametrize("rate", [0.0, -0.2, 0.9, 0.22, float("nan")])
def test_a_share_that_rows_cannot_be_dealt_by_is_refused(dataset: Dataset, rate: float) -> None:
    with pytest.raises(InvalidInputError, match="a tenth, a fifth, a quarter, a third, a half may be kept aside"):
        SplitChoice(kept_aside_rate=rate).checked(dataset)


def test_every_share_is_said_and_comes_back_from_what_is_stored(dataset: Dataset) -> None:
    for rate, word in KEPT_ASIDE.items():
        choice = SplitChoice("time", "tenure", kept_aside_rate=round(rate, 8))
        kept = SplitChoice.from_document(choice.checked(dataset).document())
        assert kept.kept_aside_rate == rate
        assert f"the last {word} by “tenure”" in describe_split(kept)
