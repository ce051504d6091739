"""Columns whose gaps go with the outcome."""

from collections.abc import Iterator

import numpy as np

from services.datasets.checks.phrases import share
from services.datasets.checks.post_outcome import GAPS_TELL
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

MIN_ROWS = 50
CLEAR = 5.0  # standard errors between the two shares
RATIO = 1.3


def _find(subject: Subject) -> Iterator[Observation]:
    if subject.task != "binary":
        raise NotApplicableError("The target has not exactly two classes, or none is chosen.")
    gappy = [name for name in subject.columns if subject.profiles[name].n_missing and name != subject.target]
    if not gappy:
        raise NotApplicableError("No column has gaps.")
    is_known = ~np.isnan(subject.outcome)
    outcome = subject.outcome[is_known]
    for name in gappy:
        is_empty = subject.sample[name].isna().to_numpy()[is_known]
        n_empty, n_filled = int(is_empty.sum()), int((~is_empty).sum())
        if min(n_empty, n_filled) < MIN_ROWS:
            continue
        empty, filled = float(outcome[is_empty].mean()), float(outcome[~is_empty].mean())
        if not _differ(empty, n_empty, filled, n_filled) or _area(outcome, is_empty) >= GAPS_TELL:
            continue
        yield Observation(
            "info",
            f"Where “{name}” is empty, “{subject.target}” is {subject.event} in {share(empty)} of the rows, elsewhere "
            f"in {share(filled)}. So the gaps say something: do not fill them in with an average.",
            (name,),
            subject.profiles[name].n_missing,
            {"share_empty": empty, "share_filled": filled},
        )


def _differ(empty: float, n_empty: int, filled: float, n_filled: int) -> bool:
    pooled = (empty * n_empty + filled * n_filled) / (n_empty + n_filled)
    error = (pooled * (1 - pooled) * (1 / n_empty + 1 / n_filled)) ** 0.5
    return abs(empty - filled) > CLEAR * error and max(empty, filled) > RATIO * min(empty, filled)


def _area(
    outcome: "np.ndarray[tuple[int], np.dtype[np.float64]]", is_empty: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> float:
    is_event = outcome == 1
    if not is_event.any() or is_event.all():
        return 0.5
    return 0.5 + abs(float(is_empty[is_event].mean()) - float(is_empty[~is_event].mean())) / 2


CHECK = Check(
    "telling_gaps", "Gaps that go with the outcome", "Where cells are empty says nothing of the outcome.", _find
)
