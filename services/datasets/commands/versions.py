"""The one way a version is written: numbered under a lock, hashed, recorded, and handed to the checks."""

from typing import Any

from sqlmodel import Session

from db.tables import DatasetVersion
from services.audit.actor import Actor
from services.audit.canonical import sha256_of
from services.audit.commands import record_event
from services.datasets.commands.health import enqueue_examination
from services.datasets.queries import find_dataset, get_dataset, read_model
from services.datasets.views import Dataset
from services.errors import ConflictError
from services.people.permissions import Permission
from services.projects.queries import authorize_project


def lock_project(session: Session, actor: Actor, project_id: str) -> None:
    """Authorise, and let one change at a time number the next version (SQLite has one writer anyway)."""
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_DATA)
    session.refresh(project, with_for_update=True)


def lock_latest(session: Session, actor: Actor, dataset_id: str) -> Dataset:
    """The version, under the lock of its project.

    Raises
    ------
    ConflictError
        It is not the latest any more.
    """
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    lock_project(session, actor, dataset.project_id)
    latest = find_dataset(session, actor=actor, project_id=dataset.project_id)
    if latest is None or latest.id != dataset.id:
        raise ConflictError("Somebody changed the data meanwhile. Look at the latest version, then repeat your change.")
    return dataset


def save_version(
    session: Session,
    actor: Actor,
    parent: Dataset | None,
    *,
    action: str,
    values: dict[str, Any],
    reason: str | None = None,
) -> Dataset:
    """Add a version that differs from its parent by `values`, with one audit event; the checks are asked to run."""
    row = DatasetVersion(**{**_inherited(session, parent), **values, "created_by": actor.user_id, "sha256": ""})
    row.sha256 = sha256_of(_decisions(row))
    session.add(row)
    session.flush()
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="dataset",
        object_id=row.id,
        project_id=row.project_id,
        before={"version": parent.version, "sha256": parent.sha256} if parent else None,
        after={"version": row.version, "sha256": row.sha256, "change": row.change, **_decisions(row)},
        reason=reason,
    )
    saved = read_model(row, actor.name)
    enqueue_examination(session, actor, saved)
    return saved


def _inherited(session: Session, parent: Dataset | None) -> dict[str, Any]:
    if parent is None:
        return {"version": 1}
    row = session.get_one(DatasetVersion, parent.id)
    fresh = {"id", "sha256", "created_at", "created_by"}
    kept = {name: getattr(row, name) for name in DatasetVersion.model_fields if name not in fresh}
    return {**kept, "version": parent.version + 1, "parent_id": parent.id}


def _decisions(row: DatasetVersion) -> dict[str, Any]:
    """What a sign-off binds: the rows, what is predicted, and what the model may not see."""
    return {
        "table_sha256": row.table_sha256,
        "target": row.target,
        "positive_label": row.positive_label,
        "excluded": dict(row.excluded),
    }
