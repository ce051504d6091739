"""A backup brings everything back, also into the other database, and nothing that was tampered with."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from db.artifacts import ArtifactStore
from db.engine import new_engine
from db.session import reading, transaction
from db.tables import AuditEvent, Job, Run, SignInSession, SQLModel, User
from portal.backup import BackupError, kept_tables, restore_backup, write_backup
from services.audit.queries import get_chain_report
from services.people.permissions import Role
from tests.makers import make_actor, make_project, make_sign_in
from tests.makers_datasets import make_dataset
from tests.makers_jobs import make_job

Target = tuple[Engine, ArtifactStore]


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(str(tmp_path / "var" / "artifacts"))


@pytest.fixture
def backup(engine: Engine, store: ArtifactStore, tmp_path: Path) -> Path:
    with transaction(engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project = make_project(session, actor)
        dataset = make_dataset(session, actor, project.id)
        make_sign_in(session, actor.user_id)
        session.add(_run(project.id, dataset.id, actor.user_id))
        for state in ("queued", "running"):
            job = make_job(session, actor, project.id, state=state)
            session.get_one(Job, job.id).state = state
    store.put(b"a model")
    folder = tmp_path / "backup"
    write_backup(folder, engine=engine, store=store)
    return folder


def _run(project_id: str, dataset_id: str, user_id: str) -> Run:
    return Run(
        project_id=project_id,
        number=1,
        dataset_version_id=dataset_id,
        task="binary",
        metric="roc_auc",
        n_trials_budget=5,
        budget_seconds=60.0,
        trial_seconds_limit=30.0,
        trial_memory_mb_limit=1000,
        seed=0,
        state="running",
        created_by=user_id,
    )


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    engine = new_engine(f"sqlite:///{tmp_path / 'restored.sqlite'}")
    yield engine, ArtifactStore(str(tmp_path / "restored"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    """An empty portal on either database: a backup is also the way from one to the other."""
    if request.param == "sqlite":
        yield request.getfixturevalue("target")
        return
    engine = new_engine(request.getfixturevalue("postgresql_template")("portal_restored"))
    yield engine, ArtifactStore(str(tmp_path / "restored"))
    engine.dispose()


def test_everything_comes_back(engine: Engine, store: ArtifactStore, backup: Path, any_target: Target) -> None:
    target = any_target
    report = restore_backup(backup, engine=target[0], store=target[1])
    with reading(engine) as old, reading(target[0]) as new:
        for table in kept_tables():
            if table.name not in ("run", "job", "audit_event"):
                rows = sql_select(table).order_by(*table.primary_key.columns)
                assert new.connection().execute(rows).all() == old.connection().execute(rows).all(), table.name
        assert get_chain_report(new).is_intact
        assert new.exec(select(AuditEvent.action).order_by(col(AuditEvent.id).desc())).first() == "portal.restored"
    assert target[1].list_digests() == store.list_digests()
    assert report.n_artifacts == len(store.list_digests()) >= 2


def test_a_run_that_was_under_way_says_why_it_ended(backup: Path, target: Target) -> None:
    restore_backup(backup, engine=target[0], store=target[1])
    with reading(target[0]) as session:
        run = session.exec(select(Run)).one()
        assert run.state == "failed"
        assert "restored from a backup" in str(run.failure)


def test_a_job_that_was_under_way_says_why_it_ended_and_a_queued_one_starts_as_usual(
    backup: Path, any_target: Target
) -> None:
    restore_backup(backup, engine=any_target[0], store=any_target[1])
    with reading(any_target[0]) as session:
        jobs = {str(job.request["state"]): job for job in session.exec(select(Job)) if "state" in job.request}
    assert {was: job.state for was, job in jobs.items()} == {"queued": "queued", "running": "failed"}
    assert "restored from a backup" in str(jobs["running"].failure)


def test_every_table_is_kept_but_those_of_one_running_portal() -> None:
    passing = {table.name for table in SQLModel.metadata.sorted_tables} - {table.name for table in kept_tables()}
    assert passing == {"sign_in_session", "sign_in_attempt", "worker"}
    assert {"job", "dataset_version", "health_report", "column_description"} <= {table.name for table in kept_tables()}


def test_nobody_stays_signed_in_after_a_restore(backup: Path, target: Target) -> None:
    restore_backup(backup, engine=target[0], store=target[1])
    with reading(target[0]) as session:
        assert session.exec(select(SignInSession)).all() == []


def test_a_backup_never_overwrites(engine: Engine, store: ArtifactStore, backup: Path) -> None:
    with pytest.raises(BackupError, match="not empty"):
        write_backup(backup, engine=engine, store=store)


def test_a_restore_refuses_a_portal_in_use(engine: Engine, store: ArtifactStore, backup: Path) -> None:
    with pytest.raises(BackupError, match="not empty"):
        restore_backup(backup, engine=engine, store=store)


@pytest.mark.parametrize("damage", ["table", "artifact", "manifest", "revision", "head"])
def test_a_damaged_backup_is_refused_and_nothing_is_restored(damage: str, backup: Path, target: Target) -> None:
    _damage(backup, damage)
    with pytest.raises(BackupError):
        restore_backup(backup, engine=target[0], store=target[1])
    with Session(target[0]) as session:
        has_tables = session.connection().dialect.has_table(session.connection(), "user_account")
        assert not has_tables or session.exec(select(User)).all() == []


def _damage(folder: Path, what: str) -> None:
    manifest = folder / "manifest.json"
    document = json.loads(manifest.read_text())
    if what == "table":
        (folder / "tables" / "project.jsonl").write_text("{}\n")
    elif what == "artifact":
        next(path for path in (folder / "artifacts").rglob("*") if path.is_file()).write_bytes(b"other")
    elif what == "manifest":
        manifest.unlink()
    elif what == "revision":
        manifest.write_text(json.dumps(document | {"revision": "9999"}))
    else:
        document["audit"]["head_hash"] = "0" * 64  # a truncated chain is intact, but does not end where it should
        manifest.write_text(json.dumps(document))
