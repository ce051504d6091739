"""Say which run matters more. Everybody waits behind a high priority, so only some may give it."""

from sqlmodel import Session

from db.tables import Run
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.automl.queries import UNKNOWN_RUN
from services.automl.turns.rule import PRIORITIES, Priority
from services.automl.views import ENDED_STATES
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.people.permissions import Permission, is_allowed, require
from services.projects.queries import authorize_project


def set_run_priority(session: Session, *, actor: Actor, run_id: str, priority: Priority) -> Run:
    """Serve a run before or after others, from its next trial on. What is at work goes on.

    Who may steer runs chooses between low and normal; high is given and taken by a manager.

    Raises
    ------
    ConflictError
        The run has ended.
    """
    run = session.get(Run, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise NotFoundError(UNKNOWN_RUN)
    may_prioritize = is_allowed(actor, Permission.PRIORITIZE_RUNS)
    permission = Permission.PRIORITIZE_RUNS if may_prioritize else Permission.START_RUN
    authorize_project(session, actor=actor, project_id=run.project_id, permission=permission, unknown=UNKNOWN_RUN)
    require_priority(actor, priority)
    require_priority(actor, run.priority)  # what a manager raised is not lowered behind their back
    if run.state in ENDED_STATES:
        raise ConflictError("The run has ended already. Nothing was changed.")
    before, run.priority = run.priority, priority
    session.add(run)
    if before != priority:
        record_event(
            session,
            actor=actor,
            action="run.priority_changed",
            object_type="run",
            object_id=run.id,
            project_id=run.project_id,
            before={"priority": before},
            after={"priority": priority, "number": run.number},
        )
    return run


def require_priority(actor: Actor, priority: str) -> None:
    """Refuse a priority that does not exist, or that the actor may not give."""
    if priority not in PRIORITIES:
        raise InvalidInputError(f"There is no such priority. Choose one of: {', '.join(PRIORITIES)}.")
    if priority == "high":
        require(actor, Permission.PRIORITIZE_RUNS)
