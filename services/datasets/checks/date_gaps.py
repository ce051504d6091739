"""Stretches of time without rows."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from services.datasets.checks.calendar import Periods, main_date, split_periods
from services.datasets.checks.phrases import count
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

MAX_PERIODS = 400
MIN_ROWS_PER_PERIOD = 5.0  # on average, below which an empty stretch is chance
MIN_GAP = 2  # stretches; of days more, as weekends are no gaps


def _find(subject: Subject) -> Iterator[Observation]:
    name = main_date(subject)
    n_known = subject.n_rows - subject.profiles[name].n_missing
    most = min(MAX_PERIODS, int(n_known / MIN_ROWS_PER_PERIOD))
    if most < 6:
        raise NotApplicableError(f"“{name}” has too few dates to tell a gap from chance.")
    periods = split_periods(subject.frame[name].to_numpy(), most)
    counts = np.bincount(periods.places[periods.places >= 0], minlength=periods.n_periods)
    gaps = _gaps(periods, counts.tolist())
    if not gaps:
        return
    start, length = max(gaps, key=lambda gap: gap[1])
    n_empty = sum(length for _start, length in gaps)
    more = "" if len(gaps) == 1 else f" There are {len(gaps)} such gaps."
    yield Observation(
        "amber" if n_empty > 0.05 * periods.n_periods else "info",
        f"There are no rows for {count(length, periods.unit)} from {start} on (“{name}”).{more} Was nothing recorded?",
        (name,),
        0,
        {"n_gaps": len(gaps), "n_empty": n_empty, "n_periods": periods.n_periods},
    )


def _gaps(periods: Periods, counts: list[int]) -> list[tuple[str, int]]:
    starts, found, place = periods.starts(), list[tuple[str, int]](), 0
    least = 4 if periods.unit == "day" else MIN_GAP
    for is_empty, stretch in groupby(number == 0 for number in counts):
        length = len(list(stretch))
        if is_empty and length >= least:
            found.append((starts[place], length))
        place += length
    return found


CHECK = Check("date_gaps", "Time without rows", "Rows are spread over time without a gap.", _find)
