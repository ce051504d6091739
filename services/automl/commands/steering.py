"""Steer a run. Each command locks the row of the run, so that it and the workers decide one after the other."""

from collections.abc import Collection
from typing import Any, Literal

from sqlalchemy import CursorResult
from sqlmodel import Session, col, func, select, update

from db.tables import Run, Trial
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.automl.budget import MAX_BUDGET_SECONDS, more_trials
from services.automl.clock import search_seconds
from services.automl.commands.news import tell_starter
from services.automl.family_names import checked_families, describe_families
from services.automl.queries import UNKNOWN_RUN
from services.automl.sentences import describe_seconds
from services.automl.turns.queries import require_room
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.people.permissions import Permission
from services.projects.queries import authorize_project

Wish = Literal["pause", "stop", "cancel"]
MORE_SECONDS = 600.0
_PAST = {"pause": "pause_asked", "stop": "stop_asked", "cancel": "cancel_asked"}
_TOLD = {"pause": "run.paused", "cancel": "run.cancelled"}  # of what somebody else asks
_ENDED = ("finished", "failed", "cancelled")


def ask_run(session: Session, *, actor: Actor, run_id: str, wish: Wish) -> Run:
    """Ask a run to pause, to stop and keep its best model, or to cancel. Workers act on it within a second.

    Raises
    ------
    ConflictError
        The run has ended, is already finishing, or there is nothing yet that could be kept.
    """
    run = _steerable_run(session, actor, run_id)
    _refuse_impossible(session, run, wish)
    if wish == "stop" and run.state == "paused":
        _requeue(run)
    if wish in ("pause", "cancel") and run.state in ("queued", "paused"):
        _end_waiting(run, wish)
    else:
        run.wish = wish
    session.add(run)
    _record(session, actor, run, f"run.{_PAST[wish]}", after={"state": run.state, "wish": run.wish})
    if wish in _TOLD:
        tell_starter(session, run_id=run_id, kind=_TOLD[wish], by=actor)
    return run


def resume_run(session: Session, *, actor: Actor, run_id: str) -> Run:
    """Hand a paused run to the workers again. Its trials and the search time it has used are kept.

    Raises
    ------
    ConflictError
        The run is not paused.
    TooManyRequestsError
        As for `start_run`.
    """
    run = _steerable_run(session, actor, run_id)
    if run.state != "paused":
        raise ConflictError("The run is not paused. Look at it again: somebody may have resumed it already.")
    require_room(session, actor=actor, project_id=run.project_id)
    _requeue(run)
    session.add(run)
    _record(session, actor, run, "run.resumed", after={"generation": run.generation})
    return run


def extend_run(session: Session, *, actor: Actor, run_id: str, based_on: float) -> Run:
    """Give a search that goes on, or is paused, ten more minutes and the variants that fit in.

    Parameters
    ----------
    based_on
        The seconds the search had when the person decided: a second press, or a second person, adds nothing.

    Raises
    ------
    ConflictError
        The search is over, an end was asked for, or somebody has added time meanwhile.
    InvalidInputError
        A search may not take longer than it would then.
    """
    run = _steerable_run(session, actor, run_id)
    _refuse_after_search(run)
    if run.wish in ("stop", "cancel"):
        raise ConflictError("The search is asked to end already, so no time was added.")
    if run.budget_seconds != based_on:
        now_has = describe_seconds(run.budget_seconds)
        raise ConflictError(f"Somebody has changed the time already: the search now has {now_has}. Nothing was added.")
    _add_time(session, run, budget_seconds=run.budget_seconds + MORE_SECONDS)
    _record_more(session, actor, run, "run.extended")
    return run


def continue_run(session: Session, *, actor: Actor, run_id: str) -> Run:
    """Let a search that has ended go on for ten more minutes where it stopped; a model it found stays as it is.

    Raises
    ------
    ConflictError
        The run has not ended, or was cancelled.
    InvalidInputError
        A search may not take longer than it would then.
    TooManyRequestsError
        As for `start_run`.
    """
    run = _steerable_run(session, actor, run_id)
    if run.state == "cancelled":
        raise ConflictError("The run was cancelled. Start another one.")
    if (run.circumstances or {}).get("imported"):
        raise ConflictError("The run was made elsewhere, so it cannot go on here. Start another one.")
    if run.state not in ("finished", "failed"):
        raise ConflictError("The run has not ended. Look at it again: somebody may have continued it already.")
    require_room(session, actor=actor, project_id=run.project_id)
    _add_time(session, run, budget_seconds=run.used_seconds + MORE_SECONDS)
    _requeue(run)
    run.failure, run.finished_at = None, None
    _record_more(session, actor, run, "run.continued")
    return run


def restrict_run(session: Session, *, actor: Actor, run_id: str, families: Collection[str]) -> Run:
    """Try only these kinds of model from the next variant on; none means all that the run was started with.

    What is being tried is tried to its end. Asking for what is so already changes nothing.

    Raises
    ------
    ConflictError
        The search is over.
    InvalidInputError
        A kind is not among those of the run.
    """
    run = _steerable_run(session, actor, run_id)
    _refuse_after_search(run)
    chosen = list(checked_families(families, among=run.families))
    if chosen == run.only_families:
        return run
    before, run.only_families = run.only_families, chosen
    session.add(run)
    if chosen and run.state in ("queued", "paused"):
        _drop_others(session, run)
    _record(session, actor, run, "run.restricted", before={"families": before}, after={"families": chosen})
    return run


def _steerable_run(session: Session, actor: Actor, run_id: str) -> Run:
    run = session.get(Run, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise NotFoundError(UNKNOWN_RUN)
    authorize_project(
        session, actor=actor, project_id=run.project_id, permission=Permission.START_RUN, unknown=UNKNOWN_RUN
    )
    return run


def _refuse_impossible(session: Session, run: Run, wish: Wish) -> None:
    if run.state in _ENDED:
        raise ConflictError("The run has ended already. Nothing was changed.")
    if run.state == "finishing" and wish != "cancel":
        raise ConflictError("The search is over and the best model is being checked. Wait for it, or cancel the run.")
    if run.state == "paused" and wish == "pause":
        raise ConflictError("The run is paused already.")
    if wish == "stop" and run.state in ("queued", "paused") and not _has_complete_trial(session, run.id):
        raise ConflictError("No model has been tried yet, so there is nothing to keep. Cancel the run instead.")


def _refuse_after_search(run: Run) -> None:
    if run.state in _ENDED:
        raise ConflictError("The run has ended already. Nothing was changed.")
    if run.state == "finishing":
        raise ConflictError("The search is over and the best model is being checked. Continue the run when it is done.")


def _has_complete_trial(session: Session, run_id: str) -> bool:
    statement = select(Trial.id).where(Trial.run_id == run_id, Trial.state == "complete").limit(1)
    return session.exec(statement).first() is not None


def _n_trials(session: Session, run: Run) -> int:
    return session.exec(select(func.count()).select_from(Trial).where(Trial.run_id == run.id)).one()


def _add_time(session: Session, run: Run, *, budget_seconds: float) -> None:
    if budget_seconds > MAX_BUDGET_SECONDS:
        raise InvalidInputError(f"A search may take at most {MAX_BUDGET_SECONDS / 3600:.0f} hours. No time was added.")
    n_taken = _n_trials(session, run)
    used = search_seconds(run, utc_now())
    run.n_trials_budget = max(n_taken, run.n_trials_budget) if run.state not in _ENDED else n_taken
    run.n_trials_budget += more_trials(n_taken, used_seconds=used, more_seconds=MORE_SECONDS)
    run.added_seconds += MORE_SECONDS
    run.budget_seconds = budget_seconds
    session.add(run)


def _drop_others(session: Session, run: Run) -> None:
    """Do not take up again what a pause interrupted and is not wanted any more."""
    why = f"It was left out: only {describe_families(run.only_families)} shall be tried from here on."
    values = {"state": "pruned", "failure": why, "finished_at": utc_now(), "second": run.used_seconds}
    others = (col(Trial.family) != "", col(Trial.family).not_in(run.only_families))
    result = session.exec(
        update(Trial).where(col(Trial.run_id) == run.id, col(Trial.state) == "running", *others).values(**values)
    )
    assert isinstance(result, CursorResult)


def _requeue(run: Run) -> None:
    run.state, run.wish, run.phase = "queued", "none", "Waiting for a worker"
    run.generation += 1
    run.started_at, run.failure = None, None


def _end_waiting(run: Run, wish: Wish) -> None:
    """No worker holds the run, so nobody but this command can carry the wish out."""
    run.wish = "none"
    if wish == "pause":
        run.state, run.phase = "paused", "Paused"
    else:
        run.state, run.phase, run.finished_at = "cancelled", "Cancelled", utc_now()


def _record_more(session: Session, actor: Actor, run: Run, action: str) -> None:
    after = {"budget_seconds": run.budget_seconds, "n_trials": run.n_trials_budget, "generation": run.generation}
    _record(session, actor, run, action, after=after)


def _record(
    session: Session,
    actor: Actor,
    run: Run,
    action: str,
    *,
    after: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> None:
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="run",
        object_id=run.id,
        project_id=run.project_id,
        before=before,
        after=after,
    )
