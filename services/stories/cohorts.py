"""What drives the model in parts of the data: mean effects by segment, each beside all other rows, with an interval."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column
from services.models.drivers import MISSING
from services.stories.report import Cohort, Segment, SegmentEffect

Floats = NDArray[np.float64]
FEWEST_ROWS = 30
MAX_SEGMENTS, MAX_COHORTS, N_BANDS, N_RESAMPLES = 8, 24, 4, 400
_MAX_TEXT = 60


def find_cohorts(
    effects: Floats, x: pd.DataFrame, columns: tuple[Column, ...], told: Sequence[int], seed: int = 0
) -> tuple[Cohort, ...]:
    """The segments of every column that has any: categories by value, numbers and dates in quarters.

    Parameters
    ----------
    effects
        (n, m) in the rows `x`.
    told
        Places of the columns whose effects are told, strongest first; nothing is compared where there are none.
    """
    found: list[Cohort] = []
    if not told:
        return ()
    for column in columns:
        if column.kind == "text" or len(found) == MAX_COHORTS:
            continue
        parts = _values(x[column.name]) if column.kind == "category" else _bands(x[column.name])
        if len(parts) > 1:
            segments = [_segment(effects, flags, label, ends, columns, told, seed) for label, ends, flags in parts]
            found.append(Cohort(column.name, tuple(segments)))
    return tuple(found)


Part = tuple[str, tuple[float | None, float | None], NDArray[np.bool_]]


def _values(values: "pd.Series[Any]") -> list[Part]:
    words = values.fillna(MISSING).astype("str")
    frequent = words.value_counts().index[:MAX_SEGMENTS]
    return [(_cut(str(value)), (None, None), (words == value).to_numpy(dtype=np.bool_)) for value in frequent]


def _bands(values: "pd.Series[Any]") -> list[Part]:
    numbers = values.to_numpy(dtype=np.float64)
    known = np.isfinite(numbers)
    if not known.any():
        return []
    ends = np.unique(np.quantile(numbers[known], np.linspace(0, 1, N_BANDS + 1), method="inverted_cdf"))
    parts: list[Part] = []
    for place, (low, high) in enumerate(pairwise(ends)):
        flags = known & ((numbers >= low) if place == 0 else (numbers > low)) & (numbers <= high)
        own = numbers[flags]
        parts.append(("", (float(own.min()), float(own.max())), flags))
    if not known.all():
        parts.append((MISSING, (None, None), ~known))
    return parts


def _segment(
    effects: Floats,
    flags: NDArray[np.bool_],
    label: str,
    ends: tuple[float | None, float | None],
    columns: tuple[Column, ...],
    told: Sequence[int],
    seed: int,
) -> Segment:
    n = int(flags.sum())
    if n < FEWEST_ROWS or len(flags) - n < FEWEST_ROWS:
        return Segment(label, *ends, n, ())
    inside, outside = effects[flags][:, list(told)], effects[~flags][:, list(told)]
    random = np.random.default_rng(seed)
    differences = _resampled(np.abs(inside), random) - _resampled(np.abs(outside), random)
    lows, highs = np.percentile(differences, (2.5, 97.5), axis=0)
    sizes, others = np.abs(inside).mean(axis=0), np.abs(outside).mean(axis=0)
    return Segment(
        label,
        *ends,
        n,
        tuple(
            SegmentEffect(
                columns[column].name,
                float(inside[:, place].mean()),
                float(sizes[place]),
                float(sizes[place] - others[place]),
                float(lows[place]),
                float(highs[place]),
            )
            for place, column in enumerate(told)
        ),
    )


def _resampled(values: Floats, random: np.random.Generator) -> Floats:
    """Means (b, m) of resamples of the rows (n, m)."""
    n = len(values)
    weights = random.multinomial(n, np.full(n, 1 / n), size=N_RESAMPLES)
    means: Floats = weights @ values / n
    return means


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"
