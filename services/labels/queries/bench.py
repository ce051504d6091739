"""Everything the page of a labelling task shows, in one question."""

from sqlmodel import Session

from services.audit.actor import Actor
from services.datasets.queries import list_descriptions
from services.jobs.queries import find_latest_job
from services.jobs.views import JobView
from services.labels.queries.tasks import find_task, get_agreement, get_card, get_progress, list_disputes
from services.labels.views import Bench
from services.people.permissions import Permission, is_allowed
from services.proposals.later import is_labelling_blind
from services.proposals.queries import list_later_defaults
from services.valuation.queries import find_valuation


def find_bench(session: Session, *, actor: Actor, project_id: str, place: int = 0) -> Bench | None:
    """The newest task of a project with all that is known of it, None before the first.

    Parameters
    ----------
    place
        Which of the rows that nobody has labelled to try the model on.
    """
    task = find_task(session, actor=actor, project_id=project_id)
    if task is None:
        return None
    may_label = task.state == "open" and is_allowed(actor, Permission.LABEL)
    is_blind = is_labelling_blind(list_later_defaults(session, actor=actor, project_id=project_id))
    valuation = find_valuation(session, actor=actor, project_id=project_id)
    return Bench(
        task=task,
        progress=get_progress(session, actor=actor, task_id=task.id),
        agreement=get_agreement(session, actor=actor, task_id=task.id),
        training=find_latest_job(session, actor=actor, project_id=project_id, kind="labels.train", subject_id=task.id),
        worth=find_worth(session, actor=actor, project_id=project_id, subject_id=task.id),
        disputes=tuple(list_disputes(session, actor=actor, task_id=task.id)) if may_label else (),
        card=get_card(session, actor=actor, task_id=task.id, place=place) if may_label and not is_blind else None,
        may_label=may_label,
        is_blind=is_blind,
        currency=valuation.assumptions.currency if valuation else "EUR",
        dictionary=list_descriptions(session, actor=actor, project_id=project_id),
    )


def find_worth(session: Session, *, actor: Actor, project_id: str, subject_id: str) -> JobView | None:
    """The last search for what more labels of a task, or of a version of the data, are worth."""
    return find_latest_job(session, actor=actor, project_id=project_id, kind="labels.worth", subject_id=subject_id)
