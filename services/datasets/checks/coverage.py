"""Rows over time by the main date column, with the mean target of each stretch."""

import numpy as np

from services.datasets.checks.calendar import Periods, main_date, split_periods
from services.datasets.checks.chart_data import Coverage, Period
from services.datasets.checks.subject import NotApplicableError, Subject

MAX_PERIODS = 60


def cover_time(subject: Subject) -> Coverage | None:
    """The coverage; None where no column holds dates that say when a row happened. Rows are counted exactly."""
    try:
        name = main_date(subject)
    except NotApplicableError:
        return None
    periods = split_periods(subject.frame[name].to_numpy(), MAX_PERIODS)
    counts = np.bincount(periods.places[periods.places >= 0], minlength=periods.n_periods)
    means = _target_means(subject, periods)
    starts = periods.starts()
    return Coverage(
        column=name,
        unit=periods.unit,
        periods=tuple(
            Period(start, count, means.get(start)) for start, count in zip(starts, counts.tolist(), strict=True)
        ),
    )


def _target_means(subject: Subject, periods: Periods) -> dict[str, float]:
    """The mean target by the first day of each stretch, from the sample."""
    if subject.task is None:
        return {}
    places = periods.places[subject.sample_rows]
    usable = (places >= 0) & np.isfinite(subject.outcome)
    counts = np.bincount(places[usable], minlength=periods.n_periods)
    with np.errstate(all="ignore"):
        means = np.bincount(places[usable], subject.outcome[usable], periods.n_periods) / counts
    return {
        start: float(f"{mean:.6g}")
        for start, mean in zip(periods.starts(), means.tolist(), strict=True)
        if np.isfinite(mean)
    }
