"""The web process and its worker, started and stopped together."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from portal.supervisor import Child, supervise

_LIVES = "import time; time.sleep(60)"


def _child(name: str, code: str) -> Child:
    return Child(name, [sys.executable, "-c", code], os.environ)


def _after(seconds: float, *, signal_number: int) -> None:
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal_number))
    timer.daemon = True
    timer.start()


def test_ctrl_c_stops_both() -> None:
    children = [_child("web", _LIVES), _child("worker", _LIVES)]
    _after(0.5, signal_number=signal.SIGINT)
    assert supervise(children, say=lambda _: None) == 0
    assert all(child.has_exited for child in children)


def test_a_killed_worker_is_started_again(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    worker = _child("worker", f"open({str(starts)!r}, 'a').write('x'); {_LIVES}")
    said: list[str] = []

    def kill_once() -> None:
        while not starts.exists() or starts.read_text() != "x":
            time.sleep(0.05)
        worker.send(signal.SIGKILL)
        while starts.read_text() != "xx":
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=kill_once, daemon=True).start()
    assert supervise([worker], say=said.append) == 0
    assert said[0] == "The worker process ended. Starting it again."


def test_a_process_that_never_stays_up_ends_everything() -> None:
    web = _child("web", _LIVES)
    said: list[str] = []
    assert supervise([web, _child("worker", "raise SystemExit(2)")], say=said.append) == 1
    assert "does not stay up" in said[-1]
    assert web.has_exited


def test_a_process_that_ignores_the_request_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.supervisor.STOP_SECONDS", 0.5)
    deaf = _child("web", f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_LIVES}")
    _after(1.0, signal_number=signal.SIGTERM)
    supervise([deaf], say=lambda _: None)
    assert isinstance(deaf.process, subprocess.Popen)
    assert deaf.process.returncode in (-signal.SIGKILL, -signal.SIGTERM)
