"""Read the rows that a job found suspicious, and what people decided about them."""

from sqlmodel import Session, col, select

from db.tables import DatasetVersion, Model, RowVerdict, Run, User
from services.audit.actor import Actor
from services.datasets.queries import Dataset, get_dataset
from services.errors import NotFoundError
from services.jobs.queries import find_latest_job, get_job
from services.jobs.views import JobView
from services.labels.queries.tasks import read_stored_cards
from services.labels.views import Suspect, SuspectList
from services.people.permissions import Permission
from services.projects.queries import authorize_project

NOISE = "labels.noise"
TOP_LOSS = "models.top_loss"
UNKNOWN_SUSPECTS = "There is no such search for suspicious rows, or you are not a member of its project."


def find_suspects(
    session: Session, *, actor: Actor, project_id: str, kind: str, subject_id: str | None = None
) -> tuple[JobView | None, SuspectList | None]:
    """The newest search of a kind, and what it found; None before the first, and while it is not done."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    job = find_latest_job(session, actor=actor, project_id=project_id, kind=kind, subject_id=subject_id)
    if job is None or job.result is None:
        return job, None
    return job, _suspects_of(session, job)


def get_suspects(session: Session, *, actor: Actor, job_id: str) -> SuspectList:
    """What one search found.

    Raises
    ------
    NotFoundError
        There is no such search, it found nothing yet, or the actor is not a member of its project.
    """
    try:
        job = get_job(session, actor=actor, job_id=job_id)
    except NotFoundError:
        raise NotFoundError(UNKNOWN_SUSPECTS) from None
    if job.kind not in (NOISE, TOP_LOSS) or job.result is None or "suspects" not in job.result:
        raise NotFoundError(UNKNOWN_SUSPECTS)
    return _suspects_of(session, job)


def find_judge(session: Session, *, actor: Actor, dataset_id: str) -> tuple[str, Dataset] | None:
    """The newest model of an earlier version of the same table and outcome (its id), and the version it learned from.

    Fitted to both versions, it tells what a cleaning brought, whatever found the rows.
    """
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    statement = (
        select(Model.id, DatasetVersion.id)
        .join(Run, col(Run.id) == Model.run_id)
        .join(DatasetVersion, col(DatasetVersion.id) == Run.dataset_version_id)
        .where(
            Model.project_id == dataset.project_id,
            DatasetVersion.base_sha256 == dataset.base_sha256,
            DatasetVersion.target == dataset.target,
            col(DatasetVersion.version) < dataset.version,
        )
        .order_by(col(Model.number).desc())
        .limit(1)
    )
    found = session.exec(statement).first()
    return (found[0], get_dataset(session, actor=actor, dataset_id=found[1])) if found else None


def _suspects_of(session: Session, job: JobView) -> SuspectList:
    assert job.result is not None
    found = session.exec(select(RowVerdict, User.name).join(User).where(RowVerdict.job_id == job.id)).all()
    decided = {verdict.row: (verdict, name) for verdict, name in found}
    cards = read_stored_cards(job.result["cards_sha256"])
    suspects = []
    for item in job.result["suspects"]:
        verdict, name = decided.get(item["row"], (None, None))
        suspects.append(
            Suspect(
                row=item["row"],
                given=item["given"],
                suggested=item["suggested"],
                score=item["score"],
                card=cards.get(item["row"]),
                verdict=verdict.verdict if verdict else None,
                value=verdict.value if verdict else None,
                reason=verdict.reason if verdict else None,
                decided_by_name=name,
            )
        )
    return SuspectList(
        job_id=job.id,
        kind=job.kind,
        project_id=job.project_id,
        dataset_id=job.result["dataset_id"],
        column=job.result["column"],
        classes=tuple(job.result["classes"]),
        n_examined=job.result["n_examined"],
        noise_rate=job.result.get("noise_rate"),
        suspects=tuple(suspects),
        model_id=job.result.get("model_id"),
    )
