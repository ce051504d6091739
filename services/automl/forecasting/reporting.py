"""From what was tried and opened to the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.forecasting.accuracy import Judged, blocks_of, mase, measured, measured_gain, rmse, wape
from services.automl.forecasting.drawing import lines_of
from services.automl.forecasting.lag_table import History
from services.automl.forecasting.models import LABELS, Kind, is_naive
from services.automl.forecasting.panel import Panel, constant_target
from services.automl.forecasting.prediction_intervals import Reach
from services.automl.forecasting.report import Coverage, ForecastReport, Sealed, TriedModel
from services.automl.forecasting.sentences import describe_constant, describe_forecast, describe_gaps
from services.automl.forecasting.validation import MIN_WINDOWS, Plan, Stretch
from services.automl.intervals import wilson

_SHOWN = 5
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A way of forecasting, with what it said from earlier origins."""

    kind: Kind
    predictions: Floats
    judged: Judged

    @property
    def error(self) -> float:
        """What is compared: the MASE, or without a scale the root mean squared error."""
        found = mase(self.judged)
        return found if found is not None else (rmse(self.judged) or 0.0)


@dataclass(frozen=True)
class Opened:
    """The sealed stretch, what the chosen way and the best repeat said of it, and how far they were said to reach."""

    stretch: Stretch
    predictions: Floats
    repeated: Floats
    reaches: tuple[Reach, ...]


@dataclass(frozen=True)
class Outcome:
    """Everything that a report is written from."""

    panel: Panel
    schema: dict[str, Any]
    plan: Plan
    judged_series: Sequence[History]
    candidates: Sequence[Candidate]
    chosen: Candidate
    best: Candidate
    naive: Candidate
    opened: Opened
    table: pd.DataFrame


def write_report(
    outcome: Outcome, n_learned: int, *, cut: tuple[str, ...], seed: int, seconds: float
) -> ForecastReport:
    """Intervals for every figure, and the finding as a sentence."""
    panel, question, timeline = outcome.panel, outcome.panel.question, outcome.panel.timeline
    tried = {one.kind: _tried(one, outcome.naive, seed) for one in outcome.candidates}
    sealed, chosen, best = _sealed(outcome, seed), tried[outcome.chosen.kind], tried[outcome.best.kind]
    is_constant = constant_target(panel.histories)
    coverage = () if is_constant else _coverage(outcome.opened)
    if is_constant:
        sentence = describe_constant(question.target, question.horizon, timeline.steps)
    else:
        sentence = describe_forecast(chosen, best, sealed, coverage, question.horizon, timeline.steps)
    opened = outcome.opened
    return ForecastReport(
        sentence=sentence,
        target=question.target,
        time=question.time,
        series_column=question.series,
        step=timeline.step,
        horizon=question.horizon,
        gap=question.gap,
        season=timeline.season,
        method=chosen.label,
        is_naive=chosen.is_naive,
        n_series=len(panel.histories),
        n_values=panel.n_values,
        n_gaps=panel.n_gaps,
        n_origins=len(outcome.plan.windows),
        tried=tuple(sorted(tried.values(), key=_order)),
        sealed=sealed,
        coverage=coverage,
        lines=lines_of(
            panel,
            outcome.plan.sealed,
            opened.stretch,
            opened.predictions,
            outcome.judged_series,
            outcome.schema,
            outcome.table,
        ),
        known=question.known,
        learned_rows=n_learned,
        notes=_notes(outcome),
        cut=cut,
        seed=seed,
        seconds=seconds,
    )


def relative_errors(stretch: Stretch, predictions: Floats) -> Floats:
    """How far forecasts are off, in units of the spread that was known at the origin."""
    return np.asarray((stretch.actual - stretch.values_of(predictions)) / stretch.table["spread"].to_numpy())


def _tried(one: Candidate, naive: Candidate, seed: int) -> TriedModel:
    return TriedModel(
        kind=one.kind,
        label=LABELS[one.kind],
        is_naive=is_naive(one.kind),
        mase=measured(mase, one.judged, seed=seed),
        wape=wape(one.judged),
        rmse=rmse(one.judged),
        gain=None if is_naive(one.kind) else measured_gain(one.judged, naive.judged.forecast, seed=seed),
    )


def _sealed(outcome: Outcome, seed: int) -> Sealed:
    """One stretch of time: series are independent of each other, or with a single one runs of steps."""
    stretch, floor = outcome.opened.stretch, outcome.schema["floor"]
    is_one = len(np.unique(stretch.series)) == 1
    cluster = blocks_of(stretch.steps, outcome.panel.timeline.season) if is_one else stretch.series
    judged = stretch.judged(outcome.opened.predictions, floor, cluster)
    return Sealed(
        mase=measured(mase, judged, seed=seed),
        wape=measured(wape, judged, seed=seed),
        rmse=measured(rmse, judged, seed=seed),
        naive_label=LABELS[outcome.naive.kind],
        naive_mase=mase(stretch.judged(outcome.opened.repeated, floor, cluster)),
        n_values=len(judged.actual),
        n_series=len(np.unique(judged.series)),
    )


def _coverage(opened: Opened) -> tuple[Coverage, ...]:
    errors = np.abs(relative_errors(opened.stretch, opened.predictions))
    places = opened.stretch.steps - opened.stretch.steps.min()
    coverage = []
    for reach in opened.reaches:
        if reach.half_widths is None:
            continue
        inside = errors <= np.array(reach.half_widths)[places]
        low, high = wilson(int(inside.sum()), len(inside))
        coverage.append(Coverage(reach.level, float(inside.mean()), low, high, len(inside)))
    return tuple(coverage)


def _notes(outcome: Outcome) -> tuple[str, ...]:
    panel, n_windows = outcome.panel, len(outcome.plan.windows)
    notes = list(panel.notes)
    if panel.n_gaps:
        notes.append(describe_gaps(panel.n_gaps, panel.n_values, panel.timeline.steps))
    if panel.ended:
        shown = ", ".join(f"“{name}”" for name in panel.ended[:_SHOWN])
        notes.append(f"{len(panel.ended):,} series ended long before the others and are left out: {shown}.")
    if n_windows < MIN_WINDOWS:
        moments = "1 earlier moment" if n_windows == 1 else f"{n_windows} earlier moments"
        notes.append(f"The history allows {moments} to judge from instead of {MIN_WINDOWS}: the choice is uncertain.")
    if len(outcome.judged_series) < len(panel.histories):
        notes.append(f"Judged on {len(outcome.judged_series):,} of {len(panel.histories):,} series.")
    return tuple(notes)


def _order(tried: TriedModel) -> tuple[float, float]:
    return (tried.mase.value if tried.mase is not None else np.inf, tried.rmse or 0.0)
