"""Read how much a project keeps."""

from sqlmodel import Session, select

from db.tables import DatasetVersion
from services.audit.actor import Actor
from services.datasets.quota import GB, Usage, usage_of
from services.datasets.settings import get_dataset_settings
from services.people.permissions import Permission
from services.projects.queries import authorize_project


def get_usage(session: Session, *, actor: Actor, project_id: str) -> Usage:
    """What the versions of the project's data take, and what they may take."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    rows = session.exec(
        select(
            DatasetVersion.source_sha256,
            DatasetVersion.base_sha256,
            DatasetVersion.table_sha256,
            DatasetVersion.origin,
        ).where(DatasetVersion.project_id == project_id)
    )
    settings = get_dataset_settings()
    stored = (dict.fromkeys(digests, 0) | origin.get("stored", {}) for *digests, origin in rows)
    return usage_of(stored, most_files=settings.project_files, most_bytes=int(settings.project_gb * GB))


def require_room(session: Session, *, actor: Actor, project_id: str, n_bytes: int, n_files: int = 1) -> None:
    """Refuse, before anything is stored, what the project has no room for.

    Raises
    ------
    QuotaExceededError
        It would keep more bytes or files than allowed.
    """
    get_usage(session, actor=actor, project_id=project_id).require_room(n_bytes, n_files)
