"""Dates that have not come yet."""

from collections.abc import Iterator

import numpy as np

from services.datasets.checks.disguised_missing import DATES
from services.datasets.checks.fixes import step
from services.datasets.checks.phrases import count
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

PLANNED = 0.2  # of the rows, from which on dates ahead are probably plans


def _find(subject: Subject) -> Iterator[Observation]:
    names = subject.of_type("M")
    if not names:
        raise NotApplicableError("No column holds dates.")
    today = np.datetime64(subject.today)
    for name in names:
        days = subject.frame[name].dropna().to_numpy("datetime64[D]")
        ahead = (days > today) & ~np.isin(days, [np.datetime64(day) for day in DATES])
        n_ahead = int(ahead.sum())
        if n_ahead == 0:
            continue
        is_planned = n_ahead > PLANNED * len(days)
        condition = {"column": name, "operator": "after", "value": f"{subject.today.isoformat()}T23:59:59.999999"}
        fix = step("Leave these rows out", "exclude_rows", "The date had not come yet.", condition=condition)
        yield Observation(
            "info" if is_planned else "amber",
            f"{count(n_ahead, 'date')} of “{name}” {'lies' if n_ahead == 1 else 'lie'} after today "
            f"({subject.today.isoformat()}). Are they plans, or slips of the hand?",
            (name,),
            n_ahead,
            {"n_ahead": n_ahead, "share": n_ahead / len(days)},
            () if is_planned else (fix,),
        )


CHECK = Check("future_dates", "Dates that have not come yet", "No date lies after today.", _find)
