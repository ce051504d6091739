"""Read analyses: what was asked, how far they are, what was found, and the files they leave."""

import json
from typing import Any, Literal

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.tables import DatasetVersion
from services.analyses.views import KIND, AnalysisLine, AnalysisView, Report
from services.audit.actor import Actor
from services.automl.analysis_request import AnalysisRequest
from services.automl.analysis_task import AnalysisTask
from services.automl.anomaly.report import UnusualReport
from services.automl.clustering.report import GroupsReport
from services.automl.forecasting.report import ForecastReport
from services.errors import NotFoundError
from services.jobs.queries import get_job, list_jobs
from services.jobs.views import JobView
from services.models.documents import restore

UNKNOWN_ANALYSIS = "There is no such analysis, or you are not a member of its project."
MOST_LISTED = 20
FileKind = Literal["table", "package"]
_REPORTS: dict[AnalysisTask, type[Report]] = {
    AnalysisTask.CLUSTERING: GroupsReport,
    AnalysisTask.ANOMALY: UnusualReport,
    AnalysisTask.FORECASTING: ForecastReport,
}


def list_analyses(session: Session, *, actor: Actor, project_id: str) -> list[AnalysisLine]:
    """The latest analyses of a project, newest first."""
    jobs = list_jobs(session, actor=actor, project_id=project_id, kind=KIND, limit=MOST_LISTED)
    return [
        AnalysisLine(
            id=job.id,
            request=AnalysisRequest.from_document(job.request["request"]),
            state=job.state,
            sentence=job.failure if job.result is None else str(job.result["sentence"]),
            dataset_version=_version(session, job),
            created_by_name=job.created_by_name,
            created_at=job.created_at,
        )
        for job in jobs
    ]


def get_analysis(session: Session, *, actor: Actor, analysis_id: str) -> AnalysisView:
    """One analysis, with its report where it is done.

    Raises
    ------
    NotFoundError
        There is no such analysis, or the actor is not a member of its project.
    """
    job = _find(session, actor, analysis_id)
    request = AnalysisRequest.from_document(job.request["request"])
    return AnalysisView(
        job=job,
        request=request,
        seconds=float(job.request["seconds"]),
        dataset_id=str(job.request["dataset_id"]),
        dataset_version=_version(session, job),
        report=None if job.result is None else _report(request.task, job.result["report_sha256"]),
    )


def get_analysis_file(session: Session, *, actor: Actor, analysis_id: str, kind: FileKind) -> bytes:
    """The CSV with an answer for each row ("table"), or the zip with pipeline, schema and report ("package").

    Raises
    ------
    NotFoundError
        There is no such analysis, it is not done, or the actor is not a member of its project.
    """
    job = _find(session, actor, analysis_id)
    if job.result is None:
        raise NotFoundError(UNKNOWN_ANALYSIS)
    return get_artifact_store().get(job.result[f"{kind}_sha256"])


def _find(session: Session, actor: Actor, analysis_id: str) -> JobView:
    try:
        job = get_job(session, actor=actor, job_id=analysis_id)
    except NotFoundError:
        raise NotFoundError(UNKNOWN_ANALYSIS) from None
    if job.kind != KIND:
        raise NotFoundError(UNKNOWN_ANALYSIS)
    return job


def _report(task: AnalysisTask, digest: str) -> Report:
    document: dict[str, Any] = json.loads(get_artifact_store().get(digest))
    return restore(_REPORTS[task], document)


def _version(session: Session, job: JobView) -> int:
    return session.get_one(DatasetVersion, str(job.request["dataset_id"])).version
