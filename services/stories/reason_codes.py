"""Why a case is decided as it is: at most four columns, strongest first, with their values beside typical ones.

References
----------
Regulation B, 12 CFR 1002.9(b)(2): specific principal reasons; its commentary holds more than four to be unhelpful.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column
from services.stories.case_report import Reason
from services.stories.clusters import Group

MOST_REASONS, LEAST_SHARE = 4, 0.05
_MAX_TEXT = 80
Value = str | float | None


def reason_codes(
    effects: NDArray[np.float64],
    row: "pd.Series[Any]",
    columns: tuple[Column, ...],
    typical: Mapping[str, Value],
    groups: tuple[Group, ...] = (),
    *,
    is_towards: bool,
    without: Collection[str] = (),
) -> tuple[Reason, ...]:
    """The columns that move the case most in the direction of what is decided.

    Parameters
    ----------
    effects
        Of each column on the case (m,).
    groups
        Columns that move together count as one, under the name of the strongest.
    is_towards
        Whether the decision follows from a high prediction.
    without
        Columns that are never given as a reason; they count in the whole.
    """
    harm = effects if is_towards else -effects
    grouped = {place for group in groups for place in group.places}
    parts = [group.places for group in groups] + [(place,) for place in range(len(columns)) if place not in grouped]
    sums = {part: float(harm[list(part)].sum()) for part in parts}
    total = sum(max(0.0, value) for value in sums.values())
    told = {part: [place for place in part if columns[place].name not in without] for part in parts}
    own = {part: float(harm[places].sum()) for part, places in told.items() if places}  # nothing of what is not told
    found: list[Reason] = []
    for part in sorted(own, key=lambda one: -own[one]):
        named = sorted(told[part], key=lambda place: -harm[place])
        if own[part] <= 0 or own[part] < LEAST_SHARE * total or len(found) == MOST_REASONS:
            continue
        first = columns[named[0]]
        found.append(
            Reason(
                column=first.name,
                value=plain_value(row[first.name], first.kind),
                typical=typical[first.name],
                effect=own[part],
                along=tuple(columns[place].name for place in named[1:]),
            )
        )
    return tuple(found)


def typical_values(x: pd.DataFrame, columns: tuple[Column, ...]) -> dict[str, Value]:
    """The median of numbers and dates, the most frequent category or text; None where nothing is known."""
    found: dict[str, Value] = {}
    for column in columns:
        known = x[column.name].dropna()
        if known.empty:
            found[column.name] = None
            continue
        middle = known.median() if column.kind in ("number", "date") else known.mode().iloc[0]
        found[column.name] = plain_value(middle, column.kind)
    return found


def plain_value(value: Any, kind: str) -> Value:
    """A value of a typed table as it is stored: a number, a text that is not too long, or None."""
    if pd.isna(value):
        return None
    if kind in ("number", "date"):
        return float(value)
    text = " ".join(str(value).split())
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"
