"""A child says how far it is through a file."""

from pathlib import Path

from services.analyses.progress_file import listening, say_to
from services.jobs.handler import SilentReport


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
