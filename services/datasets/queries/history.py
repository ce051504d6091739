"""Read how versions came from each other: lineage, differences, and what can be repeated."""

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from db.tables import AuditEvent, DatasetVersion, User
from services.audit.actor import Actor
from services.audit.canonical import sha256_of
from services.datasets.comparison import Comparison, compare_datasets
from services.datasets.decisions import decisions_text
from services.datasets.lineage import LineageEntry
from services.datasets.queries.dictionary import list_descriptions
from services.datasets.queries.health import find_health
from services.datasets.queries.versions import get_dataset, read_model
from services.datasets.recipe.history import Recipe, find_undone
from services.datasets.recipe.replay import ReplayPlan, plan_replay
from services.datasets.recipe.steps import Step
from services.datasets.views import Dataset
from services.people.permissions import Permission
from services.projects.queries import authorize_project


def get_lineage(session: Session, *, actor: Actor, dataset_id: str) -> list[LineageEntry]:
    """The version and all it was made from, newest first, back to the first upload."""
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    statement = (
        select(DatasetVersion, User.name, AuditEvent.reason)
        .join(User, col(User.id) == DatasetVersion.created_by)
        .join(
            AuditEvent,
            (col(AuditEvent.object_id) == DatasetVersion.id) & (col(AuditEvent.object_type) == "dataset"),
            isouter=True,
        )
        .where(DatasetVersion.project_id == dataset.project_id, col(DatasetVersion.version) <= dataset.version)
        .order_by(col(DatasetVersion.version).desc(), col(AuditEvent.id))
        .options(defer(DatasetVersion.profile, raiseload=True))  # type: ignore[arg-type]  # thousands of columns each
    )
    rows = {row.id: (row, name, reason) for row, name, reason in reversed(session.exec(statement).all())}
    line, next_id = [], dataset.id
    while next_id in rows:
        row, name, reason = rows[next_id]
        parent = rows.get(row.parent_id or "")
        line.append(_entry(row, name, reason, parent[0].version if parent else None))
        next_id = row.parent_id or ""
    return line


def compare_versions(session: Session, *, actor: Actor, before_id: str, after_id: str) -> Comparison:
    """What differs between two versions, told from what is known of them; `dataset.compare` reads the rows too."""
    before = get_dataset(session, actor=actor, dataset_id=before_id)
    return compare_datasets(before, get_dataset(session, actor=actor, dataset_id=after_id))


def find_same_source(session: Session, *, actor: Actor, project_id: str, source_sha256: str) -> Dataset | None:
    """The version that brought these very bytes first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = (
        select(DatasetVersion, User.name)
        .join(User, col(User.id) == DatasetVersion.created_by)
        .where(DatasetVersion.project_id == project_id, DatasetVersion.source_sha256 == source_sha256)
        .order_by(col(DatasetVersion.version))
        .limit(1)
    )
    found = session.exec(statement).first()
    return read_model(*found) if found else None


def find_made_table(session: Session, *, actor: Actor, dataset_id: str, recipe: Recipe) -> Dataset | None:
    """The newest version with the base of this one and exactly this recipe: its table need not be made again."""
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    statement = select(DatasetVersion.id, DatasetVersion.recipe).where(
        DatasetVersion.project_id == dataset.project_id, DatasetVersion.base_sha256 == dataset.base_sha256
    )
    wanted = sha256_of([dict(step) for step in recipe])
    for made_id, made in session.exec(statement.order_by(col(DatasetVersion.version).desc())):
        if len(made) == len(recipe) and sha256_of(made) == wanted:
            return get_dataset(session, actor=actor, dataset_id=made_id)
    return None


def find_redo(session: Session, *, actor: Actor, dataset_id: str) -> list[Step] | None:
    """The recipe before the last undo that can be repeated now, None where there is none."""
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    statement = (
        select(DatasetVersion.base_sha256, DatasetVersion.recipe)
        .where(DatasetVersion.project_id == dataset.project_id, col(DatasetVersion.version) <= dataset.version)
        .order_by(col(DatasetVersion.version).desc())
    )
    recipes: list[Recipe] = []
    for base_sha256, recipe in session.exec(statement):
        if base_sha256 != dataset.base_sha256:
            break
        recipes.append(recipe)
    return find_undone(recipes[::-1])


def find_replay(session: Session, *, actor: Actor, dataset_id: str) -> ReplayPlan | None:
    """What of the recipe of the data before can be taken again on this version, None where nothing is offered.

    Offered while the version has no steps of its own and the table before it, read from another file, had some.
    """
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    if dataset.recipe:
        return None
    statement = (
        select(DatasetVersion.version, DatasetVersion.recipe)
        .where(
            DatasetVersion.project_id == dataset.project_id,
            col(DatasetVersion.version) < dataset.version,
            DatasetVersion.base_sha256 != dataset.base_sha256,
        )
        .order_by(col(DatasetVersion.version).desc())
        .limit(1)
    )
    before = session.exec(statement).first()
    if before is None or not before[1]:
        return None
    columns = {column.name for column in dataset.columns}
    return plan_replay(before[1], columns, from_version=before[0])


def get_decisions_text(session: Session, *, actor: Actor, dataset_id: str) -> str:
    """All decisions about a version as Markdown: lineage, recipe, what is left out and why, findings, dictionary."""
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    health = find_health(session, actor=actor, dataset_id=dataset_id)
    return decisions_text(
        dataset,
        lineage=get_lineage(session, actor=actor, dataset_id=dataset_id),
        findings=health.document.findings if health else None,
        explained=health.explained if health else (),
        descriptions=list_descriptions(session, actor=actor, project_id=dataset.project_id),
    )


def list_sealed_keys(session: Session) -> list[str]:
    """The encrypted keys of all steps that hash, in all projects. Asked by the command line, which changes keys."""
    recipes = session.exec(select(DatasetVersion.recipe)).all()
    return sorted({step["sealed_key"] for recipe in recipes for step in recipe if "sealed_key" in step})


def _entry(row: DatasetVersion, name: str, reason: str | None, from_version: int | None) -> LineageEntry:
    return LineageEntry(
        dataset_id=row.id,
        version=row.version,
        from_version=from_version,
        change=row.change,
        reason=reason or "",
        by_name=name,
        at=row.created_at,
        source=row.file_name,
        n_rows=row.n_rows,
        n_columns=row.n_columns,
        table_sha256=row.table_sha256,
        sha256=row.sha256,
    )
