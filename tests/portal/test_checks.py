"""Is this portal fit to run?"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.artifacts import ArtifactStore
from db.engine import new_engine
from db.session import transaction
from db.settings import get_database_settings
from db.tables import Job, Worker
from db.types import utc_now
from portal.checks import Finding, Surroundings, run_checks
from portal.settings import PortalSettings
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_jobs import make_job, make_worker


@pytest.fixture
def surroundings(engine: Engine) -> Surroundings:
    database = get_database_settings()
    database.data_dir.mkdir(parents=True, mode=0o700)
    return Surroundings(PortalSettings(), database, engine, ArtifactStore(database.storage_url))


def _found(surroundings: Surroundings, name: str) -> Finding:
    return next(finding for finding in run_checks(surroundings) if finding.name == name)


def test_a_fresh_portal_passes_and_misses_only_a_worker(surroundings: Surroundings) -> None:
    outcomes = {finding.name: finding.outcome for finding in run_checks(surroundings)}
    assert outcomes.pop("workers") == "warning"
    assert set(outcomes.values()) == {"passed"}


def test_a_platform_that_cannot_isolate_readers_is_a_warning(
    surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.checks.is_available", lambda: False)
    found = _found(surroundings, "readers")
    assert found.outcome == "warning"
    assert "firewall" in found.sentence


def test_a_worker_with_a_heartbeat_is_alive_and_a_silent_one_is_not(surroundings: Surroundings) -> None:
    now = utc_now()
    with transaction(surroundings.engine) as session:
        for name, age in (("alive", timedelta()), ("silent", timedelta(minutes=5))):
            session.add(
                Worker(
                    executor_id=name,
                    host="here",
                    pid=1,
                    application_version="1",
                    started_at=now - age,
                    heartbeat_at=now - age,
                    lease_until=now,
                )
            )
    assert _found(surroundings, "workers").sentence == "1 worker is alive."


def test_jobs_that_nobody_does_are_counted(surroundings: Surroundings) -> None:
    with transaction(surroundings.engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project = make_project(session, actor)
        jobs = [session.get_one(Job, make_job(session, actor, project.id, n=n).id) for n in range(3)]
        jobs[1].created_at = utc_now() - timedelta(hours=1)
    assert _found(surroundings, "jobs").sentence.startswith("1 waiting for more than 15 minutes, 0 begun")
    with transaction(surroundings.engine) as session:
        for job, is_alive in zip(jobs[1:], (True, False), strict=True):
            row = session.get_one(Job, job.id)
            row.state, row.worker_id = "running", make_worker(session, str(is_alive), is_alive=is_alive)
            session.get_one(Worker, str(is_alive)).state = "working" if is_alive else "lost"
    assert _found(surroundings, "jobs").sentence.startswith("0 waiting for more than 15 minutes, 1 begun")
    with transaction(surroundings.engine) as session:
        session.get_one(Job, jobs[2].id).state = "done"
    assert _found(surroundings, "jobs").sentence == "2 active, none of them stuck."


@pytest.mark.parametrize(
    "settings",
    [
        PortalSettings(host="192.0.2.1"),
        PortalSettings(host="192.0.2.1", behind_tls=True),
        PortalSettings(host="192.0.2.1", behind_tls=True, hosts=("portal.example.com",), demo=True),
    ],
)
def test_unsafe_settings_fail(surroundings: Surroundings, settings: PortalSettings) -> None:
    assert _found(replace(surroundings, settings=settings), "settings").outcome == "failed"


def test_a_folder_open_to_other_accounts_fails(surroundings: Surroundings) -> None:
    surroundings.database.data_dir.chmod(0o755)
    surroundings.database.data_dir.parent.chmod(0o755)
    found = _found(surroundings, "folder")
    assert found.outcome == "failed"
    assert "chmod" in found.sentence


def test_storage_that_cannot_be_written_fails(surroundings: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    broken = replace(surroundings, store=ArtifactStore(str(tmp_path / "file" / "artifacts")))
    assert _found(broken, "storage").outcome == "failed"


def test_without_tables_the_rest_is_not_checked_rather_than_passed(surroundings: Surroundings, tmp_path: Path) -> None:
    empty = new_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    outcomes = {finding.name: finding.outcome for finding in run_checks(replace(surroundings, engine=empty))}
    empty.dispose()
    assert outcomes["migrations"] == "failed"
    assert outcomes["workers"] == outcomes["audit"] == "not checked"


def test_a_database_that_does_not_answer_fails(surroundings: Surroundings) -> None:
    away = new_engine("postgresql://nobody@127.0.0.1:1/none")
    outcomes = {finding.name: finding.outcome for finding in run_checks(replace(surroundings, engine=away))}
    assert outcomes["database"] == "failed"
    assert outcomes["migrations"] == "not checked"
