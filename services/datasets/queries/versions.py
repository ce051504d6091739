"""Read the versions of a project's data."""

from sqlalchemy.orm import object_session
from sqlmodel import Session, col, select

from db.artifacts import get_artifact_store
from db.tables import DatasetVersion, User
from services.audit.actor import Actor
from services.datasets.export import csv_of
from services.datasets.profile import TableProfile
from services.datasets.views import Dataset
from services.errors import InvalidInputError, NotFoundError
from services.people.permissions import Permission
from services.projects.queries import authorize_project

MAX_CSV_CELLS = 5_000_000
_PROFILES = "dataset_profiles"  # in what a session keeps
UNKNOWN_DATASET = "There is no such version of the data, or you are not a member of its project."


def find_dataset(session: Session, *, actor: Actor, project_id: str) -> Dataset | None:
    """The latest version of the project's data, or None before the first upload."""
    found = list_datasets(session, actor=actor, project_id=project_id, limit=1)
    return found[0] if found else None


def get_dataset(session: Session, *, actor: Actor, dataset_id: str) -> Dataset:
    """One version.

    Raises
    ------
    NotFoundError
        There is no such version, or the actor is not a member of its project.
    """
    row = session.get(DatasetVersion, dataset_id)
    if row is None:
        raise NotFoundError(UNKNOWN_DATASET)
    authorize_project(
        session, actor=actor, project_id=row.project_id, permission=Permission.SEE_PROJECT, unknown=UNKNOWN_DATASET
    )
    author = session.get(User, row.created_by)
    return read_model(row, author.name if author else "")


def list_datasets(session: Session, *, actor: Actor, project_id: str, limit: int | None = None) -> list[Dataset]:
    """The versions of the project's data, newest first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = (
        select(DatasetVersion, User.name)
        .join(User, col(User.id) == DatasetVersion.created_by)
        .where(DatasetVersion.project_id == project_id)
        .order_by(col(DatasetVersion.version).desc())
        .limit(limit)
    )
    return [read_model(row, name) for row, name in session.exec(statement)]


def get_table_content(session: Session, *, actor: Actor, dataset_id: str) -> bytes:
    """The rows of a version as typed Parquet, verified against their hash; `tables.read_table` opens them."""
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    return get_artifact_store().get(dataset.table_sha256)


def get_table_csv(session: Session, *, actor: Actor, dataset_id: str) -> bytes:
    """The rows of a version as CSV that runs nothing in a spreadsheet, for a table small enough to be held.

    Raises
    ------
    InvalidInputError
        The table has more than `MAX_CSV_CELLS` cells.
    """
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    if dataset.n_rows * dataset.n_columns > MAX_CSV_CELLS:
        raise InvalidInputError(
            f"The table has {dataset.n_rows * dataset.n_columns:,} cells; up to {MAX_CSV_CELLS:,} are written as CSV. "
            "Take the Parquet file instead."
        )
    with get_artifact_store().open_verified(dataset.table_sha256) as table:
        return csv_of(table)


def read_model(row: DatasetVersion, created_by_name: str) -> Dataset:
    """The row as pages and jobs see it."""
    profile = _profile_of(row)
    return Dataset(
        id=row.id,
        project_id=row.project_id,
        version=row.version,
        parent_id=row.parent_id,
        file_name=row.file_name,
        n_rows=row.n_rows,
        n_columns=row.n_columns,
        columns=profile.columns,
        notes=profile.notes,
        target=row.target,
        positive_label=row.positive_label,
        excluded=dict(row.excluded),
        source_sha256=row.source_sha256,
        base_sha256=row.base_sha256,
        table_sha256=row.table_sha256,
        sha256=row.sha256,
        change=row.change,
        created_by=row.created_by,
        created_by_name=created_by_name,
        created_at=row.created_at,
        recipe=tuple(row.recipe),
        origin=dict(row.origin),
    )


def _profile_of(row: DatasetVersion) -> TableProfile:
    """Its profile, made once in a session: that of thousands of columns is large, and no version ever changes."""
    session = object_session(row)
    known: dict[str, TableProfile] = session.info.setdefault(_PROFILES, {}) if session else {}
    if row.id not in known:
        known[row.id] = TableProfile.from_document(row.profile)
    return known[row.id]
