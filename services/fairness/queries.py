"""Read fairness: what may be asked of a model, what was agreed on, and what was found."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from db.artifacts import get_artifact_store
from db.settings import get_database_settings
from db.tables import (
    DatasetVersion,
    Deployment,
    FairnessAssessment,
    FairnessTolerance,
    Job,
    Model,
    Review,
    Run,
    User,
)
from services.audit.actor import Actor
from services.datasets.dictionary import business_names
from services.datasets.queries import get_dataset, list_descriptions
from services.errors import NotFoundError
from services.fairness.checks import Held, LoopCheck, check_loops
from services.fairness.error_price import ErrorPrice
from services.fairness.naming import in_business_words
from services.fairness.report import FairnessReport
from services.fairness.request import KIND, AssessmentRequest
from services.fairness.sentences import finding_of
from services.fairness.tolerance import HARMS
from services.fairness.views import (
    AssessmentLine,
    AssessmentTerms,
    AssessmentView,
    Candidate,
    FairnessView,
    ToleranceView,
)
from services.fairness.withholding import declared_columns, without_drivers
from services.jobs.queries import get_job
from services.models.queries import ModelView, get_model, hides_explanation
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.proposals.considerations import Considerations
from services.proposals.later import defaults_of
from services.proposals.queries import find_objective
from services.valuation.policy import yearly_value
from services.valuation.queries import find_valuation

UNKNOWN_ASSESSMENT = "There is no such comparison of groups, or you are not a member of its project."
MOST_LISTED = 20
COMPARABLE = ("number", "category", "date")


def get_fairness(session: Session, *, actor: Actor, model_id: str) -> FairnessView:
    """What may be asked of a model now, what was agreed, and the checks of its feedback loops.

    Raises
    ------
    NotFoundError
        There is no such model, or the actor is not a member of its project.
    """
    model = get_model(session, actor=actor, model_id=model_id)
    row, run = session.get_one(Model, model_id), session.get_one(Run, model.run_id)
    dataset = get_dataset(session, actor=actor, dataset_id=run.dataset_version_id)
    dictionary = list_descriptions(session, actor=actor, project_id=model.project_id)
    is_hidden, names = hides_explanation(session, actor, row), business_names(dictionary)
    declared = declared_columns(dictionary, row.created_at if is_hidden else None)
    candidates = [
        Candidate(
            column.name,
            column.name in declared,
            column.name in model.signature.names,
            names.get(column.name, column.name),
        )
        for column in dataset.columns
        if column.name != dataset.target and (column.kind in COMPARABLE or column.name in declared)
    ]
    shown = [one for one in candidates if one.is_declared or not is_hidden]
    return FairnessView(
        model_id=model.id,
        model_number=model.number,
        project_id=model.project_id,
        task=model.task,
        target=model.signature.target,
        candidates=tuple(sorted(shown, key=lambda one: not one.is_declared)),
        obstacle=_obstacle(has_candidates=bool(shown), is_hidden=is_hidden),
        tolerance=find_tolerance(session, actor=actor, project_id=model.project_id),
        checks=_checks(session, actor, model),
        hides_drivers=is_hidden,
        has_sign_off=_has_sign_off(session, col(Review.model_id) == model_id),
        error_price=_error_price(session, actor, model),
        classes=model.signature.classes if model.task == "multiclass" else (),
        valuation_id=_payoffs_id(session, actor, model),
        has_other_sign_offs=_has_sign_off(session, col(Review.project_id) == model.project_id),
    )


def _payoffs_id(session: Session, actor: Actor, model: ModelView) -> str | None:
    """The payoffs that giving a favourable class of several may be about; a run of yes or no has its own."""
    if model.task != "multiclass":
        return None
    saved = find_valuation(session, actor=actor, project_id=model.project_id)
    return saved.id if saved else None


def _error_price(session: Session, actor: Actor, model: ModelView) -> ErrorPrice | None:
    saved = find_valuation(session, actor=actor, project_id=model.project_id) if model.task == "regression" else None
    details = saved.assumptions.details if saved else None
    if saved is None or details is None or details.forecast_cost is None:
        return None
    figures = saved.assumptions
    cases = yearly_value(1.0, figures.cases_per_month)
    return ErrorPrice(details.forecast_cost, cases, figures.currency, details.forecast_unit)


def _has_sign_off(session: Session, which: ColumnElement[bool]) -> bool:
    standing = select(Review.id).where(which, col(Review.state).in_(("in_approval", "approved")))
    return session.exec(standing.limit(1)).first() is not None


def find_tolerance(session: Session, *, actor: Actor, project_id: str) -> ToleranceView | None:
    """The tolerance in force in a project; None before any."""
    found = list_tolerances(session, actor=actor, project_id=project_id)
    return found[0] if found else None


def list_tolerances(session: Session, *, actor: Actor, project_id: str) -> list[ToleranceView]:
    """Every tolerance ever agreed on in a project, newest first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    rows = select(FairnessTolerance).where(FairnessTolerance.project_id == project_id)
    return [tolerance_view(session, row) for row in session.exec(rows.order_by(col(FairnessTolerance.version).desc()))]


def list_assessments(session: Session, *, actor: Actor, model_id: str) -> list[AssessmentLine]:
    """The latest assessments of a model, newest first."""
    model = get_model(session, actor=actor, model_id=model_id)
    jobs = select(Job).where(Job.project_id == model.project_id, Job.kind == KIND, Job.subject_id == model.id)
    newest = session.exec(jobs.order_by(col(Job.created_at).desc(), col(Job.id)).limit(MOST_LISTED)).all()
    is_hidden = hides_explanation(session, actor, session.get_one(Model, model.id))
    reports = _reports(session, actor, model, newest)
    names = business_names(list_descriptions(session, actor=actor, project_id=model.project_id))
    return [
        AssessmentLine(
            id=job.id,
            state=job.state,
            columns=() if is_hidden else tuple(names.get(column, column) for column in _asked_of(job)),
            sentence=f"{finding_of(reports[job.id])}." if job.id in reports else job.failure,
            created_by_name=session.get_one(User, job.created_by).name,
            created_at=job.created_at,
        )
        for job in newest
    ]


def get_assessment(session: Session, *, actor: Actor, assessment_id: str) -> AssessmentView:
    """One assessment, with its report where it is done.

    Raises
    ------
    NotFoundError
        There is no such assessment, or the actor is not a member of its project.
    """
    try:
        job = get_job(session, actor=actor, job_id=assessment_id)
    except NotFoundError:
        raise NotFoundError(UNKNOWN_ASSESSMENT) from None
    if job.kind != KIND:
        raise NotFoundError(UNKNOWN_ASSESSMENT)
    row, request = session.get_one(Job, job.id), AssessmentRequest.from_document(job.request["request"])
    model = get_model(session, actor=actor, model_id=request.model_id)
    tolerance = find_tolerance(session, actor=actor, project_id=job.project_id)
    threshold = model.threshold.threshold if model.threshold else None
    price = _error_price(session, actor, model)
    return AssessmentView(
        job=job,
        request=request,
        model_number=model.number,
        dataset_version=session.get_one(DatasetVersion, str(job.request["dataset_id"])).version,
        report=_reports(session, actor, model, [row]).get(row.id),
        hides_drivers=hides_explanation(session, actor, session.get_one(Model, model.id)),
        is_older=job.request["tolerance_id"] != (tolerance.id if tolerance else None)
        or job.request["threshold"] != threshold
        or job.request.get("error_price") != (price.document() if price else None)
        or (request.is_priced and job.request["valuation_id"] != _payoffs_id(session, actor, model)),
    )


def count_seen(session: Session, project_id: str) -> int:
    """How many assessments of a project are done. Internal: the caller has authorised the actor."""
    kept = select(func.count()).select_from(FairnessAssessment).where(FairnessAssessment.project_id == project_id)
    return int(session.exec(kept).one())


def terms_of(
    session: Session, assessment: Mapping[str, Any], in_force: tuple[str | None, float | None]
) -> AssessmentTerms:
    """How a kept assessment stands beside the tolerance and the threshold in force, and beside the others of its model.

    Internal: the caller has authorised the actor for the model, and read what is in force: the id of the tolerance, and
    the threshold.
    """
    asked = session.get_one(Job, assessment["job_id"]).request
    others = select(FairnessAssessment.standing).where(
        FairnessAssessment.model_id == assessment["model_id"], FairnessAssessment.id != assessment["id"]
    )
    standings = session.exec(others).all()
    return AssessmentTerms(
        is_in_force=(asked["tolerance_id"], asked["threshold"]) == in_force,
        n_others=len(standings),
        n_beyond=sum(standing == "beyond" for standing in standings),
        favourable=AssessmentRequest.from_document(asked["request"]).favourable,
    )


def tolerance_view(session: Session, row: FairnessTolerance) -> ToleranceView:
    """The row as a page sees it."""
    person = session.get(User, row.created_by)
    return ToleranceView(
        id=row.id,
        version=row.version,
        harm=next(harm for harm in HARMS if harm == row.harm),
        largest_gap=row.largest_gap,
        reason=row.reason,
        n_seen=row.n_seen,
        agreed_by_name=person.name if person else "somebody",
        created_at=row.created_at,
    )


def _asked_of(job: Job) -> tuple[str, ...]:
    return AssessmentRequest.from_document(job.request["request"]).columns


def _reports(session: Session, actor: Actor, model: ModelView, jobs: Sequence[Job]) -> dict[str, FairnessReport]:
    """By the id of the job, of those that are done: what the actor may see of each, in business words."""
    dictionary = list_descriptions(session, actor=actor, project_id=model.project_id)
    digests = {job.id: str(job.result["report_sha256"]) for job in jobs if job.result is not None}
    storage, names = get_database_settings().storage_url, business_names(dictionary)
    reports = {job_id: _read_report(storage, digest) for job_id, digest in digests.items()}
    if hides_explanation(session, actor, session.get_one(Model, model.id)):
        declared = declared_columns(dictionary, model.created_at)
        reports = {job_id: without_drivers(report, declared) for job_id, report in reports.items()}
    return {job_id: in_business_words(report, names) for job_id, report in reports.items()}


@lru_cache(maxsize=32)
def _read_report(_storage: str, digest: str) -> FairnessReport:
    document: dict[str, Any] = json.loads(get_artifact_store().get(digest))
    return FairnessReport.from_document(document)


def _obstacle(*, has_candidates: bool, is_hidden: bool) -> str | None:
    if not has_candidates and is_hidden:
        return (
            "No column was called sensitive in the data dictionary before this model was made. Say under Explain what "
            "you expect to drive it, and you may choose any column."
        )
    if not has_candidates:
        return "The data have no column whose groups could be compared. Bring data that say who is concerned."
    return None


def _checks(session: Session, actor: Actor, model: ModelView) -> tuple[LoopCheck, ...]:
    objective = find_objective(session, actor=actor, project_id=model.project_id)
    considered = objective.objective.considered if objective else Considerations()
    live = select(Deployment.id).where(Deployment.model_id == model.id, col(Deployment.ended_at).is_(None))
    kept = select(FairnessAssessment.id).where(FairnessAssessment.model_id == model.id).limit(1)
    held = Held(
        defaults=defaults_of(considered),
        n_kept_aside=model.evaluation.n_holdout,
        is_live=session.exec(live).first() is not None,
        is_assessed=session.exec(kept).first() is not None,
    )
    return check_loops(considered.reflection, held)
