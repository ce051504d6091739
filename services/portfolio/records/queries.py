"""Read the whole portfolio of a person in a number of statements that does not depend on how many projects it has."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, Subquery, case, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from db.artifacts import ArtifactDamagedError, ArtifactMissingError
from db.settings import get_database_settings
from db.tables import (
    Benefit,
    DatasetVersion,
    EvidenceAuthor,
    FairnessAssessment,
    FairnessTolerance,
    Initiative,
    Model,
    ObjectiveVersion,
    Project,
    ProjectMember,
    ProjectPlan,
    Review,
    Run,
    ThresholdChoice,
    User,
    ValuationVersion,
)
from services.audit.actor import Actor
from services.models.queries import read_evaluation, read_money
from services.models.report import MoneyReport
from services.people.permissions import Permission, is_allowed, require
from services.portfolio.initiatives.queries import list_initiatives
from services.portfolio.records.making import make_record
from services.portfolio.records.rows import Found, Parts, Person, Row
from services.portfolio.records.views import Portfolio
from services.projects.queries import sees_every_project
from services.reviews.manifest import from_document
from services.reviews.stakes import Stakes, price
from services.valuation.assumptions import COLUMNS, Assumptions, assumptions_from

_KEPT = 10_000  # models of whose evaluation only the money is kept, and versions of figures
_MOST_IDS = 20_000  # in one statement: SQLite takes 32,766
_OF_MODEL = ("number", "digest", "evaluation_sha256", "explanation_sha256")

Versioned = type[ObjectiveVersion] | type[ValuationVersion] | type[DatasetVersion] | type[FairnessTolerance]
OfModel = type[ThresholdChoice] | type[FairnessAssessment]


def get_portfolio(session: Session, *, actor: Actor) -> Portfolio:
    """Every project this person may see as a record, newest first, and the initiatives they may see."""
    require(actor, Permission.SEE_PROJECT)
    if session.autoflush:
        session.flush()
    found, mine = Found(), _visible(actor)
    projects = _rows(session, _projects(mine))
    found.put("objective", _rows(session, _newest(ObjectiveVersion, ["by_when", "data_needed"], mine)))
    found.put("valuation", _rows(session, _newest(ValuationVersion, COLUMNS, mine)))
    found.put("dataset", _rows(session, _newest(DatasetVersion, ["target"], mine)))
    found.put("run", _rows(session, _newest_numbered(Run, ["state", "dataset_version_id"], mine)))
    found.put("model", _rows(session, _newest_numbered(Model, _OF_MODEL, mine)))
    found.put("review", _rows(session, _newest_reviews(mine)))
    found.put("tolerance", _rows(session, _newest(FairnessTolerance, [], mine)))
    found.gather("threshold", _rows(session, _of_models(ThresholdChoice, ["threshold", "reason"], mine)))
    found.gather("assessments", _rows(session, _of_models(FairnessAssessment, ["sha256"], mine)))
    found.gather("members", _rows(session, _members(mine)))
    found.gather("authors", _rows(session, _authors(mine)))
    found.put("plan", _rows(session, _plans(mine)))
    found.gather("benefits", _rows(session, _benefits(mine)))
    signed = _signed_figures(session, found)
    records = tuple(make_record(_parts(row, found.by_project[row["project_id"]], signed), actor) for row in projects)
    return Portfolio(
        records, list_initiatives(session, actor=actor), may_steer=is_allowed(actor, Permission.STEER_PORTFOLIO)
    )


def _visible(actor: Actor) -> Any:
    """The projects of this person as a condition on a column of their ids."""
    own = select(ProjectMember.project_id).where(ProjectMember.user_id == actor.user_id)
    return select(Project.id) if sees_every_project(actor) else own


def _rows(session: Session, statement: Executable) -> list[Row]:
    """Columns, not objects: asked past the session, which would look at each row once more."""
    result = session.connection().execute(statement)
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result.all()]


def _projects(mine: Any) -> Executable:
    return (
        select_columns(
            col(Project.id).label("project_id"),
            col(Project.name),
            col(Project.risk_tier),
            col(Project.created_at),
            col(User.name).label("owner_name"),
        )
        .join(User, col(User.id) == Project.created_by)
        .where(col(Project.id).in_(mine))
        .order_by(col(Project.created_at).desc(), col(Project.id))
    )


def _newest(table: Versioned, names: Iterable[str], mine: Any) -> Executable:
    """The newest version of each project, and when the first one (and the first one with an outcome) was there."""
    moments = [func.min(col(table.created_at)).label("first_at")]
    if table is DatasetVersion:
        chosen = case((col(DatasetVersion.target).is_not(None), col(DatasetVersion.created_at)))
        moments.append(func.min(chosen).label("target_at"))
    of_each = _of_each(col(table.project_id), func.max(col(table.version)).label("newest"), mine, moments)
    columns = [getattr(table, name) for name in ("project_id", "id", "version", "sha256", "created_at", *names)]
    return select_columns(*columns, *(of_each.c[moment.name] for moment in moments)).join(
        of_each, (col(table.project_id) == of_each.c.project_id) & (col(table.version) == of_each.c.newest)
    )


def _newest_numbered(table: type[Run] | type[Model], names: Iterable[str], mine: Any) -> Executable:
    of_each = _of_each(col(table.project_id), func.max(col(table.number)).label("newest"), mine)
    return select_columns(*(getattr(table, name) for name in ("project_id", "id", "created_at", *names))).join(
        of_each, (col(table.project_id) == of_each.c.project_id) & (col(table.number) == of_each.c.newest)
    )


def _newest_reviews(mine: Any) -> Executable:
    """The newest round of each model; those of older models are passed over later."""
    names = (
        "project_id",
        "id",
        "model_id",
        "state",
        "manifest",
        "manifest_sha256",
        "requested_at",
        "decided_at",
        "question",
    )
    of_each = _of_each(col(Model.project_id), func.max(col(Model.number)).label("newest"), mine)
    rounds = (
        select_columns(col(Review.model_id), func.max(col(Review.round)).label("newest"))
        .where(col(Review.project_id).in_(mine))
        .group_by(col(Review.model_id))
        .subquery()
    )
    return (
        select_columns(*(getattr(Review, name) for name in names), col(User.name).label("requested_by_name"))
        .outerjoin(User, col(User.id) == Review.requested_by)
        .join(rounds, (col(Review.model_id) == rounds.c.model_id) & (col(Review.round) == rounds.c.newest))
        .join(Model, col(Model.id) == Review.model_id)
        .join(of_each, (col(Model.project_id) == of_each.c.project_id) & (col(Model.number) == of_each.c.newest))
    )


def _of_models(table: OfModel, names: Iterable[str], mine: Any) -> Executable:
    """Every version of each model, the newest last."""
    columns = [getattr(table, name) for name in ("id", "model_id", "version", "created_at", *names)]
    return (
        select_columns(col(Model.project_id), *columns)
        .join(Model, col(Model.id) == table.model_id)
        .where(col(Model.project_id).in_(mine))
        .order_by(col(table.version))
    )


def _members(mine: Any) -> Executable:
    return (
        select_columns(col(ProjectMember.project_id), col(User.id).label("user_id"), col(User.name), col(User.role))
        .join(User, col(User.id) == ProjectMember.user_id)
        .where(col(ProjectMember.project_id).in_(mine), col(User.is_active).is_(True))
    )


def _authors(mine: Any) -> Executable:
    return (
        select_columns(col(Review.project_id), col(EvidenceAuthor.review_id), col(EvidenceAuthor.user_id))
        .join(Review, col(Review.id) == EvidenceAuthor.review_id)
        .where(col(Review.project_id).in_(mine), col(Review.state) == "in_approval")
    )


def _plans(mine: Any) -> Executable:
    return (
        select_columns(
            col(ProjectPlan.project_id),
            col(ProjectPlan.initiative_id),
            col(ProjectPlan.person_days),
            col(Initiative.name).label("initiative_name"),
        )
        .outerjoin(Initiative, col(Initiative.id) == ProjectPlan.initiative_id)
        .where(col(ProjectPlan.project_id).in_(mine))
    )


def _benefits(mine: Any) -> Executable:
    return (
        select_columns(col(Benefit.project_id), col(Benefit.currency), func.sum(col(Benefit.amount)).label("amount"))
        .where(col(Benefit.project_id).in_(mine), Benefit.is_in_force())
        .group_by(col(Benefit.project_id), col(Benefit.currency))
    )


def _of_each(project_id: Any, newest: Any, mine: Any, moments: Iterable[Any] = ()) -> Subquery:
    chosen = select_columns(project_id.label("project_id"), newest, *moments).where(project_id.in_(mine))
    return chosen.group_by(project_id).subquery()


def _signed_figures(session: Session, found: Found) -> dict[str, Row]:
    """By id the payoffs that sign-offs are bound to and that are no longer the newest."""
    newest = {rows["valuation"]["id"]: rows["valuation"] for rows in found.by_project.values() if "valuation" in rows}
    frozen = {
        item.id
        for rows in found.by_project.values()
        if "review" in rows and (item := from_document(rows["review"]["manifest"]).find("valuation"))
    }
    wanted = sorted(frozen - newest.keys())
    names = ("id", "project_id", "sha256", *COLUMNS)
    for start in range(0, len(wanted), _MOST_IDS):
        statement = select_columns(*(getattr(ValuationVersion, name) for name in names)).where(
            col(ValuationVersion.id).in_(wanted[start : start + _MOST_IDS])
        )
        newest |= {row["id"]: row for row in _rows(session, statement)}
    return newest


def _parts(project: Row, rows: dict[str, Any], figures: dict[str, Row]) -> Parts:
    model, review = rows.get("model"), rows.get("review")
    choices, assessments = (
        [row for row in rows.get(name, ()) if model and row["model_id"] == model["id"]]
        for name in ("threshold", "assessments")
    )
    authors = (row["user_id"] for row in rows.get("authors", ()) if review and row["review_id"] == review["id"])
    members = (Person(row["user_id"], row["name"], row["role"]) for row in rows.get("members", ()))
    stakes = _stakes(model, review, choices, figures) if model and review else None
    return Parts(
        project=project,
        members=tuple(members),
        objective=rows.get("objective"),
        valuation=(valuation := rows.get("valuation")),
        assumptions=_figures_of(_Stored(valuation["sha256"], valuation)) if valuation else None,
        dataset=rows.get("dataset"),
        run=rows.get("run"),
        model=model,
        threshold=choices[-1] if choices else None,
        tolerance=rows.get("tolerance"),
        assessment=assessments[-1] if assessments else None,
        review=review,
        authors=frozenset(authors),
        stakes=stakes,
        money=_money_of(get_database_settings().storage_url, model["evaluation_sha256"])
        if model and stakes is None
        else None,
        plan=rows.get("plan"),
        benefits=tuple(rows.get("benefits", ())),
    )


def _stakes(model: Row, review: Row, choices: list[Row], figures: dict[str, Row]) -> Stakes | None:
    frozen = from_document(review["manifest"])
    valuation, threshold = frozen.find("valuation"), frozen.find("threshold")
    if valuation is None or threshold is None:
        return None
    value = next((row["threshold"] for row in choices if row["id"] == threshold.id), None)
    if value is None or valuation.id not in figures:
        return None
    storage = get_database_settings().storage_url
    signed = figures[valuation.id]
    return _stakes_of(storage, model["evaluation_sha256"], _figures_of(_Stored(signed["sha256"], signed)), value)


@dataclass(frozen=True, slots=True)
class _Stored:
    """A stored version of figures; one is another's equal where what they say has the same hash."""

    sha256: str
    row: Row = field(compare=False)


@lru_cache(maxsize=_KEPT)
def _figures_of(stored: _Stored) -> Assumptions:
    """The figures, checked when they are read first: that takes as long as all else about a project."""
    return assumptions_from(stored.row)


@lru_cache(maxsize=_KEPT)
def _stakes_of(_storage: str, digest: str, assumptions: Assumptions, threshold: float) -> Stakes | None:
    try:
        return price(read_evaluation(digest), assumptions, threshold)
    except (ArtifactMissingError, ArtifactDamagedError):
        return None  # the portfolio must open all the same; the page of the model says what is wrong


@lru_cache(maxsize=_KEPT)
def _money_of(_storage: str, digest: str) -> MoneyReport | None:
    try:
        return read_money(digest)
    except (ArtifactMissingError, ArtifactDamagedError):
        return None
