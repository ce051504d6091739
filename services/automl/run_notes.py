"""What workers write down of a run beside its trials: its circumstances, and what becomes of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, func, select

from db.tables import Run, Trial
from db.types import utc_now
from services.audit.actor import SYSTEM
from services.audit.commands import record_event


def lock_run(session: Session, run_id: str) -> Run:
    """The run, locked until the transaction ends (SQLite has locked the whole database at BEGIN)."""
    return session.get_one(Run, run_id, with_for_update=True, populate_existing=True)


def count_trials(session: Session, run: Run, state: str | None = None) -> int:
    """How many trials a run has, or has in one state."""
    statement = select(func.count()).select_from(Trial).where(Trial.run_id == run.id)
    return session.exec(statement.where(Trial.state == state) if state else statement).one()


def mark_prepared(session: Session, *, run_id: str, now: datetime | None = None) -> None:
    """Say that a worker has read the data of a run: from now on its trials are handed out."""
    run = lock_run(session, run_id)
    run.prepared_at = now or utc_now()
    session.add(run)


def keep_circumstances(session: Session, *, run_id: str, **facts: Mapping[str, Any]) -> None:
    """Write down what a worker found, part by part, beside what is known already."""
    run = lock_run(session, run_id)
    known = run.circumstances or {}
    run.circumstances = {**known, **{name: {**known.get(name, {}), **fact} for name, fact in facts.items()}}
    session.add(run)


def note_run(session: Session, *, run_id: str, why: str) -> None:
    """Say in the events of a run, and for now beside its progress, that its trials are trained on this machine."""
    run = lock_run(session, run_id)
    if run.state != "running":
        return
    run.phase = f"Training on the workers of the portal. {why}"
    session.add(run)
    record_run(session, run, "run.trained_here", why=why)


def record_run(session: Session, run: Run, action: str, **facts: Any) -> None:
    """Write into the audit log what became of a run."""
    after = {"state": run.state, "n_trials": count_trials(session, run), "generation": run.generation, **facts}
    if run.failure:
        after["failure"] = run.failure
    record_event(
        session,
        actor=SYSTEM,
        action=action,
        object_type="run",
        object_id=run.id,
        project_id=run.project_id,
        after=after,
    )
