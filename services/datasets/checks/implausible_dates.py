"""Dates before anything a business has recorded, or long before all others."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from services.datasets.checks.calendar import is_birth
from services.datasets.checks.disguised_missing import DATES
from services.datasets.checks.fixes import step
from services.datasets.checks.phrases import count
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

EARLIEST, EARLIEST_BIRTH = date(1950, 1, 1), date(1900, 1, 1)
MOSTLY = 0.2  # of the dates, from which on the column is about old times


def _find(subject: Subject) -> Iterator[Observation]:
    names = subject.of_type("M")
    if not names:
        raise NotApplicableError("No column holds dates.")
    for name in names:
        earliest = EARLIEST_BIRTH if is_birth(name) else EARLIEST
        days = subject.frame[name].dropna().to_numpy("datetime64[D]")
        is_old = (days < np.datetime64(earliest)) & ~np.isin(days, [np.datetime64(day) for day in DATES])
        n_old = int(is_old.sum())
        if n_old == 0 or n_old > MOSTLY * len(days):
            continue
        condition = {"column": name, "operator": "before", "value": earliest.isoformat()}
        yield Observation(
            "amber",
            f"{count(n_old, 'date')} of “{name}” {'lies' if n_old == 1 else 'lie'} before {earliest.year}, "
            "the others do not. A year with two digits, or a slip of the hand?",
            (name,),
            n_old,
            {"n_old": n_old, "share": n_old / len(days)},
            (step("Leave these rows out", "exclude_rows", f"Before {earliest.year}.", condition=condition),),
        )


CHECK = Check("implausible_dates", "Dates that cannot be", "No date lies implausibly early.", _find)
