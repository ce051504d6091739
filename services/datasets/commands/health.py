"""Ask the workers to look at rows, and keep what they found. What is found changes no data, so it is not audited."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, select

from db.tables import HealthReport
from db.types import utc_now
from services.audit.actor import Actor
from services.datasets.checks.health import HealthDocument
from services.datasets.queries import get_checkable, get_dataset
from services.datasets.views import Dataset
from services.errors import TooManyRequestsError
from services.jobs.commands import cancel_job, enqueue_job
from services.jobs.queries import list_jobs
from services.jobs.views import JobView
from services.people.permissions import Permission
from services.projects.queries import authorize_project

EXAMINE, COMPARE = "dataset.examine", "dataset.compare"


def request_examination(session: Session, *, actor: Actor, dataset_id: str) -> JobView | None:
    """Ask for the checks of a version; None where an up-to-date report is there already."""
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    permission = Permission.EDIT_DICTIONARY
    authorize_project(session, actor=actor, project_id=dataset.project_id, permission=permission)
    _dataset, is_needed = get_checkable(session, actor=actor, dataset_id=dataset_id)
    return _enqueue(session, actor, dataset) if is_needed else None


def request_comparison(session: Session, *, actor: Actor, before_id: str, after_id: str) -> JobView:
    """Ask how far the distributions of two versions differ, told from their rows. The job's result is the answer."""
    before = get_dataset(session, actor=actor, dataset_id=before_id)
    after = get_dataset(session, actor=actor, dataset_id=after_id)
    return enqueue_job(
        session,
        actor=actor,
        project_id=after.project_id,
        kind=COMPARE,
        request={"before_id": before.id, "after_id": after.id},
        subject_id=after.id,
        permission=Permission.EDIT_DICTIONARY,
    )


def save_health(session: Session, *, actor: Actor, dataset_id: str, document: Mapping[str, Any]) -> None:
    """Keep what the checks found in a version, in place of what they found before."""
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    project = authorize_project(
        session, actor=actor, project_id=dataset.project_id, permission=Permission.EDIT_DICTIONARY
    )
    session.refresh(project, with_for_update=True)  # two workers may have examined the same table
    key: dict[str, Any] = {
        "project_id": dataset.project_id,
        "table_sha256": dataset.table_sha256,
        "target": dataset.target or "",
        "positive_label": dataset.positive_label or "",
        "checks_version": HealthDocument.from_document(dict(document)).checks_version,
    }
    report = session.exec(select(HealthReport).filter_by(**key)).first()
    report = report or HealthReport(**key, document={})
    report.document, report.created_at = dict(document), utc_now()
    session.add(report)
    session.flush()


def enqueue_examination(session: Session, actor: Actor, dataset: Dataset) -> None:
    """A part of every command that makes a version: have it examined unless it is known, and forget older requests.

    Where too much is waiting already, the version is kept all the same; the page offers to ask again.
    """
    _dataset, is_needed = get_checkable(session, actor=actor, dataset_id=dataset.id)
    if not is_needed:
        return
    for job in list_jobs(session, actor=actor, project_id=dataset.project_id, kind=EXAMINE, limit=5):
        if job.state == "queued" and job.subject_id != dataset.id and job.created_by == actor.user_id:
            cancel_job(session, actor=actor, job_id=job.id)
    try:
        _enqueue(session, actor, dataset)
    except TooManyRequestsError:
        return


def _enqueue(session: Session, actor: Actor, dataset: Dataset) -> JobView:
    return enqueue_job(
        session,
        actor=actor,
        project_id=dataset.project_id,
        kind=EXAMINE,
        request={},
        subject_id=dataset.id,
        permission=Permission.EDIT_DICTIONARY,
    )
