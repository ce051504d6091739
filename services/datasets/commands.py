"""Change a project's data. Every change is a new version; the table before it stays as it was."""

from typing import Any

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.tables import DatasetVersion
from services.audit.actor import Actor
from services.audit.canonical import sha256_of
from services.audit.commands import record_event
from services.datasets.errors import UnusableTargetError
from services.datasets.queries import find_dataset, get_dataset, read_model
from services.datasets.targets import check_target, choose_positive_label
from services.datasets.upload import ParsedUpload
from services.datasets.views import Dataset
from services.errors import ConflictError, InvalidInputError
from services.people.permissions import Permission
from services.projects.queries import authorize_project

REASON_LENGTH = 300


def upload_dataset(session: Session, *, actor: Actor, project_id: str, upload: ParsedUpload) -> Dataset:
    """Store a table that `intake.read_upload` has read, with its source, as the next version of the project's data.

    Decisions about the version before it (target, excluded columns) are kept where the new table has the same columns.
    """
    _lock_project(session, actor, project_id)
    parent = find_dataset(session, actor=actor, project_id=project_id)
    store = get_artifact_store()
    kept = _kept_decisions(parent, upload)
    return _save_version(
        session,
        actor,
        parent,
        action="dataset.uploaded",
        values={
            "project_id": project_id,
            "file_name": upload.file_name,
            "source_sha256": store.put(upload.source),
            "base_sha256": (table_sha256 := store.put(upload.table)),
            "table_sha256": table_sha256,
            "recipe": [],
            "n_rows": upload.profile.n_rows,
            "n_columns": len(upload.profile.columns),
            "profile": upload.profile.document(),
            "change": _upload_words(upload, parent, kept),
            **kept,
        },
    )


def exclude_column(session: Session, *, actor: Actor, dataset_id: str, column: str, reason: str) -> Dataset:
    """Keep a column from the model, and say why.

    Raises
    ------
    InvalidInputError
        There is no such column, it is the target, it is excluded already, or the reason is missing.
    ConflictError
        There is a newer version than the one the person looked at.
    """
    parent = _latest(session, actor, dataset_id)
    parent.get_column(column)
    reason = " ".join(reason.split())
    if column == parent.target:
        raise InvalidInputError(f"“{column}” is the target. Choose another target before you leave it out.")
    if column in parent.excluded:
        raise InvalidInputError(f"“{column}” is left out already.")
    if not reason:
        raise InvalidInputError(f"Say why the model may not see “{column}”; the reason is part of the record.")
    if len(reason) > REASON_LENGTH:
        raise InvalidInputError(f"The reason has {len(reason)} characters; {REASON_LENGTH} are enough.")
    values = {"excluded": {**parent.excluded, column: reason}, "change": f"Left out {column}"}
    return _save_version(session, actor, parent, action="dataset.column_excluded", values=values, reason=reason)


def include_column(session: Session, *, actor: Actor, dataset_id: str, column: str) -> Dataset:
    """Let the model see a column again."""
    parent = _latest(session, actor, dataset_id)
    if column not in parent.excluded:
        raise InvalidInputError(f"“{column}” is not left out.")
    rest = {name: reason for name, reason in parent.excluded.items() if name != column}
    values = {"excluded": rest, "change": f"Took {column} back in"}
    return _save_version(session, actor, parent, action="dataset.column_included", values=values)


def choose_target(
    session: Session, *, actor: Actor, dataset_id: str, column: str, positive_label: str | None = None
) -> Dataset:
    """Say which column is predicted and, of two classes, which one the business acts on (by default the rarer).

    Raises
    ------
    ColumnMissingError, UnusableTargetError
        There is no such column, or nothing can be learned to predict it.
    ConflictError
        There is a newer version than the one the person looked at.
    """
    parent = _latest(session, actor, dataset_id)
    profile = parent.get_column(column)
    if column in parent.excluded:
        raise InvalidInputError(f"“{column}” is left out. Take it back in before you choose it as target.")
    check_target(profile, parent.n_rows)
    label = choose_positive_label(profile, positive_label)
    if (column, label) == (parent.target, parent.positive_label):
        return parent
    values = {"target": column, "positive_label": label, "change": f"Chose {column} as target"}
    return _save_version(session, actor, parent, action="dataset.target_chosen", values=values)


def _lock_project(session: Session, actor: Actor, project_id: str) -> None:
    """Authorise, and let one change at a time number the next version (SQLite has one writer anyway)."""
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_DATA)
    session.refresh(project, with_for_update=True)


def _latest(session: Session, actor: Actor, dataset_id: str) -> Dataset:
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    _lock_project(session, actor, dataset.project_id)
    latest = find_dataset(session, actor=actor, project_id=dataset.project_id)
    if latest is None or latest.id != dataset.id:
        raise ConflictError("Somebody changed the data meanwhile. Look at the latest version, then repeat your change.")
    return dataset


def _save_version(
    session: Session,
    actor: Actor,
    parent: Dataset | None,
    *,
    action: str,
    values: dict[str, Any],
    reason: str | None = None,
) -> Dataset:
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
    return read_model(row, actor.name)


def _inherited(session: Session, parent: Dataset | None) -> dict[str, Any]:
    if parent is None:
        return {"version": 1}
    row = session.get_one(DatasetVersion, parent.id)
    fresh = {"id", "sha256", "created_at", "created_by"}
    return {**row.model_dump(exclude=fresh), "version": parent.version + 1, "parent_id": parent.id}


def _decisions(row: DatasetVersion) -> dict[str, Any]:
    """What a sign-off binds: the rows, what is predicted, and what the model may not see."""
    return {
        "table_sha256": row.table_sha256,
        "target": row.target,
        "positive_label": row.positive_label,
        "excluded": dict(row.excluded),
    }


def _kept_decisions(parent: Dataset | None, upload: ParsedUpload) -> dict[str, Any]:
    kept: dict[str, Any] = {"target": None, "positive_label": None, "excluded": {}}
    if parent is None:
        return kept
    columns = {column.name: column for column in upload.profile.columns}
    kept["excluded"] = {name: reason for name, reason in parent.excluded.items() if name in columns}
    if parent.target in columns:
        profile = columns[parent.target]
        try:
            check_target(profile, upload.profile.n_rows)
            label = choose_positive_label(profile, parent.positive_label)
        except UnusableTargetError:
            return kept
        kept |= {"target": parent.target, "positive_label": label}
    return kept


def _upload_words(upload: ParsedUpload, parent: Dataset | None, kept: dict[str, Any]) -> str:
    words = f"Uploaded {upload.file_name}"
    if parent is None or (kept["target"] is None and not kept["excluded"]):
        return words
    decisions = ["the target"] if kept["target"] else []
    if kept["excluded"]:
        decisions.append("what is left out")
    return f"{words}; kept {' and '.join(decisions)}"
