"""Groups, unusual rows and forecasts without a portal: a table in, a report and a pipeline out, within the seconds."""

import json
import time as clock
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from services.automl.analyses import Analysis, analyse
from services.automl.analysis_request import AnalysisRequest
from services.automl.analysis_task import AnalysisTask
from services.automl.errors import UnusableDataError
from services.automl.forecasting.panel import Question
from services.automl.headless import read_csv_file
from services.automl.processes import limit_threads

_SAFETY, _WRITING_SECONDS = 0.95, 0.5


def request_of(
    task: str,
    *,
    seed: int = 0,
    label_column: str | None = None,
    target: str | None = None,
    time: str | None = None,
    horizon: int | None = None,
    series: str | None = None,
    known: Sequence[str] = (),
    gap: int = 0,
    season: int | None = None,
) -> AnalysisRequest:
    """The request that options of a command line make.

    Raises
    ------
    UnusableDataError
        An option that the task needs is missing, or one makes no sense for it.
    """
    chosen = AnalysisTask(task)
    if chosen is not AnalysisTask.FORECASTING:
        if target is not None:
            raise UnusableDataError(
                f"{chosen.label} are looked for without a target, so leave --target out. Where rows say what they are, "
                "predict it instead: --task auto."
            )
        return AnalysisRequest(chosen, seed, label_column=label_column)
    if target is None or time is None or horizon is None:
        raise UnusableDataError(
            "A forecast needs --target, the column to forecast, --time, the column with the time, and --horizon, how "
            "many steps."
        )
    question = Question(target, time, horizon, series, tuple(known), gap, season)
    return AnalysisRequest(chosen, seed, question=question)


def run_headless_analysis(
    request: AnalysisRequest, *, train: Path | str, budget: float, out: Path | str, save: Path | str | None = None
) -> dict[str, Any]:
    """Answer a request about a CSV file and write a report.

    Parameters
    ----------
    budget
        Seconds from the start of the process to the report, everything included.
    save
        A folder for the pipeline (skops), what it takes, and a row of result per row as CSV.

    Raises
    ------
    UnusableDataError
        The file or the request cannot be used; the sentence says why.
    """
    if not budget > 0:
        raise UnusableDataError("A search needs time. Give it a budget of at least one second.")
    limit_threads()
    started = clock.monotonic() - (clock.time() - psutil.Process().create_time())
    limit = min(_SAFETY * budget, budget - _WRITING_SECONDS)
    frame = read_csv_file(train)
    found = analyse(frame, request, seconds_left=lambda: limit - (clock.monotonic() - started))
    report = {
        "task": request.task.value,
        "sentence": found.report["sentence"],
        "train_seconds": round(clock.monotonic() - started, 3),
        "budget_seconds": budget,
        "seed": request.seed,
        "report": found.report,
    }
    _write_json(Path(out), report)
    if save is not None:
        _save(found, Path(save), report)
    return report


def _save(found: Analysis, folder: Path, report: dict[str, Any]) -> None:
    import skops.io

    folder.mkdir(parents=True, exist_ok=True)
    skops.io.dump(found.pipeline, folder / "pipeline.skops")
    _write_json(folder / "schema.json", found.schema)
    _write_json(folder / "report.json", report)
    found.table.to_csv(folder / "result.csv", index=False)
    for name, content in found.files.items():
        (folder / name).write_text(content, encoding="utf-8")


def _write_json(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, allow_nan=False) + "\n", encoding="utf-8")
