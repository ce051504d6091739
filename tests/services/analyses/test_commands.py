"""Who may ask for an analysis, and what is refused before a worker is asked."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session

from services.analyses.budget import MAX_SECONDS
from services.analyses.commands import start_analysis
from services.analyses.views import KIND
from services.audit.actor import Actor
from services.automl.analysis_request import AnalysisRequest
from services.automl.analysis_task import AnalysisTask
from services.automl.forecasting.panel import Question
from services.datasets.commands import exclude_column
from services.datasets.errors import ColumnMissingError
from services.datasets.views import Dataset
from services.errors import InvalidInputError, NotAllowedError, NotFoundError
from services.jobs.views import JobView
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_analyses import QUESTION, REQUESTS
from tests.makers_datasets import make_dataset


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def dataset(session: Session, scientist: Actor) -> Dataset:
    return make_dataset(session, scientist, make_project(session, scientist).id)


def start(session: Session, actor: Actor, dataset: Dataset, request: AnalysisRequest, **changes: Any) -> JobView:
    ids = {"project_id": dataset.project_id, "dataset_id": dataset.id}
    return start_analysis(session, **{"actor": actor, "request": request, **ids, **changes})


def test_a_worker_is_told_everything_it_needs_to_know(session: Session, scientist: Actor, dataset: Dataset) -> None:
    job = start(session, scientist, dataset, REQUESTS[AnalysisTask.ANOMALY], seconds=30)
    asked = AnalysisRequest.from_document(job.request["request"])
    assert (job.kind, job.state, job.request["seconds"]) == (KIND, "queued", 30.0)
    assert asked.feature_columns == dataset.feature_columns
    assert asked.label_column == "churn"


def test_groups_are_not_told_the_outcome(session: Session, scientist: Actor, dataset: Dataset) -> None:
    job = start(session, scientist, dataset, REQUESTS[AnalysisTask.CLUSTERING])
    asked = AnalysisRequest.from_document(job.request["request"])
    assert asked.label_column is None
    assert "churn" not in (asked.feature_columns or ())


def test_the_same_question_twice_is_one_job(session: Session, scientist: Actor, dataset: Dataset) -> None:
    first, second = (start(session, scientist, dataset, REQUESTS[AnalysisTask.FORECASTING]) for _ in range(2))
    assert first.id == second.id


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (None, "Choose which column to forecast"),
        (replace(QUESTION, time="tenure"), "must be different columns"),
        (replace(QUESTION, horizon=0), "Between 1 and 1,000"),
        (replace(QUESTION, known=("payment",)), "“payment” is left out of the data"),
    ],
)
def test_a_forecast_that_cannot_be_is_refused(
    session: Session, scientist: Actor, dataset: Dataset, question: Question | None, says: str
) -> None:
    ids = {"dataset_id": dataset.id, "column": "payment", "reason": "Known too late"}
    changed = exclude_column(session, actor=scientist, **ids)
    with pytest.raises(InvalidInputError, match=says):
        start(session, scientist, changed, AnalysisRequest(AnalysisTask.FORECASTING, question=question))


def test_a_column_that_is_not_there_is_named(session: Session, scientist: Actor, dataset: Dataset) -> None:
    with pytest.raises(ColumnMissingError, match="absent"):
        request = AnalysisRequest(AnalysisTask.FORECASTING, question=replace(QUESTION, target="absent"))
        start(session, scientist, dataset, request)


@pytest.mark.parametrize("seconds", [0, -1, MAX_SECONDS + 1, float("nan")])
def test_an_impossible_time_is_refused(session: Session, scientist: Actor, dataset: Dataset, seconds: float) -> None:
    with pytest.raises(InvalidInputError, match="An analysis takes"):
        start(session, scientist, dataset, REQUESTS[AnalysisTask.CLUSTERING], seconds=seconds)


def test_data_of_another_project_are_not_found(session: Session, scientist: Actor, dataset: Dataset) -> None:
    other = make_project(session, scientist)
    with pytest.raises(NotFoundError):
        start(session, scientist, dataset, REQUESTS[AnalysisTask.CLUSTERING], project_id=other.id)


def test_only_who_may_start_runs_may_start_one(session: Session, scientist: Actor) -> None:
    manager = make_actor(session, Role.MANAGER)
    dataset = make_dataset(session, scientist, make_project(session, scientist, manager).id)
    with pytest.raises(NotAllowedError):
        start(session, manager, dataset, REQUESTS[AnalysisTask.CLUSTERING])
