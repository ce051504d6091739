"""Ask a worker for an analysis."""

from dataclasses import replace

from sqlmodel import Session

from services.analyses.budget import DEFAULT_SECONDS, checked_seconds
from services.analyses.views import KIND
from services.audit.actor import Actor
from services.automl.analysis_request import AnalysisRequest
from services.automl.analysis_task import AnalysisTask
from services.automl.forecasting.panel import MAX_HORIZON, Question
from services.datasets.queries import Dataset, get_dataset
from services.errors import InvalidInputError, NotFoundError
from services.jobs.commands import enqueue_job
from services.jobs.views import JobView
from services.people.permissions import Permission
from services.projects.queries import authorize_project


def start_analysis(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    dataset_id: str,
    request: AnalysisRequest,
    seconds: float = DEFAULT_SECONDS,
) -> JobView:
    """Ask for an analysis of one version of the data.

    Groups and unusual rows are looked for in the columns that a model may learn from: what was left out stays out, and
    unusual rows are compared with a chosen outcome.

    Raises
    ------
    InvalidInputError
        A forecast lacks a column, or one that does not exist is named; or the time is out of range.
    """
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.START_RUN)
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    if dataset.project_id != project_id:
        raise NotFoundError("This version of the data belongs to another project. Choose one of this project.")
    asked = _completed(dataset, request)
    return enqueue_job(
        session,
        actor=actor,
        project_id=project_id,
        kind=KIND,
        request={"dataset_id": dataset.id, "seconds": checked_seconds(seconds), "request": asked.document()},
        subject_id=dataset.id,
        permission=Permission.START_RUN,
    )


def _completed(dataset: Dataset, request: AnalysisRequest) -> AnalysisRequest:
    if request.task is AnalysisTask.FORECASTING:
        if request.question is None:
            raise InvalidInputError("Choose which column to forecast, and which holds the time.")
        _check_question(dataset, request.question)
        return request
    if not dataset.feature_columns:
        raise InvalidInputError("Every column but the target is excluded. Include at least one to look at.")
    label = dataset.target if request.task is AnalysisTask.ANOMALY else None
    return replace(request, feature_columns=dataset.feature_columns, label_column=label, question=None)


def _check_question(dataset: Dataset, question: Question) -> None:
    names = [question.target, question.time, *([question.series] if question.series else []), *question.known]
    for name in names:
        dataset.get_column(name)
    excluded = [f"“{name}”" for name in names if name in dataset.excluded]
    problems = []
    if excluded:
        problems.append(f"{', '.join(excluded)} is left out of the data. Include it, or choose another column.")
    if len(set(names)) < len(names):
        problems.append("The value, the time, the series and what is known in advance must be different columns.")
    if not 1 <= question.horizon <= MAX_HORIZON:
        problems.append(f"Between 1 and {MAX_HORIZON:,} steps can be forecast. Choose a number in this range.")
    if problems:
        raise InvalidInputError(*problems)
