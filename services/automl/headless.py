"""AutoML without a portal: a table in, a model and its report out, within the seconds that were asked for."""

import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pandas as pd
import psutil

from services.automl.errors import UnusableDataError
from services.automl.headless_test_file import (
    Tested,
    answer_holdout,
    answer_test_file,
    check_test_file,
    expected_on_test,
    expected_score,
    one_row_milliseconds,
)
from services.automl.large_tables import sample_rows
from services.automl.processes import limit_threads, start_fork_server

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from services.automl.entries import SearchResult
    from services.automl.estimates import Estimate
    from services.automl.more_rows import MoreRows
    from services.automl.preparation import Preparation
    from services.automl.searching import Search

MAX_LANES = 4
_LOG = logging.getLogger("portal.automl")
_NOT_LOOKED = "There was no time to look for columns that give the outcome away. Give the search more time."
_LARGE_BYTES = 100 * 1024**2  # from here on several threads read, although they guess types a little otherwise
_SAFETY, _WRITING_SECONDS = 0.97, 0.7  # writing the report takes its time as well


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
    max_trials: int | None = None,
    split: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Search for a model, test it, and write a report.

    Parameters
    ----------
    train, test
        CSV files with a header. Without a test file a part of the rows is kept aside, and the score is that of the
        models of the folds on it; with one, all rows of `train` are learned from and the score is that of the test.
    budget
        Seconds from the start of the process to the report, everything included.
    out
        Where the report is written, as JSON.
    save
        A folder for the fitted pipeline (skops), which takes the columns as the file has them, and its schema.
    max_trials
        How many models are tried at most. One after the other, and without regard to how fast each answers, which is
        never measured alike, so that the same seed gives the same result.
    split
        As `preparation.prepare` takes it.

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
    rows = sample_rows(read_csv_file(train), target, seed=seed)
    frame = rows.frame
    test_frame = None if test is None else read_csv_file(test)
    kept_aside = {} if test_frame is None else {"holdout_rate": 0.0}
    preparation = _prepare(frame, target=target, task=task, metric=metric, seed=seed, split=split, **kept_aside)
    check_test_file(preparation, test_frame)
    leaks = _Leaks(frame, preparation, test_frame)
    found = _search(preparation, clock, max_trials, leaks)
    if test_frame is None:
        tested = answer_holdout(preparation, found.search)
    else:
        tested = answer_test_file(preparation, found.pipeline, test_frame)
    report = _report(preparation, found, clock) | rows.document() | tested.document(preparation)
    report |= {"warnings": _warnings(preparation, tested, leaks, clock)}
    report |= expected_on_test(preparation, found.estimate, found.more_rows, report)
    report |= {"row_ms": one_row_milliseconds(preparation, found.pipeline, frame)}
    _write_json(Path(out), report)
    if save is not None:
        _save(preparation, found.pipeline, Path(save), report, frame)
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
        return min(_SAFETY * self.budget, self.budget - _WRITING_SECONDS) - self.seconds_used


@dataclass(frozen=True)
class _Found:
    """What a search gave: the fitted team, and what is known of it without the test."""

    search: "Search"
    pipeline: "Pipeline"
    estimate: "Estimate"
    more_rows: "MoreRows | None"
    seconds: float
    first_model_seconds: float
    is_complete: bool


def read_csv_file(path: Path | str) -> pd.DataFrame:
    """A table as it is in the file.

    Raises
    ------
    UnusableDataError
        There is no such file, or it is no CSV.
    """
    is_large = Path(path).is_file() and Path(path).stat().st_size > _LARGE_BYTES
    try:
        return pd.read_csv(path, engine="pyarrow") if is_large else pd.read_csv(path, low_memory=False)
    except FileNotFoundError:
        raise UnusableDataError(f"There is no file {path}.") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError):
        raise UnusableDataError(f"{path} cannot be read as a CSV file with a header in UTF-8.") from None


def _prepare(frame: pd.DataFrame, **options: Any) -> "Preparation":
    from services.automl.preparation import prepare

    return prepare(frame, **options)


class _Leaks:
    """A look for leaks beside the search, which waits for its lanes most of the time."""

    def __init__(self, frame: pd.DataFrame, preparation: "Preparation", test_frame: pd.DataFrame | None) -> None:
        self._sentences: tuple[str, ...] | None = None
        self._thread = Thread(target=self._look, args=(frame, preparation, test_frame), daemon=True)

    def begin(self) -> None:
        """Look from now on, unless that has begun."""
        if self._thread.ident is None:
            self._thread.start()

    def found(self, seconds: float) -> tuple[str, ...]:
        """What was found; no answer is not a pass."""
        self._thread.join(max(0.1, seconds))
        return self._sentences or () if self._sentences is not None else (_NOT_LOOKED,)

    def _look(self, frame: pd.DataFrame, preparation: "Preparation", test_frame: pd.DataFrame | None) -> None:
        from services.automl.columns import model_frame
        from services.automl.leaks import find_leaks

        try:
            tested = None if test_frame is None else model_frame(test_frame, preparation.columns)
            self._sentences = find_leaks(frame, preparation, tested=tested)
        except Exception as error:  # no text of the error: it may quote a cell
            _LOG.error("looking for leaks failed with %s", type(error).__name__)
            self._sentences = ("The look for columns that give the outcome away could not be completed.",)


def _warnings(preparation: "Preparation", tested: Tested, leaks: _Leaks, clock: _Clock) -> list[str]:
    from services.automl.leaks import doubt

    doubts = doubt(preparation.task, tested.y, tested.answers)
    return [*preparation.split.warnings, *leaks.found(clock.seconds_left), *doubts]


def _search(preparation: "Preparation", clock: _Clock, max_trials: int | None, leaks: _Leaks) -> _Found:
    from services.automl.ensemble import Limits
    from services.automl.lanes import open_lanes
    from services.automl.searching import TEAM_LIMITS, Search

    n_lanes = (
        1
        if max_trials is not None
        else max(1, min(MAX_LANES, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2))
    )
    began = clock.seconds_used
    with open_lanes(preparation, n_lanes) as lanes:
        options: dict[str, Any] = {"on_models": leaks.begin}  # the first model comes first
        if max_trials is not None:
            options |= {"max_trials": max_trials, "limits": Limits(size_bytes=TEAM_LIMITS.size_bytes)}
        search = Search(preparation, lanes, seconds_left=lambda: clock.seconds_left, **options)
        result = search.run()
        pipeline, is_complete = search.fit_team()
        more_rows = search.more_rows()
    return _Found(
        search=search,
        pipeline=pipeline,
        estimate=search.estimate(),
        more_rows=more_rows,
        seconds=clock.seconds_used,
        first_model_seconds=began + min(entry.found_at for entry in result.entries),
        is_complete=is_complete,
    )


def _report(preparation: "Preparation", found: _Found, clock: _Clock) -> dict[str, Any]:
    result, team = found.search.result, found.search.team
    return {
        "task": preparation.task.value,
        "metric": preparation.metric.name,
        "train_seconds": round(found.seconds, 3),
        "first_model_seconds": round(found.first_model_seconds, 3),
        "out_of_fold": asdict(found.estimate),
        "expected": expected_score(preparation, found.estimate, found.more_rows),
        "winner": ", ".join(result.entries[member].candidate.label for member in team.weights),
        "team": [{"rank": member + 1, "weight": round(weight, 4)} for member, weight in team.weights.items()],
        "fitted_on": _fitted_on(found),
        "leaderboard": _leaderboard(result),
        "n_trials": len(result.entries),
        "n_given_up": result.n_given_up,
        "n_failed": len(result.failures),
        "failures": sorted(set(result.failures)),
        "classes": list(preparation.classes),
        "split": {
            **asdict(preparation.split),
            "warnings": list(preparation.split.warnings),
            "n_folds": len(preparation.folds),
        },
        "columns_left_out": {column.name: column.note for column in preparation.left_out},
        "budget_seconds": clock.budget,
        "seed": preparation.seed,
    }


def _fitted_on(found: _Found) -> str:
    if not found.search.n_fitted:
        return "the rows of one fold: no member could be fitted to all in time"
    return "all rows used" if found.is_complete else "all rows used, without the members that the clock cut"


def _leaderboard(result: "SearchResult") -> list[dict[str, Any]]:
    return [
        {
            "rank": rank,
            "family": entry.candidate.family,
            "label": entry.candidate.label,
            "parameters": entry.refitted.parameters,
            "score": entry.outcome.score,
            "fold_scores": list(entry.outcome.fold_scores),
            "seconds": round(entry.outcome.seconds, 3),
            **({} if (found := entry.outcome.measures) is None else {"row_ms": found.row_ms, **asdict(found)}),
        }
        for rank, entry in enumerate(result.entries, start=1)
    ]


def _save(
    preparation: "Preparation", pipeline: "Pipeline", folder: Path, report: dict[str, Any], frame: pd.DataFrame
) -> None:
    from services.automl.saved_pipeline import SCHEMA, save_pipeline

    _write_json(folder / SCHEMA, save_pipeline(preparation, pipeline, folder, frame))
    _write_json(folder / "report.json", report)


def _write_json(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n")
