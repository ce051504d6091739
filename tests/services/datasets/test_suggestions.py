"""Columns that people suggest: who may, what is refused, and what becomes of one."""

import pytest
from sqlmodel import Session, select

from db.tables import AuditEvent, Job
from services.audit.actor import Actor
from services.datasets.commands import decline_suggestion, suggest_feature, take_suggestion
from services.datasets.queries import list_suggestions, preview_formula
from services.datasets.recipe.steps import REASON_LENGTH
from services.datasets.suggestions import Suggestion, describe_suggestion, step_reason
from services.datasets.views import Dataset
from services.errors import ConflictError, InvalidInputError
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_steps


@pytest.fixture
def business(session: Session) -> Actor:
    return make_actor(session, Role.BUSINESS)


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def dataset(session: Session, business: Actor, scientist: Actor) -> Dataset:
    return make_dataset(session, scientist, make_project(session, business, scientist).id)


def suggest(session: Session, actor: Actor, dataset: Dataset, **changes: str) -> str:
    parts = {"name": "per month", "formula": "charges / tenure", "reason": "Dear for how long they stay", **changes}
    return suggest_feature(session, actor=actor, project_id=dataset.project_id, **parts).id


def listed(session: Session, actor: Actor, dataset: Dataset) -> list[Suggestion]:
    return list_suggestions(session, actor=actor, project_id=dataset.project_id)


def test_a_suggestion_waits_with_its_formula_its_reason_and_its_name(
    session: Session, business: Actor, dataset: Dataset
) -> None:
    suggest(session, business, dataset)
    (found,) = listed(session, business, dataset)
    assert (found.name, found.formula, found.state) == ("per month", "charges / tenure", "open")
    assert describe_suggestion(found) == (
        f"Suggested by {business.name}: Dear for how long they stay. A data scientist of this project decides on it."
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"formula": "chrages / tenure"}, "Did you mean charges"),
        ({"formula": "charges."}, "cannot be read"),
        ({"formula": "charges.sum()"}, "does not know"),
        ({"formula": "(churn == 'Yes') * charges"}, "“churn” is what is predicted"),
        ({"formula": "12"}, "at least one other column"),
        ({"name": "charges"}, "column called “charges” already|cannot be computed from itself"),
        ({"name": " "}, "which column"),
        ({"reason": " "}, "Say why this column should help"),
        ({"reason": "x" * (REASON_LENGTH + 1)}, "characters"),
    ],
)
def test_what_cannot_be_computed_or_says_nothing_is_refused(
    session: Session, business: Actor, dataset: Dataset, changes: dict[str, str], sentence: str
) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        suggest(session, business, dataset, **changes)
    assert listed(session, business, dataset) == []


def test_the_same_name_is_not_suggested_twice(session: Session, business: Actor, dataset: Dataset) -> None:
    suggest(session, business, dataset)
    with pytest.raises(InvalidInputError, match="Somebody suggested a column called “per month” already"):
        suggest(session, business, dataset, formula="charges * 2")


def test_a_taken_one_is_a_step_with_whose_idea_it_is(
    session: Session, business: Actor, scientist: Actor, dataset: Dataset
) -> None:
    change = take_suggestion(session, actor=scientist, suggestion_id=suggest(session, business, dataset))
    assert change.job is not None
    (step,) = session.get_one(Job, change.job.id).request["recipe"]
    assert (step["kind"], step["column"], step["formula"]) == ("derive", "per month", "charges / tenure")
    assert step["reason"] == f"Dear for how long they stay (suggested by {business.name})"
    (found,) = listed(session, business, dataset)
    assert (found.state, found.decided_by, found.is_in_data) == ("taken", scientist.name, False)
    made = make_steps(session, scientist, dataset, step)
    assert "per month" in made.feature_columns
    (found,) = listed(session, business, dataset)
    assert found.is_in_data
    assert describe_suggestion(found).endswith(f"{scientist.name} took it into the data: models learn from it.")


def test_a_declined_one_says_why_and_is_decided_once(
    session: Session, business: Actor, scientist: Actor, dataset: Dataset
) -> None:
    suggestion_id = suggest(session, business, dataset)
    with pytest.raises(InvalidInputError, match="Say why it is declined"):
        decline_suggestion(session, actor=scientist, suggestion_id=suggestion_id, reason=" ")
    decline_suggestion(session, actor=scientist, suggestion_id=suggestion_id, reason="Tenure is known too late")
    (found,) = listed(session, business, dataset)
    assert describe_suggestion(found).endswith(f"{scientist.name} declined it: Tenure is known too late.")
    with pytest.raises(ConflictError, match="decided on this suggestion already"):
        take_suggestion(session, actor=scientist, suggestion_id=suggestion_id)
    actions = session.exec(select(AuditEvent.action).where(AuditEvent.object_id == suggestion_id)).all()
    assert list(actions) == ["dataset.feature_suggested", "dataset.suggestion_declined"]
    suggest(session, business, dataset)  # under the same name again, now that nothing waits
    assert [found.state for found in listed(session, business, dataset)] == ["open", "declined"]


def test_a_formula_is_tried_on_the_first_rows(session: Session, business: Actor, dataset: Dataset) -> None:
    found = preview_formula(session, actor=business, project_id=dataset.project_id, formula="charges / tenure")
    assert list(found.inputs) == ["charges", "tenure"]
    assert len(found.values) == 5
    for charges, tenure, value in zip(found.inputs["charges"], found.inputs["tenure"], found.values, strict=True):
        if value is None:
            assert charges is None or not tenure
        else:
            assert value == pytest.approx(float(str(charges)) / float(str(tenure)))
    with pytest.raises(InvalidInputError, match="holds words"):
        preview_formula(session, actor=business, project_id=dataset.project_id, formula="contract * 2")


def test_the_reason_of_a_step_keeps_the_name_however_long_it_is() -> None:
    reason = step_reason("x" * REASON_LENGTH, "Ana Costa")
    assert len(reason) == REASON_LENGTH
    assert reason.endswith("(suggested by Ana Costa)")
