"""Which explained rows are shown by their paths, and which of them the model got wrong."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from services.automl.intervals import wilson
from services.models.row_effects import RowEffects
from services.models.sentences import POINTS

N_PATHS = 24
FAR_SHARE = 0.1
_UNSAID = 0.5  # a yes-or-no model without a threshold acts from even chances on


class Shown(StrEnum):
    """Which rows are shown."""

    ALL = "From lowest to highest"
    HIGHEST = "The highest"
    WRONG = "The wrong ones"
    FARTHEST = "The farthest off"


@dataclass(frozen=True, slots=True)
class WrongShare:
    """How many of all explained rows the model got wrong, with a 95% interval (Wilson)."""

    n: int
    n_wrong: int
    low: float
    high: float


def wrong_rows(rows: RowEffects, scale: str, threshold: float | None) -> NDArray[np.bool_]:
    """Rows whose answer was wrong; of numbers the tenth that is farthest off.

    Parameters
    ----------
    threshold
        Probability from which a yes-or-no model says yes.
    """
    if scale != POINTS:
        errors = np.abs(rows.answers - rows.outcomes)
        n_far = int(FAR_SHARE * rows.n)
        far = np.zeros(rows.n, dtype=np.bool_)
        far[np.argsort(-errors, kind="stable")[:n_far]] = True
        return far & (errors > 0)
    if len(rows.misses):
        return np.asarray(rows.misses == 1, dtype=np.bool_)
    says_yes = rows.answers >= 100.0 * (_UNSAID if threshold is None else threshold)
    return np.asarray(says_yes != (rows.outcomes > 0), dtype=np.bool_)


def wrong_share(is_wrong: NDArray[np.bool_]) -> WrongShare:
    """The share of rows that are wrong."""
    n_wrong = int(is_wrong.sum())
    return WrongShare(len(is_wrong), n_wrong, *wilson(n_wrong, len(is_wrong)))


def ways_of(scale: str) -> tuple[Shown, ...]:
    """What may be chosen."""
    return (Shown.ALL, Shown.HIGHEST, Shown.WRONG if scale == POINTS else Shown.FARTHEST)


def pick_paths(rows: RowEffects, is_wrong: NDArray[np.bool_], shown: Shown) -> NDArray[np.intp]:
    """At most 24 rows in the order of their answers: evenly spread, the highest, or those that miss by most."""
    if shown in (Shown.WRONG, Shown.FARTHEST):
        worst = np.argsort(-np.abs(rows.answers - rows.outcomes), kind="stable")
        picked = worst[is_wrong[worst]][:N_PATHS]
        return np.asarray(picked[np.argsort(rows.answers[picked], kind="stable")], dtype=np.intp)
    order = np.argsort(rows.answers, kind="stable")
    if shown is Shown.HIGHEST or len(order) <= N_PATHS:
        return np.asarray(order[-N_PATHS:], dtype=np.intp)
    return np.asarray(order[np.linspace(0, len(order) - 1, N_PATHS).round().astype(np.intp)], dtype=np.intp)
