"""Suggest a column that models should learn from, take it into the data, or decline it."""

from sqlmodel import Session, col, select

from db.tables import FeatureSuggestion, User
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.datasets.commands.steps import RequestedChange, request_steps
from services.datasets.queries import find_dataset
from services.datasets.recipe.steps import DERIVE, checked_reason, checked_step
from services.datasets.suggestions import step_reason
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.formulas.reading import read_formula
from services.people.permissions import Permission
from services.projects.queries import authorize_project

UNKNOWN_SUGGESTION = "There is no such suggestion, or you are not a member of its project."
MOST_OPEN = 50


def suggest_feature(
    session: Session, *, actor: Actor, project_id: str, name: str, formula: str, reason: str
) -> FeatureSuggestion:
    """Suggest the column `name`, computed by a formula of columns of the latest version.

    Raises
    ------
    InvalidInputError
        There are no data, the name is taken, or the formula or the reason will not do.
    ConflictError
        There are too many open suggestions.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_DICTIONARY)
    session.refresh(project, with_for_update=True)
    dataset = find_dataset(session, actor=actor, project_id=project_id)
    if dataset is None:
        raise InvalidInputError("The project has no data yet, so there is no column to compute from.")
    step = checked_step({"kind": DERIVE, "column": name.strip(), "formula": formula, "reason": reason})
    there = [column.name for column in dataset.columns]
    open_names = _open_names(session, project_id)
    if step["column"] in there or step["column"] in open_names:
        where = "The data have" if step["column"] in there else "Somebody suggested"
        raise InvalidInputError(f"{where} a column called “{step['column']}” already. Choose another name.")
    if len(open_names) >= MOST_OPEN:
        raise ConflictError(f"{MOST_OPEN} suggestions wait for a decision. Ask for one before you add more.")
    read = read_formula(step["formula"], there)
    if dataset.target in read.names:
        raise InvalidInputError(f"“{dataset.target}” is what is predicted: nobody knows it when the model is asked.")
    suggestion = FeatureSuggestion(
        project_id=project_id,
        name=step["column"],
        formula=step["formula"],
        reason=step["reason"],
        suggested_by=actor.user_id,
    )
    session.add(suggestion)
    session.flush()
    _record(session, actor, suggestion, "dataset.feature_suggested", {"formula": step["formula"]})
    return suggestion


def take_suggestion(session: Session, *, actor: Actor, suggestion_id: str) -> RequestedChange:
    """Add the suggested column to the latest version, as a step with the reason of who had the idea.

    Raises
    ------
    ConflictError
        Somebody decided on it already.
    InvalidInputError
        The latest version does not have what the formula needs.
    """
    suggestion = _open_suggestion(session, actor, suggestion_id)
    dataset = find_dataset(session, actor=actor, project_id=suggestion.project_id)
    if dataset is None:
        raise InvalidInputError("The project has no data to add the column to.")
    by = session.get_one(User, suggestion.suggested_by).name
    step = {
        "kind": DERIVE,
        "column": suggestion.name,
        "formula": suggestion.formula,
        "reason": step_reason(suggestion.reason, by),
    }
    change = request_steps(session, actor=actor, dataset_id=dataset.id, steps=[step])
    _decide(session, actor, suggestion, "taken")
    return change


def decline_suggestion(session: Session, *, actor: Actor, suggestion_id: str, reason: str) -> None:
    """Say why the column does not come into the data.

    Raises
    ------
    ConflictError
        Somebody decided on it already.
    InvalidInputError
        There is no reason.
    """
    suggestion = _open_suggestion(session, actor, suggestion_id)
    why = checked_reason(reason)
    if not why:
        raise InvalidInputError("Say why it is declined: who suggested it reads that.")
    _decide(session, actor, suggestion, "declined", why)


def _open_names(session: Session, project_id: str) -> set[str]:
    waiting = select(FeatureSuggestion.name).where(
        FeatureSuggestion.project_id == project_id, col(FeatureSuggestion.state) == "open"
    )
    return set(session.exec(waiting))


def _open_suggestion(session: Session, actor: Actor, suggestion_id: str) -> FeatureSuggestion:
    suggestion = session.get(FeatureSuggestion, suggestion_id, with_for_update=True, populate_existing=True)
    if suggestion is None:
        raise NotFoundError(UNKNOWN_SUGGESTION)
    edit = Permission.EDIT_DATA
    authorize_project(
        session, actor=actor, project_id=suggestion.project_id, permission=edit, unknown=UNKNOWN_SUGGESTION
    )
    if suggestion.state != "open":
        raise ConflictError("Somebody decided on this suggestion already. Nothing was changed.")
    return suggestion


def _decide(session: Session, actor: Actor, suggestion: FeatureSuggestion, state: str, why: str = "") -> None:
    suggestion.state, suggestion.decision = state, why
    suggestion.decided_by, suggestion.decided_at = actor.user_id, utc_now()
    session.add(suggestion)
    session.flush()
    _record(session, actor, suggestion, f"dataset.suggestion_{state}", {"reason": why} if why else {})


def _record(session: Session, actor: Actor, suggestion: FeatureSuggestion, action: str, more: dict[str, str]) -> None:
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="suggestion",
        object_id=suggestion.id,
        project_id=suggestion.project_id,
        after={"name": suggestion.name, **more},
    )
