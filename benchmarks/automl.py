"""AutoML beside its peers: the same files, the same seconds, the same machine, one after the other.

The data are not part of the project: a folder of `NAME_train.csv` and `NAME_test.csv`. Peers are optional: a script
that is called like `peer.py SYSTEM TRAIN TEST TARGET TASK SECONDS OUT.json` and, for each system, a Python that has it.

    python -m benchmarks.automl --data FOLDER
    python -m benchmarks.automl --data FOLDER --budget 15 --seeds 1 --only telco,ames
    python -m benchmarks.automl --data FOLDER --peer-script peer.py --peers flaml=PYTHON,hgb=PYTHON
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import psutil

from benchmarks.automl_tables import TABLES, Table, normalised_scores, ranks, written

OURS = "portal"
_LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Outcome:
    """One system on one table. Times are seconds on the clock, memory MB; None is what was not measured."""

    system: str
    table: str
    seed: int
    budget: float
    score: float | None
    fit_seconds: float
    wall_seconds: float
    peak_mb: float
    first_model_seconds: float | None = None
    row_ms: float | None = None
    artefact_mb: float | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    failure: str | None = None


class Watch:
    """Peak memory of a process and all its children, in MB: each page once where the system says so, as Linux does."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.peak_mb = 0.0
        self._process = psutil.Process(process.pid)
        self._thread = threading.Thread(target=self._look, args=(process,), daemon=True)
        self._thread.start()

    def _look(self, process: "subprocess.Popen[bytes]") -> None:
        while process.poll() is None:
            self.peak_mb = max(self.peak_mb, self._now())
            time.sleep(_LOOK_SECONDS)

    def _now(self) -> float:
        total = 0.0
        try:
            for part in (self._process, *self._process.children(recursive=True)):
                found = part.memory_full_info()
                total += getattr(found, "pss", found.rss) / 2**20  # a page of two processes is half of each
        except psutil.Error:
            pass
        return total


def run_ours(table: Table, data: Path, budget: float, seed: int, folder: Path) -> Outcome:
    """The headless command, in a process of its own, with its model saved."""
    out, saved = folder / "ours.json", folder / "model"
    command = [
        *(sys.executable, "-m", "portal", "automl", "--target", table.target, "--budget", str(budget)),
        *("--train", str(data / f"{table.name}_train.csv"), "--test", str(data / f"{table.name}_test.csv")),
        *("--out", str(out), "--save", str(saved), "--seed", str(seed)),
    ]
    wall, peak, said = _timed(command)
    if not out.exists():
        return Outcome(OURS, table.name, seed, budget, None, wall, wall, peak, failure=said[-300:])
    report = json.loads(out.read_text())
    estimate = report["expected_on_test"]
    return Outcome(
        system=OURS,
        table=table.name,
        seed=seed,
        budget=budget,
        score=report["score"],
        fit_seconds=report["train_seconds"],
        wall_seconds=wall,
        peak_mb=peak,
        first_model_seconds=report["first_model_seconds"],
        row_ms=report.get("row_ms"),
        artefact_mb=sum(path.stat().st_size for path in saved.iterdir()) / 2**20,
        estimate=estimate["value"],
        low=estimate["low"],
        high=estimate["high"],
    )


def run_peer(system: str, python: str, script: Path, table: Table, data: Path, budget: float, folder: Path) -> Outcome:
    """Another system, by the script that knows how to call it."""
    out = folder / "peer.json"
    command = [
        *(python, str(script), system.split("-")[0]),
        *(str(data / f"{table.name}_train.csv"), str(data / f"{table.name}_test.csv")),
        *(table.target, table.task, str(budget), str(out)),
    ]
    settings = {"POS": table.positive} if table.positive else {}
    if system == "autogluon-best":
        settings["AG_PRESET"] = "best_quality"
    wall, peak, said = _timed(command, settings)
    if not out.exists():
        return Outcome(system, table.name, 0, budget, None, wall, wall, peak, failure=said[-300:])
    report = json.loads(out.read_text())
    return Outcome(
        system=system,
        table=table.name,
        seed=0,
        budget=budget,
        score=report.get("metric"),
        fit_seconds=report.get("train_wall", wall),
        wall_seconds=wall,
        peak_mb=report.get("peak_rss_mb", peak),
        row_ms=None if report.get("predict1_wall") is None else 1_000 * report["predict1_wall"],
        artefact_mb=report.get("artifact_mb"),
        failure=report.get("error"),
    )


def _timed(command: list[str], settings: Mapping[str, str] | None = None) -> tuple[float, float, str]:
    began = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdout=said, stderr=subprocess.STDOUT, env={**os.environ, **(settings or {})}
        )
        watch = Watch(process)
        process.wait()
        said.seek(0)
        words = said.read().decode(errors="replace")
    return time.monotonic() - began, watch.peak_mb, words


def summarise(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Mean rank and mean normalised score of each system, ours as the mean of its seeds, and what ours cost at most."""
    outcomes = list(outcomes)
    scores: dict[str, dict[str, float]] = {}
    for outcome in outcomes:
        if outcome.score is not None:
            scores.setdefault(outcome.table, {}).setdefault(outcome.system, 0.0)
    for table, systems in scores.items():
        for system in systems:
            systems[system] = mean(
                found.score
                for found in outcomes
                if found.table == table and found.system == system and found.score is not None
            )
    ours = [outcome for outcome in outcomes if outcome.system == OURS and outcome.failure is None]
    inside = [
        found
        for found in ours
        if found.low is not None
        and found.high is not None
        and found.score is not None
        and found.low <= found.score <= found.high
    ]
    return {
        "scores": scores,
        "mean_rank": ranks(scores),
        "normalised": normalised_scores(scores, OURS),
        "fit_seconds_max": max((found.fit_seconds for found in ours), default=None),
        "wall_seconds_max": max((found.wall_seconds for found in ours), default=None),
        "first_model_seconds_max": max((found.first_model_seconds or 0 for found in ours), default=None),
        "peak_mb_max": max((found.peak_mb for found in ours), default=None),
        "artefact_mb_max": max((found.artefact_mb or 0 for found in ours), default=None),
        "row_ms_max": max((found.row_ms or 0 for found in ours), default=None),
        "test_inside_interval": f"{len(inside)} of {len(ours)}",
    }


def main() -> None:
    """Measure, print, and write `benchmarks/results/automl-BUDGET.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--budget", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", help="names of tables, with commas")
    parser.add_argument("--peer-script", type=Path)
    parser.add_argument("--peers", default="", help="system=python, with commas")
    arguments = parser.parse_args()
    wanted = arguments.only.split(",") if arguments.only else [table.name for table in TABLES]
    peers = dict(pair.split("=", 1) for pair in arguments.peers.split(",") if pair)
    outcomes: list[Outcome] = []
    for table in (table for table in TABLES if table.name in wanted):
        for seed in range(arguments.seeds):
            with tempfile.TemporaryDirectory() as folder:
                outcomes.append(run_ours(table, arguments.data, arguments.budget, seed, Path(folder)))
                print(outcomes[-1], flush=True)
        for system, python in peers.items():
            with tempfile.TemporaryDirectory() as folder:
                found = run_peer(
                    system, python, arguments.peer_script, table, arguments.data, arguments.budget, Path(folder)
                )
                outcomes.append(found)
                print(found, flush=True)
    summary = summarise(outcomes)
    print(written(summary))
    target = Path(__file__).parent / "results" / f"automl-{arguments.budget:g}.json"
    target.parent.mkdir(exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
    document = {"machine": machine, "summary": summary, "outcomes": [asdict(found) for found in outcomes]}
    target.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
