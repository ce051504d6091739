"""A child says how far it is through a file, and whoever reports hears it."""

import time
from pathlib import Path

import pytest

from services.jobs.child_process import ChildFailedError, ChildInterruptedError, Limits
from services.jobs.handler import SilentReport
from services.jobs.watched_child import Say, compute_watched, listening, say_to


class Listener(SilentReport):
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.heard: list[tuple[float | None, str]] = []

    def __call__(self, progress: float | None, phase: str) -> None:
        self.heard.append((progress, phase))


def test_what_the_child_said_last_is_passed_on(tmp_path: Path) -> None:
    listener, path = Listener(), tmp_path / "progress.json"
    ask, say = listening(listener, path), say_to(path)
    assert ask() is None
    assert listener.heard == []
    say(0.25, "Dividing")
    say(0.5, "Finishing “it”")
    assert ask() is None
    assert listener.heard == [(0.5, "Finishing “it”")]


def _count(number: int, say: Say) -> int:
    say(0.5, "Counting")
    time.sleep(1.0)  # long enough to be heard
    return number + 1


def _linger(say: Say) -> None:
    say(0.1, "Waiting")
    time.sleep(60)


def test_the_answer_comes_back_and_what_is_said_on_the_way_is_heard() -> None:
    listener = Listener()
    assert compute_watched(_count, 41, report=listener) == 42
    assert set(listener.heard) == {(0.5, "Counting")}


def test_it_ends_where_somebody_asks_or_where_its_time_is_over() -> None:
    class Impatient(Listener):
        def find_interruption(self) -> str | None:
            return "cancel" if self.heard else None

    with pytest.raises(ChildInterruptedError):
        compute_watched(_linger, report=Impatient())
    with pytest.raises(ChildFailedError):
        compute_watched(_linger, report=Listener(), limits=Limits(seconds=1, memory_mb=4_096))
