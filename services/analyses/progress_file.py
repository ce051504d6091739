"""How far a child process is, told through a file: its pipe carries the answer and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path

from services.jobs.handler import Report


def say_to(path: Path) -> Callable[[float, str], None]:
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
