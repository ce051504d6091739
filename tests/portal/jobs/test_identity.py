"""Who a worker is."""

import subprocess
import sys
from pathlib import Path

from portal.jobs.identity import hold_executor_id


def test_a_restarted_worker_is_the_same(tmp_path: Path) -> None:
    with hold_executor_id(tmp_path) as before:
        pass
    with hold_executor_id(tmp_path) as after:
        assert after == before


def test_two_workers_on_a_machine_are_never_the_same(tmp_path: Path) -> None:
    with hold_executor_id(tmp_path) as first, hold_executor_id(tmp_path) as second:
        assert first != second


def test_a_killed_worker_leaves_its_identity_free(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib\n"
        "from portal.jobs.identity import hold_executor_id\n"
        "with hold_executor_id(pathlib.Path(sys.argv[1])) as name:\n"
        "    print(name, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert killed.returncode == -9
    with hold_executor_id(tmp_path) as name:
        assert name == killed.stdout.strip()
