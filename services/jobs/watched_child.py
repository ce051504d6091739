"""Work in a child process that says how far it is: through a file, as its pipe carries the answer and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from db.scratch import scratch_folder
from services.jobs.child_process import Limits, run_in_child
from services.jobs.handler import Report

T = TypeVar("T")
Say = Callable[[float, str], None]
LIMITS = Limits(seconds=1_800, memory_mb=6_144)
"""What looking at one model may use."""


def compute_watched(function: Callable[..., T], *arguments: Any, report: Report, limits: Limits = LIMITS) -> T:
    """`function(*arguments, say)` in a child: what it says is passed on, and it ends where somebody asks for that.

    Raises
    ------
    ChildInterruptedError, ChildFailedError
        See `run_in_child`.
    """
    with scratch_folder() as folder:
        path = folder / "progress.json"
        heard = listening(report, path)
        answer: T = run_in_child(_told, function, arguments, str(path), limits=limits, find_interruption=heard)
    return answer


def _told(function: Callable[..., T], arguments: tuple[Any, ...], path: str) -> T:
    """In the child."""
    return function(*arguments, say_to(Path(path)))


def say_to(path: Path) -> Say:
    """For the child: write down a share (0 to 1) and what happens now. Whoever reads sees one or the other whole."""

    def say(share: float, phase: str) -> None:
        unready = path.with_suffix(".new")
        unready.write_text(json.dumps({"share": share, "phase": phase}), encoding="utf-8")
        unready.replace(path)

    return say


def listening(report: Report, path: Path) -> Callable[[], str | None]:
    """For the parent: pass on what the child said, and ask whether it shall end."""

    def ask() -> str | None:
        if path.exists():
            said = json.loads(path.read_text(encoding="utf-8"))
            report(float(said["share"]), str(said["phase"]))
        return report.find_interruption()

    return ask
