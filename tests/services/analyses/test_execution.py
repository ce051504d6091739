"""The work of an analysis: done, done twice, stopped, and refused with a sentence."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.session import reading, transaction
from db.tables import AuditEvent, Job
from portal.jobs.handlers import HANDLERS
from services.analyses.commands import start_analysis
from services.analyses.execution import run_analysis
from services.analyses.queries import get_analysis, get_analysis_file
from services.audit.actor import Actor
from services.automl.analysis_request import AnalysisRequest
from services.automl.analysis_task import AnalysisTask
from services.automl.forecasting.panel import Question
from services.automl.forecasting.report import ForecastReport
from services.jobs.child_process import ChildInterruptedError
from services.jobs.execution import run_job
from services.jobs.handler import JobRequest, SilentReport
from services.jobs.queries import get_job
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_series import make_days

FORECAST = AnalysisRequest(AnalysisTask.FORECASTING, question=Question("sold", "day", 5))


@pytest.fixture
def scientist(engine: Engine) -> Actor:
    with transaction(engine) as session:
        return make_actor(session, Role.DATA_SCIENTIST)


def asked(scientist: Actor, frame: pd.DataFrame, request: AnalysisRequest, seconds: float = 10) -> str:
    with transaction() as session:
        dataset = make_dataset(session, scientist, make_project(session, scientist).id, frame=frame, target=None)
        ids = {"project_id": dataset.project_id, "dataset_id": dataset.id}
        return start_analysis(session, actor=scientist, request=request, seconds=seconds, **ids).id


@pytest.mark.slow
def test_a_forecast_is_made_kept_and_recorded_once(scientist: Actor) -> None:
    job_id = asked(scientist, make_days(80, note="=1+1"), FORECAST)
    run_job(job_id, HANDLERS, "here")
    run_job(job_id, HANDLERS, "here")  # a worker that takes over does nothing with what is done
    with reading() as session:
        found = get_analysis(session, actor=scientist, analysis_id=job_id)
        table = get_analysis_file(session, actor=scientist, analysis_id=job_id, kind="table")
        package = get_analysis_file(session, actor=scientist, analysis_id=job_id, kind="package")
        events = session.exec(select(AuditEvent).where(AuditEvent.action == "analysis.finished")).all()
    assert found.job.failure is None
    assert isinstance(found.report, ForecastReport)
    assert len(events) == 1
    assert len(pd.read_csv(BytesIO(table))) == 5
    with ZipFile(BytesIO(package)) as files:
        names = {"README.txt", "pipeline.skops", "schema.json", "report.json", "lag_table.py", "time_axis.py"}
        assert set(files.namelist()) == names
        assert json.loads(files.read("schema.json"))["horizon"] == 5


@pytest.mark.slow
def test_rows_come_back_with_their_group_beside_them_and_without_formulas(scientist: Actor) -> None:
    frame = make_days(60).assign(note=["=cmd()", "fine"] * 30, group="mine")
    job_id = asked(scientist, frame, AnalysisRequest(AnalysisTask.CLUSTERING), seconds=5)
    run_job(job_id, HANDLERS, "here")
    with reading() as session:
        table = pd.read_csv(BytesIO(get_analysis_file(session, actor=scientist, analysis_id=job_id, kind="table")))
    assert list(table.columns) == ["row", "group", "day", "sold", "note", "group (data)"]
    assert set(table["note"]) == {"'=cmd()", "fine"}
    assert len(table) == 60


def test_what_cannot_be_found_ends_with_the_sentence(scientist: Actor) -> None:
    job_id = asked(scientist, make_days(8), FORECAST)
    run_job(job_id, HANDLERS, "here")
    with reading() as session:
        job = get_job(session, actor=scientist, job_id=job_id)
    assert job.state == "failed"
    assert job.failure is not None
    assert "at least 14 are needed" in job.failure


class Impatient(SilentReport):
    """Somebody who stops as soon as something happens."""

    def __init__(self) -> None:
        self.heard: list[tuple[float | None, str]] = []

    def __call__(self, progress: float | None, phase: str) -> None:
        self.heard.append((progress, phase))

    def find_interruption(self) -> str | None:
        return "cancel" if len(self.heard) > 1 else None


def test_it_says_how_far_it_is_and_can_be_stopped(scientist: Actor) -> None:
    job_id = asked(scientist, make_days(400), FORECAST, seconds=60)
    report = Impatient()
    with pytest.raises(ChildInterruptedError):
        run_analysis(_request(job_id, scientist), report)
    shares = [share for share, _ in report.heard if share is not None]
    assert shares
    assert all(0 <= share <= 1 for share in shares)
    with reading() as session:
        assert get_job(session, actor=scientist, job_id=job_id).result is None


def _request(job_id: str, actor: Actor) -> JobRequest:
    with reading() as session:
        job: Any = session.get_one(Job, job_id)
        return JobRequest(job.id, job.kind, job.project_id, job.subject_id, job.request, actor)
