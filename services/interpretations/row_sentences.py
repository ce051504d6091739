"""What the pictures of single rows say, in sentences with their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.interpretations.cards import Scale, worth_of
from services.interpretations.naming import ColumnName
from services.interpretations.row_paths import Shown, WrongShare
from services.models.row_effects import LAST_PLACE, NO_PLACE, RowEffects

Floats = NDArray[np.float64]
MIDDLE = (5.0, 95.0)
_MIN_ROWS = 30
_LEANING = 0.3
NONE_KEPT = (
    "The effects on single rows were not kept when this model was made. They are from the next run on; everything else "
    "on this page holds."
)
LOST = (
    "The file with the effects on single rows is missing or damaged where files are kept; everything else on this page "
    "holds. Whoever runs the portal restores it from the backup."
)
KEPT_ASIDE = "Rows kept aside, which the model had not seen; nothing is chosen by them here"


@dataclass(frozen=True, slots=True)
class Spread:
    """What a column does to nine in ten rows, and how its effect goes with its value.

    `leaning` is the rank correlation of value and effect (Spearman); None where the column has no order, or one of both
    never changes.
    """

    column: str
    low: float
    high: float
    leaning: float | None


@lru_cache(maxsize=256)
def spread_of(rows: RowEffects, place: int) -> Spread:
    """Of the column at this place. Rows are ranked for it, and every click on their page asks."""
    effects = rows.effects[:, place]
    low, high = np.percentile(effects, MIDDLE)
    return Spread(rows.columns[place], float(low), float(high), _leaning(rows, place))


def describe_spread(rows: RowEffects, names: Mapping[str, ColumnName], scale: Scale) -> str:
    """What the strongest column does, row by row."""
    if not rows.columns or not np.any(rows.effects):
        return f"In none of {rows.n:,} rows does a column move {scale.subject}: the model says the same of every case."
    spread, label = spread_of(rows, 0), _label(names, rows.columns[0])
    if rows.n < _MIN_ROWS:
        return f"{label} is the strongest of {rows.n:,} rows, which are too few to say how its effects are spread."
    ends = f"{signed(spread.low, scale)} to {signed(spread.high, scale)}"
    amount = worth_of(scale, spread.high - spread.low)
    worth = f"; from one end to the other, acting on one case is worth {amount} more" if amount else ""
    return f"{label} moves {scale.subject} by {ends} in 9 of 10 of {rows.n:,} rows{worth}.{_leans(spread, label)}"


def describe_paths(
    rows: RowEffects, n_shown: int, shown: Shown, wrong: WrongShare, scale: Scale, wrong_words: str
) -> str:
    """From where the paths start, how many are shown, and how often the model is wrong."""
    base = answer_words(rows.base, scale)
    if not n_shown:
        found = f"None of {rows.n:,} explained rows is {wrong_words}"
        return (
            f"{found}: with 95% confidence at most {wrong.high:.0%} would be." if scale.is_probability else f"{found}."
        )
    ends = f"each starts at the typical answer, {base}, and ends at its own"
    by = f", by {scale.subject}" if scale.whole else ""  # of several classes the answer is that of one
    start = f"{n_shown} of {rows.n:,} rows, {shown.lower()}{by}: {ends}."
    if not scale.is_probability:
        return start
    share = f"{wrong.n_wrong:,} of all {wrong.n:,} explained rows are {wrong_words}"
    return f"{start} {share}: {wrong.n_wrong / wrong.n:.0%}, with 95% confidence {wrong.low:.0%} to {wrong.high:.0%}."


def signed(effect: float, scale: Scale) -> str:
    """ "+9.4 points", "−€1.2k"."""
    return scale.spell(effect) if effect == 0 else f"{'−' if effect < 0 else '+'}{scale.spell(effect)}"


def answer_words(answer: float, scale: Scale) -> str:
    """An answer in words: "27%", or the number with its unit."""
    if scale.is_probability:
        return f"{answer:.0f}%"
    return f"{'−' if answer < 0 else ''}{scale.spell(answer)}"


def _leaning(rows: RowEffects, place: int) -> float | None:
    places, effects = rows.places[:, place], rows.effects[:, place]
    known = places != NO_PLACE
    if known.sum() < _MIN_ROWS or np.ptp(places[known]) == 0 or np.ptp(effects[known]) == 0:
        return None
    ranks = _ranks(effects[known])
    return float(np.corrcoef(places[known] / LAST_PLACE, ranks)[0, 1])


def _ranks(values: Floats) -> Floats:
    _kinds, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[inverse], dtype=np.float64)


def _leans(spread: Spread, label: str) -> str:
    if spread.leaning is None or abs(spread.leaning) < _LEANING:
        return ""
    way = "raise" if spread.leaning > 0 else "lower"
    return f" High values of {label} mostly {way} it."


def _label(names: Mapping[str, ColumnName], column: str) -> str:
    return names[column].label if column in names else column
