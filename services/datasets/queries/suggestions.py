"""Read the columns that people suggest, and try a formula on a few rows."""

from sqlmodel import Session, col, select

from db.tables import FeatureSuggestion, User
from services.audit.actor import Actor
from services.datasets.queries.rows import get_rows
from services.datasets.queries.versions import find_dataset
from services.datasets.recipe.steps import DERIVE
from services.datasets.suggestions import FormulaPreview, Suggestion
from services.datasets.views import Dataset
from services.errors import InvalidInputError
from services.formulas.evaluation import compute
from services.formulas.reading import read_formula
from services.people.permissions import Permission
from services.projects.queries import authorize_project

N_PREVIEWED = 5


def list_suggestions(session: Session, *, actor: Actor, project_id: str) -> list[Suggestion]:
    """The suggestions of a project, those that wait for a decision first, then the newest first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    dataset = find_dataset(session, actor=actor, project_id=project_id)
    made = {(step["column"], step["formula"]) for step in (dataset.recipe if dataset else ()) if step["kind"] == DERIVE}
    rows = session.exec(
        select(FeatureSuggestion)
        .where(FeatureSuggestion.project_id == project_id)
        .order_by(col(FeatureSuggestion.suggested_at).desc())
    ).all()
    ids = {row.suggested_by for row in rows} | {row.decided_by for row in rows if row.decided_by}
    names = dict(session.exec(select(User.id, User.name).where(col(User.id).in_(ids))).all())
    found = [
        Suggestion(
            id=row.id,
            project_id=project_id,
            name=row.name,
            formula=row.formula,
            reason=row.reason,
            suggested_by=names[row.suggested_by],
            suggested_at=row.suggested_at,
            state=row.state,  # type: ignore[arg-type]  # a constraint of the table
            is_in_data=(row.name, row.formula) in made,
            decided_by=names[row.decided_by] if row.decided_by else None,
            decision=row.decision,
        )
        for row in rows
    ]
    return sorted(found, key=lambda suggestion: suggestion.state != "open")


def preview_formula(session: Session, *, actor: Actor, project_id: str, formula: str) -> FormulaPreview:
    """What the formula gives in the first rows of the latest version.

    Raises
    ------
    InvalidInputError
        There are no data, or the formula cannot be read or computed.
    """
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    dataset = find_dataset(session, actor=actor, project_id=project_id)
    if dataset is None:
        raise InvalidInputError("The project has no data yet, so there is nothing to try the formula on.")
    return try_formula(session, actor=actor, dataset=dataset, formula=formula)


def try_formula(session: Session, *, actor: Actor, dataset: Dataset, formula: str) -> FormulaPreview:
    """What the formula gives in the first rows of a version.

    Raises
    ------
    InvalidInputError
        The formula cannot be read or computed.
    """
    read = read_formula(formula, [column.name for column in dataset.columns])
    names = list(read.names) or [dataset.columns[0].name]
    table = get_rows(session, actor=actor, dataset_id=dataset.id, start=0, n=N_PREVIEWED, columns=names).table
    values = compute(read, table, len(table))
    return FormulaPreview(
        data_version=dataset.version,
        inputs={name: table[name].astype("object").where(table[name].notna(), None).tolist() for name in read.names},
        values=[float(v) if ok else None for v, ok in zip(values.values, values.is_valid, strict=True)],
    )
