"""Real workers in real processes, and a job for them that leaves a trace of each attempt and of its one effect."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from db.session import transaction
from services.audit.actor import SYSTEM
from services.audit.commands import record_event
from services.jobs.child_process import Limits, run_in_child
from services.jobs.handler import JobRequest, Report

ROOT = Path(__file__).resolve().parents[2]
TRACED, EFFECT = "test.traced", "test.effect"
_START = """
from portal.jobs.handlers import HANDLERS
from tests.portal.workers import TRACED, traced
HANDLERS[TRACED] = traced
from portal.worker import run_worker
run_worker()
"""


class Workers:
    """Starts workers of the test's portal and ends them with the test."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(
        self,
        name: str = "var",
        concurrency: int = 2,
        *,
        code: str = _START,
        environment: Mapping[str, str] | None = None,
    ) -> "subprocess.Popen[bytes]":
        """A worker; another `name` is another machine, which shares the database and the artefacts only."""
        known = {
            **os.environ,
            "PORTAL_DATA_DIR": str(self._data_dir / name),
            "PORTAL_STORAGE_URL": str(self._data_dir / "artifacts"),
            "PORTAL_WORKER_CONCURRENCY": str(concurrency),
            "PORTAL_WORKER_HEARTBEAT_SECONDS": "0.5",
            "PORTAL_WORKER_LEASE_SECONDS": "3",
            **(environment or {}),
        }
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=known)
        self._processes.append(process)
        return process

    def end_all(self) -> None:
        """Kill what still runs."""
        for process in self._processes:
            process.kill()
            process.wait()


def traced(request: JobRequest, report: Report) -> dict[str, Any]:
    """Sleep in a child as long as is asked, then have one effect, in the transaction that ends the job."""
    with Path(request.request["trace"]).open("a") as trace:
        trace.write(f"{os.getpid()}\n")
    report(0.5, "Sleeping")
    limits = Limits(seconds=120, memory_mb=2_000)
    run_in_child(time.sleep, request.request["seconds"], limits=limits, find_interruption=report.find_interruption)
    with transaction() as session:
        record_event(session, actor=SYSTEM, action=EFFECT, object_type="job", object_id=request.id)
        report.settle(session, {"slept": request.request["seconds"]})
    return {"slept": request.request["seconds"]}
