"""Read an analysis and its files."""

import pytest
from sqlmodel import Session

from services.analyses.queries import get_analysis, get_analysis_file, list_analyses
from services.analyses.views import Report
from services.audit.actor import Actor
from services.automl.analysis_task import AnalysisTask
from services.datasets.views import Dataset
from services.errors import NotFoundError
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_analyses import (
    REQUESTS,
    make_analysis,
    make_forecast_report,
    make_groups_report,
    make_unusual_report,
)
from tests.makers_datasets import make_dataset
from tests.makers_jobs import make_job

REPORTS: dict[AnalysisTask, Report] = {
    AnalysisTask.CLUSTERING: make_groups_report(),
    AnalysisTask.ANOMALY: make_unusual_report(),
    AnalysisTask.FORECASTING: make_forecast_report(),
}


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def dataset(session: Session, scientist: Actor) -> Dataset:
    return make_dataset(session, scientist, make_project(session, scientist).id)


@pytest.mark.parametrize("task", list(AnalysisTask))
def test_a_report_is_read_as_it_was_written(
    session: Session, scientist: Actor, dataset: Dataset, task: AnalysisTask
) -> None:
    id_ = make_analysis(session, scientist, dataset.id, dataset.project_id, task, REPORTS[task])
    found = get_analysis(session, actor=scientist, analysis_id=id_)
    assert found.report == REPORTS[task]
    assert found.request.task is task
    assert (found.id, found.dataset_version, found.seconds) == (id_, dataset.version, 60.0)


def test_the_newest_comes_first_with_what_was_found(session: Session, scientist: Actor, dataset: Dataset) -> None:
    ids = [
        make_analysis(session, scientist, dataset.id, dataset.project_id, task, report)
        for task, report in REPORTS.items()
    ]
    waiting = make_analysis(session, scientist, dataset.id, dataset.project_id, AnalysisTask.CLUSTERING)
    lines = list_analyses(session, actor=scientist, project_id=dataset.project_id)
    assert [line.id for line in lines] == [waiting, *reversed(ids)]
    assert lines[0].sentence is None
    assert lines[1].sentence == REPORTS[AnalysisTask.FORECASTING].sentence
    assert lines[1].request == REQUESTS[AnalysisTask.FORECASTING]


def test_files_are_there_once_it_is_done(session: Session, scientist: Actor, dataset: Dataset) -> None:
    task = AnalysisTask.CLUSTERING
    done = make_analysis(session, scientist, dataset.id, dataset.project_id, task, REPORTS[task])
    assert get_analysis_file(session, actor=scientist, analysis_id=done, kind="table") == b"row,group\n1,1\n"
    waiting = make_analysis(session, scientist, dataset.id, dataset.project_id, AnalysisTask.ANOMALY)
    assert get_analysis(session, actor=scientist, analysis_id=waiting).report is None
    with pytest.raises(NotFoundError):
        get_analysis_file(session, actor=scientist, analysis_id=waiting, kind="package")


def test_another_kind_of_job_is_no_analysis(session: Session, scientist: Actor, dataset: Dataset) -> None:
    job = make_job(session, scientist, dataset.project_id)
    with pytest.raises(NotFoundError, match="no such analysis"):
        get_analysis(session, actor=scientist, analysis_id=job.id)


def test_a_stranger_is_told_nothing(session: Session, scientist: Actor, dataset: Dataset) -> None:
    id_ = make_analysis(session, scientist, dataset.id, dataset.project_id, AnalysisTask.CLUSTERING)
    stranger = make_actor(session, Role.DATA_SCIENTIST)
    with pytest.raises(NotFoundError, match="no such analysis"):
        get_analysis(session, actor=stranger, analysis_id=id_)
