"""Room for files on their way is private, empty afterwards, and swept when its owner died."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.scratch import scratch_folder, sweep_scratch, unfinished_folder
from db.settings import get_database_settings

ROOT = Path(__file__).resolve().parents[2]
_HOLD = """
import time
from db.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "half").write_bytes(b"x" * 1000)
    print(folder, flush=True)
    time.sleep(60)
"""
_GO_ON = _HOLD.replace("scratch_folder()", "unfinished_folder('work')").replace(
    "import scratch_folder", "import unfinished_folder"
)


@pytest.fixture(autouse=True)
def _data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "var"))
    get_database_settings.cache_clear()
    yield
    get_database_settings.cache_clear()


def test_a_folder_is_private_and_gone_afterwards() -> None:
    with pytest.raises(ValueError, match="on the way"), scratch_folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "half").write_bytes(b"half")
        raise ValueError("on the way")
    assert not folder.exists()
    assert list(folder.parent.iterdir()) == []


def test_only_what_a_dead_process_left_is_swept() -> None:
    other = subprocess.Popen([sys.executable, "-c", _HOLD], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    left = Path(other.stdout.readline().strip())
    with scratch_folder() as mine:
        assert sweep_scratch() == 0
        other.send_signal(signal.SIGKILL)
        other.communicate()
        assert (left / "half").exists()
        assert sweep_scratch() == 1
        assert mine.exists()
        assert not left.exists()


def test_what_a_killed_process_had_done_is_found_again_and_gone_at_the_end() -> None:
    other = subprocess.Popen([sys.executable, "-c", _GO_ON], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    left = Path(other.stdout.readline().strip())
    other.send_signal(signal.SIGKILL)
    other.communicate()
    assert sweep_scratch() == 0
    with unfinished_folder("work") as folder:
        assert folder == left
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert (folder / "half").read_bytes() == b"x" * 1000
    assert not left.exists()


def test_while_one_is_at_work_another_has_a_folder_of_its_own() -> None:
    with unfinished_folder("work") as mine:
        with unfinished_folder("work") as other:
            assert other != mine
            (mine / "half").write_bytes(b"x")
        assert not other.exists()
        assert (mine / "half").exists()


def test_what_nobody_went_on_with_for_a_week_is_swept() -> None:
    parent = get_database_settings().data_dir / "unfinished"
    for name, days in (("young", 1), ("old", 8)):
        (parent / name).mkdir(parents=True)
        (parent / name / ".lock").touch()
        os.utime(parent / name, (time.time() - days * 86_400,) * 2)
    with unfinished_folder("slow") as slow:
        os.utime(slow, (0, 0))
        assert sweep_scratch() == 1
        assert {path.name for path in parent.iterdir()} == {"young", "slow"}


def test_a_folder_that_ends_while_it_is_looked_at_stops_no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    parent = get_database_settings().data_dir / "unfinished"
    parent.mkdir(parents=True)
    iterdir = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: iter([path / "gone"]) if path == parent else iterdir(path))
    assert sweep_scratch() == 0
