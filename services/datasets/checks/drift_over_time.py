"""What changes along time: how often the outcome happens, and where numbers lie."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from services.datasets.checks.calendar import main_date, split_periods
from services.datasets.checks.orders import rank_columns, separate
from services.datasets.checks.phrases import share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

MAX_PERIODS, MIN_PERIOD_ROWS = 12, 50
RANGE = 2.0  # methods 4.4: prevalence of one period over that of another
CLEAR = 4.0  # standard errors between the two
MOVED, MOVED_FAR = 0.70, 0.85  # area under the ROC curve of latest against earliest rows
MIN_ROWS, MAX_ROWS = 100, 10_000


def _find(subject: Subject) -> Iterator[Observation]:
    name = main_date(subject)
    if subject.n_rows - subject.profiles[name].n_missing < 2 * MIN_ROWS:
        raise NotApplicableError(f"“{name}” has too few dates to tell drift from chance.")
    yield from _outcome_over_time(subject, name)
    yield from _numbers_over_time(subject, name)


def _outcome_over_time(subject: Subject, name: str) -> Iterator[Observation]:
    if subject.task not in ("binary", "classes"):
        return
    assert subject.target is not None
    periods = split_periods(subject.sample[name].to_numpy(), MAX_PERIODS)
    usable = (periods.places >= 0) & ~np.isnan(subject.outcome)
    counts = np.bincount(periods.places[usable], minlength=periods.n_periods)
    events = np.bincount(periods.places[usable], subject.outcome[usable], periods.n_periods)
    starts, is_large = periods.starts(), counts >= MIN_PERIOD_ROWS
    if is_large.sum() < 2:
        return
    rates = np.where(is_large, events / np.maximum(counts, 1), np.nan)
    least, most = int(np.nanargmin(rates)), int(np.nanargmax(rates))
    low, high = float(rates[least]), float(rates[most])
    pooled = float(events[is_large].sum() / counts[is_large].sum())
    error = (pooled * (1 - pooled) * (1 / counts[least] + 1 / counts[most])) ** 0.5
    if high <= RANGE * low or high - low <= CLEAR * error:
        return
    yield Observation(
        "amber",
        f"“{subject.target}” is {subject.event} in {share(high)} of the rows of the {periods.unit} from "
        f"{starts[most]}, but in {share(low)} of that from {starts[least]}. Is the latest time like the one to come?",
        (subject.target,),
        int(counts[is_large].sum()),
        {"highest": high, "lowest": low, "n_periods": int(is_large.sum())},
    )


def _numbers_over_time(subject: Subject, name: str) -> Iterator[Observation]:
    orders = subject.once(rank_columns)
    moments = subject.sample[name].to_numpy()[orders.rows]
    is_known = ~np.isnat(moments)
    if is_known.sum() < 4 * MIN_ROWS:
        return
    seconds = moments.astype("datetime64[s]").astype(np.int64)
    first, last = np.quantile(seconds[is_known], [0.25, 0.75])
    early, late = is_known & (seconds <= first), is_known & (seconds >= last)
    chosen = np.flatnonzero(early | late)
    chosen = chosen[:: max(1, len(chosen) // MAX_ROWS)]
    part = type(orders)(orders.names, orders.rows[chosen], _ranked(orders.ranks[chosen]), orders.present[chosen])
    areas = separate(part, late[chosen].astype(float)[:, None], MIN_ROWS)[0]
    for column, area in zip(orders.names, areas.tolist(), strict=True):
        strength = max(area, 1 - area)
        if column == name or subject.type_of(column) == "M" or not strength >= MOVED:
            continue
        if subject.profiles[column].kind == "identifier":
            continue
        yield Observation(
            "amber" if strength >= MOVED_FAR else "info",
            f"“{column}” has moved {'up' if area > 0.5 else 'down'} along “{name}”: a row of its latest quarter lies "
            f"{'above' if area > 0.5 else 'below'} one of its earliest in {share(strength)} of all pairs. "
            "Will it move on?",
            (column,),
            0,
            {"score": strength},
        )


def _ranked(
    ranks: "np.ndarray[tuple[int, int], np.dtype[np.float64]]",
) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Ranks of ranks, for fewer rows; 0 (missing) stays 0."""
    again: np.ndarray[tuple[int, int], np.dtype[np.float64]] = (
        pd.DataFrame(ranks).where(ranks > 0).rank().fillna(0.0).to_numpy(dtype=float)
    )
    return again


CHECK = Check("drift_over_time", "Change over time", "Neither the outcome nor a number moves much over time.", _find)
