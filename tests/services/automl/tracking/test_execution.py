"""The jobs: a run goes to the server and comes back, who may ask, and how they end."""

import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.session import reading, transaction
from db.tables import AuditEvent, Job, Run, Trial
from portal.jobs.handlers import HANDLERS
from services.audit.actor import Actor
from services.automl.commands import request_export, request_import
from services.automl.queries import get_run
from services.automl.tracking.documents import EXPORT, IMPORT
from services.jobs.execution import run_job
from services.people.permissions import Role
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_labels import run_jobs
from tests.makers_mlflow import TrackingServer, name_server, tracking_server
from tests.makers_trials import make_judged_run, make_judged_trial
from tests.services.automl.test_references import PLAIN


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrackingServer]:
    with tracking_server(monkeypatch) as server:
        yield server


def arrange(engine: Engine) -> tuple[Actor, str, str]:
    """A data scientist, a project with payoffs, and an ended run of two variants."""
    with transaction(engine) as session:
        scientist, business = make_actor(session, Role.DATA_SCIENTIST), make_actor(session)
        project = make_project(session, scientist, business)
        save_valuation(session, actor=business, project_id=project.id, assumptions=PLAIN, based_on=0)
        run = make_judged_run(session, scientist, project.id, seed=3)
        make_judged_trial(session, run, 1, value_amount=900.0)
        make_judged_trial(session, run, 2, skill=0.5, value_amount=1_234.5)
        return scientist, project.id, run.id


def export(scientist: Actor, project_id: str, run_id: str) -> Job:
    with transaction() as session:
        request_export(session, actor=scientist, run_id=run_id)
    return last_job(scientist, project_id, EXPORT)


def take(scientist: Actor, project_id: str, source_id: str) -> Job:
    with transaction() as session:
        request_import(session, actor=scientist, project_id=project_id, source_id=source_id)
    return last_job(scientist, project_id, IMPORT)


def last_job(scientist: Actor, project_id: str, kind: str) -> Job:
    (ended,) = run_jobs(scientist, project_id, kinds=[kind])
    with reading() as session:
        return session.get_one(Job, ended.id)


def actions(session: Session) -> list[str]:
    return list(session.exec(select(AuditEvent.action).order_by(col(AuditEvent.id))))


def test_a_run_goes_to_the_server_and_comes_back_with_scores_and_money(engine: Engine, server: TrackingServer) -> None:
    scientist, project_id, run_id = arrange(engine)
    job = export(scientist, project_id, run_id)
    assert job.state == "done", job.failure
    assert job.result is not None
    assert (job.result["address"], job.result["n_trials"]) == (server.url, 2)
    taken = take(scientist, project_id, job.result["source_id"])
    assert taken.state == "done", taken.failure
    assert taken.result is not None
    with reading() as session:
        one = get_run(session, actor=scientist, run_id=run_id)
        other = get_run(session, actor=scientist, run_id=taken.result["run_id"])
        assert actions(session)[-2:] == ["run.exported", "run.imported"]
    assert other.imported == {"address": server.url, "source_id": job.result["source_id"], "name": "Run 1"}
    assert (other.number, other.state, other.seed, other.currency) == (2, "finished", 3, one.currency)
    assert (other.dataset_id, other.metric) == (one.dataset_id, one.metric)
    assert other.best is not None
    assert one.best is not None
    assert other.best.value_amount == one.best.value_amount == 1_234.5
    assert [dict(trial.parameters) for trial in other.trials] == [dict(trial.parameters) for trial in one.trials]
    assert [trial.fold_scores for trial in other.trials] == [trial.fold_scores for trial in one.trials]
    assert [(t.score_low, t.score_high) for t in other.trials] == [(t.score_low, t.score_high) for t in one.trials]
    again = take(scientist, project_id, job.result["source_id"])
    assert (again.state, again.failure) == (
        "failed",
        "This run was imported already, as run 2. Nothing was changed.",
    )


on_one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_one_engine
def test_a_server_that_refuses_or_is_gone_ends_the_job_with_a_sentence_and_no_secret(
    engine: Engine, server: TrackingServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scientist, project_id, run_id = arrange(engine)
    server.token = "another"
    name_server(monkeypatch, server.url, token="t0ken")
    with caplog.at_level(logging.DEBUG):
        refused = export(scientist, project_id, run_id)
        name_server(monkeypatch, "http://127.0.0.1:1", token="t0ken")
        gone = export(scientist, project_id, run_id)
        name_server(monkeypatch, server.url, hosts="")
        unlisted = export(scientist, project_id, run_id)
    for job, cause in ((refused, "does not let the portal in"), (gone, "does not answer"), (unlisted, "HOSTS")):
        assert job.state == "failed"
        assert cause in (job.failure or "")
        assert "t0ken" not in (job.failure or "")
    assert "t0ken" not in caplog.text
    with reading() as session:
        assert "run.exported" not in actions(session)


@on_one_engine
def test_stop_ends_an_import_and_nothing_is_kept(
    engine: Engine, server: TrackingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    scientist, project_id, _ = arrange(engine)
    source_id = server.add_run(metrics={"roc_auc": 0.7}, params={}, tags={})
    with transaction() as session:
        job = request_import(session, actor=scientist, project_id=project_id, source_id=source_id)
    monkeypatch.setattr("services.jobs.execution.JobReport.find_interruption", lambda _: "cancel")
    run_job(job.id, HANDLERS, "here")
    with reading() as session:
        assert session.get_one(Job, job.id).state == "cancelled"
        assert len(session.exec(select(Run)).all()) == 1


@on_one_engine
def test_a_person_who_lost_their_role_meanwhile_sends_and_takes_nothing(engine: Engine, server: TrackingServer) -> None:
    scientist, project_id, run_id = arrange(engine)
    with transaction() as session:
        jobs = [
            request_export(session, actor=scientist, run_id=run_id),
            request_import(session, actor=scientist, project_id=project_id, source_id="a1"),
        ]
        stranger = make_actor(session, Role.DATA_SCIENTIST)
        for job in jobs:
            row = session.get_one(Job, job.id)
            row.created_by = stranger.user_id  # as if the job had been smuggled in
            session.add(row)
    for job in jobs:
        run_job(job.id, HANDLERS, "here")
    with reading() as session:
        assert {session.get_one(Job, job.id).state for job in jobs} == {"failed"}
        assert len(session.exec(select(Trial)).all()) == 2
    assert server.asked == []
