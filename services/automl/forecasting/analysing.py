"""A forecast from beginning to end: series, what is tried from earlier origins, the sealed stretch, what comes next."""

import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from services.automl.forecasting import models
from services.automl.forecasting.accuracy import chance_of_gain, clusters_of
from services.automl.forecasting.lag_table import features_of, forecast
from services.automl.forecasting.models import LABELS, Kind, Learnt, is_naive, kinds_for
from services.automl.forecasting.panel import Panel, Question, constant_target, read_panel
from services.automl.forecasting.prediction_intervals import Reach, reaches
from services.automl.forecasting.report import ForecastReport
from services.automl.forecasting.reporting import Candidate, Opened, Outcome, relative_errors, write_report
from services.automl.forecasting.validation import (
    MAX_JUDGED_SERIES,
    Plan,
    Stretch,
    learn_rows,
    plan_origins,
    predict_rolling,
    stretch_after,
)
from services.automl.unlabelled import Clock, Say

SIMPLER_WITHIN = 0.02  # a model that is off by at most this share less is not worth having
SURE = 0.9  # of the resamples a model must be better in: it is the best of several
CLEARLY = 0.1  # by which share it must be better where there are too few stretches to resample
_ROWS_PER_SECOND, _MIN_LEARNED, _MAX_LEARNED = 300, 2_000, 60_000
_MAX_LAGS, _MIN_LAGS = 14, 6
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ForecastMade:
    """The report, the pipeline with the schema that `lag_table.forecast` takes, and the forecast of every series."""

    report: ForecastReport
    pipeline: Pipeline
    schema: dict[str, Any]
    table: pd.DataFrame


def make_forecast(
    frame: pd.DataFrame,
    question: Question,
    *,
    seconds_left: Clock,
    seed: int = 0,
    say: Say = lambda _share, _phase: None,
) -> ForecastMade:
    """Forecast the next values of every series.

    Parameters
    ----------
    frame
        As read from a file: one row for each series and time.
    seconds_left
        What is tried is planned to end with the clock; repeats are always judged.

    Raises
    ------
    UnusableDataError
        The table does not hold series that can be forecast so far ahead: the sentence says why and what to do.
    """
    began = time.monotonic()
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # a library's remark about one of many models helps nobody
        say(0.02, "Reading the series")
        panel = read_panel(frame, question)
        return _Forecaster(frame, panel, seed, seconds_left, say, began).result()


class _Forecaster:
    """One forecast. Times are shares of what is left when it begins."""

    def __init__(
        self, frame: pd.DataFrame, panel: Panel, seed: int, seconds_left: Clock, say: Say, began: float
    ) -> None:
        self.frame, self.panel, self.seed, self.say, self.began = frame, panel, seed, say, began
        self._seconds_left, self._seconds = seconds_left, max(seconds_left(), 0.0)
        self.most = int(np.clip(_ROWS_PER_SECOND * self._seconds, _MIN_LEARNED, _MAX_LEARNED))
        self.cut: list[str] = []
        drawn = np.random.default_rng(seed).permutation(len(panel.histories))[:MAX_JUDGED_SERIES]
        self.judged_series = [panel.histories[place] for place in np.sort(drawn)]
        self.plan: Plan = plan_origins(panel)
        self.schema = _schema(panel)
        self.steps = np.arange(1, panel.question.horizon + 1, dtype=np.int64) + panel.question.gap

    def result(self) -> ForecastMade:
        """Try, open the sealed stretch once, and forecast with everything that is known."""
        stretch = stretch_after(self.judged_series, self.plan.windows, self.schema)
        candidates = self._try(stretch)
        best = min(candidates, key=lambda one: one.error)
        naive = min((one for one in candidates if is_naive(one.kind)), key=lambda one: one.error)
        chosen = best if is_naive(best.kind) or self._is_worth_it(best, naive) else naive
        errors = relative_errors(stretch, chosen.predictions)
        self.say(0.7, "Opening the stretch that was kept aside")
        opened = self._open(chosen.kind, naive.kind, reaches(errors, stretch.steps, self.steps))
        self.say(0.8, "Learning from everything that is known")
        learnt = learn_rows(self.panel.histories, self.panel.end, self.schema, most=self.most, seed=self.seed)
        pipeline = models.fit(chosen.kind, learnt, seed=self.seed)
        every_error = np.concatenate([errors, relative_errors(opened.stretch, opened.predictions)])
        every_step = np.concatenate([stretch.steps, opened.stretch.steps])
        self.schema["intervals"] = [
            {"level": reach.level, "half_widths": list(reach.half_widths)}
            for reach in reaches(every_error, every_step, self.steps)
            if reach.half_widths is not None
        ]
        self.say(0.9, "Forecasting")
        table = self._alive(forecast(pipeline, self.schema, self.frame))
        outcome = Outcome(
            self.panel, self.schema, self.plan, self.judged_series, candidates, chosen, best, naive, opened, table
        )
        seconds = round(time.monotonic() - self.began, 2)
        report = write_report(outcome, len(learnt.y), cut=tuple(self.cut), seed=self.seed, seconds=seconds)
        return ForecastMade(report, pipeline, self.schema, table)

    def _try(self, stretch: Stretch) -> list[Candidate]:
        cuts = sorted(set(self.plan.cuts))
        learnt: dict[int, Learnt] = {}
        for number, cut in enumerate(cuts):
            self.say(0.05 + 0.1 * number / len(cuts), "Making tables of what was known at earlier moments")
            learnt[cut] = learn_rows(self.judged_series, cut, self.schema, most=self.most, seed=self.seed)
        kinds = kinds_for(self.panel.timeline.season, min(len(one.y) for one in learnt.values()))
        if constant_target(self.panel.histories):
            kinds = tuple(kind for kind in kinds if is_naive(kind))
        found: dict[Kind, Candidate] = {}
        untried: list[Kind] = []
        for number, kind in enumerate(kinds):
            self.say(0.15 + 0.5 * number / len(kinds), f"Trying: {LABELS[kind][0].lower()}{LABELS[kind][1:]}")
            predictions = self._predict(kind, stretch, learnt, found)
            if predictions is None:
                untried.append(kind)
                continue
            cluster = clusters_of(stretch.series, stretch.origins, len(self.judged_series))
            judged = stretch.judged(predictions, self.schema["floor"], cluster)
            found[kind] = Candidate(kind, predictions, judged)
        if untried:
            self.cut.append(f"No time was left for: {', '.join(LABELS[kind] for kind in untried)}.")
        return list(found.values())

    def _predict(
        self, kind: Kind, stretch: Stretch, learnt: dict[int, Learnt], found: dict[Kind, Candidate]
    ) -> Floats | None:
        """None where there is no time for it."""
        if kind == "blend":  # its parts are there already
            parts = [found[part].predictions for part in models.BLENDED if part in found]
            return np.asarray(np.mean(parts, axis=0)) if len(parts) == len(models.BLENDED) else None
        left = (lambda: np.inf) if is_naive(kind) else (lambda: self._left(0.65))
        return predict_rolling(kind, stretch, self.plan, learnt, seed=self.seed, seconds_left=left)

    def _is_worth_it(self, model: Candidate, naive: Candidate) -> bool:
        """Whether a model is better than the best repeat, by more than a little and more than by chance."""
        if model.error > (1 - SIMPLER_WITHIN) * naive.error:
            return False
        chance = chance_of_gain(model.judged, naive.judged.forecast, seed=self.seed)
        return model.error <= (1 - CLEARLY) * naive.error if chance is None else chance >= SURE

    def _open(self, chosen: Kind, naive: Kind, found: tuple[Reach, ...]) -> Opened:
        """What models that end before the sealed stretch say of it."""
        sealed = stretch_after(self.judged_series, [self.plan.sealed], self.schema)
        learnt = learn_rows(self.judged_series, self.plan.sealed, self.schema, most=self.most, seed=self.seed)
        x = features_of(sealed.table)
        said, repeated = (models.predict(models.fit(kind, learnt, seed=self.seed), x) for kind in (chosen, naive))
        return Opened(sealed, said, repeated, found)

    def _alive(self, table: pd.DataFrame) -> pd.DataFrame:
        if not self.schema["is_panel"]:
            return table
        names = {history.name for history in self.panel.histories}
        return table[table["series"].isin(names)].reset_index(drop=True)

    def _left(self, share: float) -> float:
        """Seconds until `share` of the time is used."""
        return self._seconds_left() - (1 - share) * self._seconds


def _schema(panel: Panel) -> dict[str, Any]:
    """What `lag_table` needs to know."""
    question, timeline, length = panel.question, panel.timeline, panel.end - panel.first + 1
    lowest = min(float(np.nanmin(history.values)) for history in panel.histories)
    return {
        "target": question.target,
        "time": question.time,
        "series": question.series,
        "is_panel": question.series is not None,
        "series_names": [history.name for history in panel.histories] if question.series is not None else [],
        "known": list(question.known),
        "horizon": question.horizon,
        "gap": question.gap,
        "axis": timeline.axis,
        "season": timeline.season,
        "long_season": timeline.long_season if length >= 2 * timeline.long_season else 0,
        "n_lags": int(np.clip(timeline.season, _MIN_LAGS, _MAX_LAGS)),
        "calendar": list(timeline.calendar),
        "floor": 0.0 if lowest >= 0 else None,
        "intervals": [],
    }
