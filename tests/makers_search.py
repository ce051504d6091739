"""Run a search within this process: no child is started, so that a test takes as long as its models."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest

from services.automl import headless, lanes
from services.automl.errors import TrialFailedError
from services.automl.fold_features import FeatureCache
from services.automl.lanes import Finished
from services.automl.preparation import Preparation
from services.automl.training import TrialOutcome


class LaneHere:
    """One lane that works when it is asked what it has done."""

    n = 1

    def __init__(self, preparation: Preparation) -> None:
        self._preparation = preparation
        self._cache = FeatureCache(preparation, with_sealed=True)
        self._waiting: list[tuple[int, lanes.Work]] = []

    @property
    def n_free(self) -> int:
        """1 unless something waits."""
        return 1 - len(self._waiting)

    def submit(self, number: int, work: lanes.Work) -> None:
        """Do this next."""
        self._waiting.append((number, work))

    def abandon(self) -> None:
        """Nothing is being worked on between two calls."""

    def collect(self, timeout: float) -> list[Finished]:
        """Do what waits, however long it takes."""
        number, work = self._waiting.pop()
        try:
            done = lanes._done(self._preparation, work, self._cache)
        except TrialFailedError as error:
            return [Finished(number, None, error.sentence, early_score=getattr(error, "score", None))]
        if isinstance(done, TrialOutcome):
            return [Finished(number, done, None)]
        if isinstance(done, bytes):
            return [Finished(number, None, None, done)]
        return [Finished(number, None, None, answers=done)]


def search_here(patch: pytest.MonkeyPatch) -> None:
    """Let the headless command search within this process."""

    @contextmanager
    def open_lanes(preparation: Preparation, n: int) -> Iterator[LaneHere]:
        yield LaneHere(preparation)

    patch.setattr(lanes, "open_lanes", open_lanes)
    patch.setattr(headless, "start_fork_server", lambda: None)
    patch.setattr(psutil.Process, "create_time", lambda _: time.time())


def run_here(folder: Path, frame: pd.DataFrame | str, target: str = "left", **options: Any) -> dict[str, Any]:
    """The report of a search in a table, or in the text of a CSV file; two models are tried."""
    path = folder / "train.csv"
    if isinstance(frame, str):
        path.write_text(frame)
    else:
        frame.to_csv(path, index=False)
    settings = {"budget": 300.0, "max_trials": 2, **options}
    return headless.run_headless(train=path, target=target, out=folder / "report.json", **settings)
