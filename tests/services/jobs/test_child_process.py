"""Work in a child that can be killed."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from services.errors import InvalidInputError
from services.jobs.child_process import ChildFailedError, ChildInterruptedError, Limits, run_in_child
from services.jobs.isolation import is_available

ROOT = Path(__file__).resolve().parents[3]
ROOMY = Limits(seconds=30, memory_mb=4_096)


def double(number: int) -> tuple[int, int]:
    return 2 * number, os.nice(0)


def sleep_long() -> None:
    time.sleep(60)


def hoard() -> int:
    kept = []
    for _ in range(60):
        kept.append(bytearray(8 * 1024 * 1024))  # slowly, so that it is seen on its way
        time.sleep(0.02)
    time.sleep(30)
    return len(kept)


def refuse() -> None:
    raise InvalidInputError("The rarer class has too few rows.")


def fall() -> None:
    raise ZeroDivisionError("secret value 42")


def reach_out() -> str:
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    except PermissionError:
        return "not permitted"
    except OSError:
        return "nobody answered"
    return "reached"


def litter() -> None:
    tempfile.mkdtemp(prefix="left-")
    time.sleep(60)


def vanish() -> None:
    os._exit(9)


def test_the_answer_comes_back_from_a_process_of_the_lowest_priority() -> None:
    assert run_in_child(double, 21, limits=ROOMY) == (42, 19)


@pytest.mark.skipif(not is_available(), reason="this platform has no seccomp filter for processes")
def test_isolated_work_reaches_no_network_and_answers_all_the_same() -> None:
    assert run_in_child(reach_out, limits=replace(ROOMY, is_isolated=True)) == "not permitted"
    assert run_in_child(reach_out, limits=ROOMY) == "nobody answered"


def test_a_child_over_its_time_is_killed_and_says_so() -> None:
    with pytest.raises(ChildFailedError, match=r"It took longer than 1 s\."):
        run_in_child(sleep_long, limits=Limits(seconds=1, memory_mb=4_096))


def test_a_child_over_its_memory_is_killed_and_says_so() -> None:
    with pytest.raises(ChildFailedError, match=r"It needed more than 256 MB of memory\."):
        run_in_child(hoard, limits=Limits(seconds=30, memory_mb=256))


def test_a_wish_kills_the_child_within_a_second() -> None:
    started = time.monotonic()
    with pytest.raises(ChildInterruptedError) as caught:
        run_in_child(sleep_long, limits=ROOMY, find_interruption=lambda: "stop")
    assert caught.value.wish == "stop"
    assert time.monotonic() - started < 5


def test_a_refusal_keeps_its_sentence() -> None:
    with pytest.raises(ChildFailedError, match=r"The rarer class has too few rows\."):
        run_in_child(refuse, limits=ROOMY)


def test_a_fault_is_named_without_its_content() -> None:
    with pytest.raises(ChildFailedError) as caught:
        run_in_child(fall, limits=ROOMY)
    assert caught.value.sentence == "It stopped at a fault in the calculation (ZeroDivisionError)."


def test_a_child_that_vanishes_is_a_failure_with_a_sentence() -> None:
    with pytest.raises(ChildFailedError, match="ended without an answer"):
        run_in_child(vanish, limits=ROOMY)


def test_what_a_killed_child_has_put_aside_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_in_child(double, 1, limits=ROOMY)[0] == 2  # the server that children come from keeps its own files
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = Path(run_in_child(tempfile.mkdtemp, limits=ROOMY))
    assert made.parent.parent == tmp_path
    seen: list[Path] = []

    def kill_when_it_is_there() -> str | None:
        seen[:] = tmp_path.glob("*/left-*")
        return "stop" if seen else None

    with pytest.raises(ChildInterruptedError):
        run_in_child(litter, limits=ROOMY, find_interruption=kill_when_it_is_there)
    assert len(seen) == 1
    assert list(tmp_path.iterdir()) == []


_PARENT = """
import sys, tempfile, threading
from multiprocessing import util
from services.jobs.child_process import Limits, run_in_child
from tests.services.jobs.test_child_process import litter
util.get_temp_dir()
tempfile.tempdir = sys.argv[1]
threading.Thread(target=lambda: run_in_child(litter, limits=Limits(50, 4096)), daemon=True).start()
sys.stdin.read()
"""


def test_a_child_ends_when_its_parent_is_killed_and_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _PARENT, str(tmp_path)]
    parent = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    try:
        family = _await_descendants(parent.pid)
        _await_file(tmp_path, "*/left-*")
    finally:
        parent.kill()
        parent.communicate()
    _gone, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    assert list(tmp_path.iterdir()) == []


def _await_file(folder: Path, pattern: str) -> None:
    deadline = time.monotonic() + 30
    while not list(folder.glob(pattern)):
        assert time.monotonic() < deadline, "It was not made."
        time.sleep(0.1)


def _await_descendants(pid: int) -> list[psutil.Process]:
    """The child that sleeps at the lowest priority, and the server it came from."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        family: list[psutil.Process] = psutil.Process(pid).children(recursive=True)
        if any(process.nice() == 19 for process in family if process.is_running()):
            return family
        time.sleep(0.1)
    raise AssertionError("No child was started.")
