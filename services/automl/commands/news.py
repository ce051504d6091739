"""Tell who started a run what became of it."""

from sqlmodel import Session

from services.audit.actor import SYSTEM, Actor
from services.automl.queries import get_run
from services.automl.sentences import count_of, format_result, metric_label
from services.automl.views import RunView
from services.notifications.commands import notify


def tell_starter(session: Session, *, run_id: str, kind: str, by: Actor = SYSTEM) -> None:
    """Tell who started a run that it has ended, or that somebody else has paused or cancelled it.

    Parameters
    ----------
    kind
        "run.finished", "run.failed", "run.paused" or "run.cancelled".
    by
        Who did it; nobody is told what they have done themselves.
    """
    run = get_run(session, actor=SYSTEM, run_id=run_id)
    if by.user_id == run.created_by:
        return
    notify(
        session,
        user_id=run.created_by,
        project_id=run.project_id,
        kind=kind,
        subject_id=run.id,
        occasion=f"{kind}:{run.id}:{run.generation}",
        sentence=describe_news(run, kind, by.name),
    )


def describe_news(run: RunView, kind: str, who: str) -> str:
    """The news in one or two sentences, without Markdown."""
    name = f"Model run {run.number}"
    if kind == "run.failed":
        return f"{name} ended without a model. {run.failure or ''}".strip()
    if kind == "run.paused" and run.failure:
        return f"{name} is paused. {run.failure}"
    if kind == "run.paused":
        return f"{who} paused model run {run.number}, which you had started. It waits until somebody resumes it."
    if kind == "run.cancelled":
        return f"{who} cancelled model run {run.number}, which you had started."
    if run.best is None:
        return f"{name} has ended."
    result = format_result(run, run.best)
    worth = f"it earns {result} a year in the search" if run.has_money else f"{metric_label(run.metric)} {result}"
    return f"{name} is done. The best of {count_of(run.n_complete, 'model')} is ready: {worth}."
