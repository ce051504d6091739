"""Agree on how large a gap between groups is accepted, ask a worker to compare them, and keep what it found."""

from collections.abc import Iterator

from sqlmodel import Session, col, func, select

from db.artifacts import get_artifact_store
from db.tables import FairnessAssessment, FairnessTolerance, Model, Run
from services.audit.actor import Actor
from services.audit.canonical import canonical_json, sha256_of
from services.audit.commands import record_event
from services.errors import ConflictError, InvalidInputError
from services.fairness.favourable import check_favourable
from services.fairness.queries import count_seen, find_tolerance, get_assessment, get_fairness, tolerance_view
from services.fairness.report import Agreed, FairnessReport
from services.fairness.request import KIND, AssessmentRequest
from services.fairness.sentences import gravest
from services.fairness.tolerance import checked_tolerance
from services.fairness.views import FairnessView, ToleranceView
from services.jobs.commands import enqueue_job
from services.jobs.views import JobView
from services.models.queries import get_model
from services.people.permissions import Permission
from services.projects.queries import authorize_project


def start_assessment(session: Session, *, actor: Actor, request: AssessmentRequest) -> JobView:
    """Ask how a model treats groups, with the threshold and the tolerance in force; both are kept with what was asked.

    Raises
    ------
    InvalidInputError
        A column cannot be compared or may not be chosen by the actor yet, or the favourable classes are none.
    """
    model = get_model(session, actor=actor, model_id=request.model_id)
    authorize_project(session, actor=actor, project_id=model.project_id, permission=Permission.ASSESS_FAIRNESS)
    fairness = get_fairness(session, actor=actor, model_id=request.model_id)
    if fairness.obstacle:
        raise InvalidInputError(fairness.obstacle)
    known = {candidate.name for candidate in fairness.candidates}
    problems = [
        f"“{name}” cannot be compared. Choose one of the columns offered."
        for name in request.columns
        if name not in known
    ]
    problems += _problems_of_classes(fairness, request)
    if problems:
        raise InvalidInputError(*problems)
    tolerance = fairness.tolerance
    agreed = (
        Agreed(tolerance.version, tolerance.harm, tolerance.largest_gap, tolerance.n_seen).document()
        if tolerance
        else None
    )
    return enqueue_job(
        session,
        actor=actor,
        project_id=model.project_id,
        kind=KIND,
        request={
            "request": request.document(),
            "dataset_id": session.get_one(Run, model.run_id).dataset_version_id,
            "threshold": model.threshold.threshold if model.threshold else None,
            "tolerance_id": tolerance.id if tolerance else None,
            "agreed": agreed,
            "error_price": fairness.error_price.document() if fairness.error_price else None,
            **({"valuation_id": fairness.valuation_id} if request.is_priced else {}),
        },
        subject_id=model.id,
        permission=Permission.ASSESS_FAIRNESS,
    )


def _problems_of_classes(fairness: FairnessView, request: AssessmentRequest) -> Iterator[str]:
    if not fairness.classes:
        if request.favourable or request.is_priced:
            yield "Favourable classes are said of a model that tells several classes apart; this one does not."
        return
    try:
        check_favourable(request.favourable, fairness.classes)
    except InvalidInputError as error:
        yield error.sentence
    if request.is_priced and fairness.valuation_id is None:
        yield "Nobody has said in Money what acting is worth, so nothing can be priced. Say it there, or leave it out."


def agree_tolerance(
    session: Session, *, actor: Actor, project_id: str, harm: str, largest_gap: float, reason: str, based_on: int
) -> ToleranceView:
    """Say which harm matters and how large a gap between groups is accepted, as a new version.

    How many assessments were done by then is kept with it: a tolerance agreed after one was seen says so for ever.

    Parameters
    ----------
    based_on
        The version the actor had before their eyes; 0 for none.

    Raises
    ------
    InvalidInputError
        See `checked_tolerance`.
    ConflictError
        Somebody else agreed on another one meanwhile.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.AGREE_TOLERANCE)
    chosen, largest, reason = checked_tolerance(harm, largest_gap, reason)
    session.refresh(project, with_for_update=True)  # of two people at once the second sees what the first did
    current = find_tolerance(session, actor=actor, project_id=project_id)
    if based_on != (current.version if current else 0):
        raise ConflictError("Somebody else has agreed on another tolerance meanwhile. Look at theirs first.")
    n_seen = count_seen(session, project_id)
    row = FairnessTolerance(
        project_id=project_id,
        version=based_on + 1,
        harm=chosen,
        largest_gap=largest,
        reason=reason,
        n_seen=n_seen,
        sha256=sha256_of({"harm": chosen, "largest_gap": largest, "reason": reason, "n_seen": n_seen}),
        created_by=actor.user_id,
        role_at_time=actor.role,
    )
    session.add(row)
    session.flush()
    record_event(
        session,
        actor=actor,
        action="fairness.tolerance_agreed",
        object_type="project",
        object_id=project_id,
        project_id=project_id,
        before={"version": current.version, "harm": current.harm, "largest_gap": current.largest_gap}
        if current
        else None,
        after={"version": row.version, "harm": row.harm, "largest_gap": row.largest_gap, "n_seen": row.n_seen},
        reason=reason,
    )
    return tolerance_view(session, row)


def save_assessment(
    session: Session, *, actor: Actor, assessment_id: str, report: FairnessReport
) -> FairnessAssessment:
    """Keep what a comparison found as the newest of its model. Called by the worker, as who asked.

    Its hash is that of what was found, however long it took: a change in words says whether anything else was found.

    Raises
    ------
    ConflictError
        It is kept already.
    """
    asked = get_assessment(session, actor=actor, assessment_id=assessment_id)
    project_id = asked.job.project_id
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.ASSESS_FAIRNESS)
    model = session.get_one(Model, asked.request.model_id, with_for_update=True)
    own = select(FairnessAssessment).where(FairnessAssessment.job_id == asked.id)
    if session.exec(own).first() is not None:
        raise ConflictError("What this comparison found is kept already.")
    newest = select(func.max(col(FairnessAssessment.version))).where(FairnessAssessment.model_id == model.id)
    document, (standing, verdict) = report.document(), gravest(report)
    row = FairnessAssessment(
        project_id=project_id,
        model_id=model.id,
        job_id=asked.id,
        version=(session.exec(newest).one() or 0) + 1,
        n_columns=len(asked.request.columns),
        standing=standing,
        verdict=verdict,
        report_sha256=get_artifact_store().put(canonical_json(document)),
        sha256=sha256_of({**document, "seconds": 0.0, "model": model.digest}),
        created_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    record_event(
        session,
        actor=actor,
        action="fairness.assessed",
        object_type="model",
        object_id=model.id,
        project_id=project_id,
        after={"version": row.version, "sha256": row.sha256, "report_sha256": row.report_sha256},
    )
    return row
