"""AutoML without a portal: a table in, a model and its report out, within the seconds that were asked for."""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import psutil

from services.automl.columns import as_words, model_frame
from services.automl.errors import UnusableDataError
from services.automl.processes import limit_threads, start_fork_server

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from services.automl.candidates import Candidate
    from services.automl.preparation import Preparation
    from services.automl.searching import Entry, SearchResult

MAX_LANES = 4
_SAFETY = 0.97  # of the budget: writing the report takes its time as well


def run_headless(
    *,
    train: Path | str,
    target: str,
    budget: float,
    out: Path | str,
    test: Path | str | None = None,
    task: str = "auto",
    metric: str | None = None,
    seed: int = 0,
    save: Path | str | None = None,
) -> dict[str, Any]:
    """Search for a model, test it, and write a report.

    Parameters
    ----------
    train, test
        CSV files with a header. Without a test file the score is that of the hold-out.
    budget
        Seconds from the start of the process to the report, everything included.
    out
        Where the report is written, as JSON.
    save
        A folder for the fitted pipeline (skops) and the columns it takes.

    Returns
    -------
    dict
        The report: task, metric, score, train_seconds, predict_seconds, holdout, leaderboard and more.

    Raises
    ------
    UnusableDataError
        The files or the options cannot be used; the sentence says why.
    """
    if not budget > 0:
        raise UnusableDataError("A search needs time. Give it a budget of at least one second.")
    limit_threads()
    start_fork_server()
    clock = _Clock(time.monotonic() - (time.time() - psutil.Process().create_time()), budget)
    preparation = _prepare(_read(train), target=target, task=task, metric=metric, seed=seed)
    test_frame = None if test is None else _read(test)
    _check_test(preparation, test_frame)
    result = _search(preparation, clock)
    winner = _fit_winner(preparation, result.entries[0], clock)
    report = _report(preparation, result, winner, clock) | _test_scores(preparation, winner.pipeline, test_frame)
    _write_json(Path(out), report)
    if save is not None:
        _save(preparation, winner.pipeline, Path(save), report)
    return report


@dataclass(frozen=True)
class _Clock:
    """The budget, counted from the start of the process."""

    started: float
    budget: float

    @property
    def seconds_used(self) -> float:
        return time.monotonic() - self.started

    @property
    def seconds_left(self) -> float:
        return _SAFETY * self.budget - self.seconds_used


@dataclass(frozen=True)
class _Winner:
    """The best candidate, fitted, with its hold-out score from before it saw the hold-out."""

    entry: "Entry"
    pipeline: "Pipeline"
    holdout: dict[str, Any]
    is_fitted_on_everything: bool


def _read(path: Path | str) -> pd.DataFrame:
    try:
        return pd.read_csv(path, low_memory=False)
    except FileNotFoundError:
        raise UnusableDataError(f"There is no file {path}.") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError):
        raise UnusableDataError(f"{path} cannot be read as a CSV file with a header in UTF-8.") from None


def _prepare(frame: pd.DataFrame, **options: Any) -> "Preparation":
    from services.automl.preparation import prepare

    return prepare(frame, **options)


def _search(preparation: "Preparation", clock: _Clock) -> "SearchResult":
    from services.automl.searching import search

    n_lanes = max(1, min(MAX_LANES, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2))
    return search(preparation, seconds_left=lambda: clock.seconds_left, n_lanes=n_lanes)


def _fit_winner(preparation: "Preparation", entry: "Entry", clock: _Clock) -> _Winner:
    from services.automl.searching import finishing_seconds
    from services.automl.training import fit_pipeline, new_pipeline

    train, candidate = preparation.train, entry.candidate
    pipeline = fit_pipeline(new_pipeline(preparation, candidate), candidate, train.x, train.y)
    holdout = _holdout_estimate(preparation, pipeline)
    is_time_left = clock.budget - clock.seconds_used > finishing_seconds(preparation, entry, n_fits=1)
    if is_time_left:
        pipeline = _fit_to_everything(preparation, candidate)
    return _Winner(entry, pipeline, holdout, is_time_left)


def _holdout_estimate(preparation: "Preparation", pipeline: "Pipeline") -> dict[str, Any]:
    from services.automl.intervals import LEVEL, score_interval
    from services.automl.scoring import score
    from services.automl.training import predict

    metric, holdout = preparation.metric.name, preparation.holdout
    answers = predict(pipeline, holdout.x, len(preparation.classes))
    interval = score_interval(metric, holdout.y, answers, seed=preparation.seed)
    value = score(metric, holdout.y, answers)
    return {"value": value, **asdict(interval), "level": LEVEL, "n": len(holdout)}


def _report(preparation: "Preparation", result: "SearchResult", winner: _Winner, clock: _Clock) -> dict[str, Any]:
    return {
        "task": preparation.task.value,
        "metric": preparation.metric.name,
        "score": winner.holdout["value"],
        "scored_on": "hold-out",
        "train_seconds": round(clock.seconds_used, 3),
        "predict_seconds": None,
        "holdout": winner.holdout,
        "winner": winner.entry.candidate.label,
        "fitted_on": "all rows" if winner.is_fitted_on_everything else "all rows but the hold-out",
        "leaderboard": _leaderboard(result),
        "n_trials": len(result.entries),
        "n_failed": len(result.failures),
        "failures": sorted(set(result.failures)),
        "classes": list(preparation.classes),
        "columns_left_out": {column.name: column.note for column in preparation.left_out},
        "budget_seconds": clock.budget,
        "seed": preparation.seed,
    }


def _fit_to_everything(preparation: "Preparation", candidate: "Candidate") -> "Pipeline":
    """The winner on all rows: the hold-out has told how good it is and can now be learned from."""
    from services.automl.training import fit_pipeline, new_pipeline

    x = pd.concat([preparation.train.x, preparation.holdout.x], ignore_index=True)
    y = np.concatenate([preparation.train.y, preparation.holdout.y])
    return fit_pipeline(new_pipeline(preparation, candidate), candidate, x, y)


def _check_test(preparation: "Preparation", frame: pd.DataFrame | None) -> None:
    """Before the search: nobody waits for a minute to hear that a column is missing."""
    if frame is None:
        return
    needed = [*(column.name for column in preparation.columns), preparation.target]
    absent = [f"“{name}”" for name in needed if name not in frame.columns]
    if absent:
        raise UnusableDataError(f"The test file lacks {', '.join(absent)}. Add what the training file has.")


def _test_scores(preparation: "Preparation", pipeline: "Pipeline", frame: pd.DataFrame | None) -> dict[str, Any]:
    from services.automl.scoring import score
    from services.automl.training import predict

    if frame is None:
        return {}
    began = time.monotonic()
    answers = predict(pipeline, model_frame(frame, preparation.columns), len(preparation.classes))
    seconds = time.monotonic() - began
    truth, known = _truth(preparation, frame)
    value = score(preparation.metric.name, truth, answers[known])
    return {"score": value, "scored_on": "test", "predict_seconds": round(seconds, 4), "n_test": int(known.sum())}


def _truth(preparation: "Preparation", frame: pd.DataFrame) -> tuple[Any, Any]:
    """The targets of the test rows that have one the model knows, and which rows those are."""
    words = as_words(frame[preparation.target]).reset_index(drop=True)
    if preparation.classes:
        values = words.map({label: code for code, label in enumerate(preparation.classes)})
    else:
        values = pd.to_numeric(words, errors="coerce")
    known = values.notna().to_numpy()
    return values[known].to_numpy(dtype=np.int64 if preparation.classes else np.float64), known


def _leaderboard(result: "SearchResult") -> list[dict[str, Any]]:
    return [
        {
            "rank": rank,
            "family": entry.candidate.family,
            "label": entry.candidate.label,
            "parameters": entry.candidate.parameters,
            "score": entry.outcome.score,
            "fold_scores": list(entry.outcome.fold_scores),
            "seconds": round(entry.outcome.seconds, 3),
        }
        for rank, entry in enumerate(result.entries, start=1)
    ]


def _save(preparation: "Preparation", pipeline: "Pipeline", folder: Path, report: dict[str, Any]) -> None:
    import skops.io

    folder.mkdir(parents=True, exist_ok=True)
    skops.io.dump(pipeline, folder / "pipeline.skops")
    columns = [{"name": column.name, "kind": column.kind} for column in preparation.columns]
    inputs = {"target": preparation.target, "classes": list(preparation.classes), "columns": columns}
    _write_json(folder / "columns.json", inputs)
    _write_json(folder / "report.json", report)


def _write_json(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n")
