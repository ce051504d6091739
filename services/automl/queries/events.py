"""Read what people did with a run."""

from sqlmodel import Session

from services.audit.actor import Actor
from services.audit.queries import list_object_events
from services.automl.queries.runs import get_run_state
from services.automl.views import RunEvent

MOST = 30


def list_run_events(session: Session, *, actor: Actor, run_id: str) -> tuple[RunEvent, ...]:
    """Who started and steered a run, and how it ended, newest first.

    Raises
    ------
    NotFoundError
        There is no such run, or the actor is not a member of its project.
    """
    get_run_state(session, actor=actor, run_id=run_id)
    events = list_object_events(session, object_type="run", object_id=run_id, limit=MOST)
    return tuple(RunEvent(event.at_utc, event.actor_name, event.action, event.after or {}) for event in events)
