"""Rows made unusual on purpose, to see whether a detector finds them. They are synthetic, and every figure says so.

*Exchanged* rows have some cells of another row: each value is usual, together they are not. *Pushed* rows have values
far outside, or ones that were never seen.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from services.automl.columns import Column

Injection = Literal["exchanged", "pushed"]
_SHARE_OF_COLUMNS = 0.3
_PUSH = (4.0, 8.0)  # standard deviations
_UNSEEN = "never seen before"


def injections_for(columns: Sequence[Column]) -> tuple[Injection, ...]:
    """With a single column, a cell of another row is nothing unusual."""
    return ("exchanged", "pushed") if len(columns) > 1 else ("pushed",)


def inject(x: pd.DataFrame, columns: Sequence[Column], kind: Injection, *, seed: int) -> pd.DataFrame:
    """Typed rows (n, columns) of which each has about a third of its cells changed, at least one."""
    random = np.random.default_rng(seed)
    n_changed = max(1, round(_SHARE_OF_COLUMNS * len(columns)))
    places = np.argsort(random.random((len(x), len(columns))), axis=1) < n_changed
    changed = x.reset_index(drop=True).copy()
    for number, column in enumerate(columns):
        is_changed = places[:, number]
        if kind == "exchanged":
            values = changed[column.name].to_numpy(copy=True)
            others = values[_other_rows(len(x), random)]
            changed[column.name] = changed[column.name].mask(is_changed, pd.Series(others, dtype=x[column.name].dtype))
        elif column.kind in ("number", "date"):
            numbers = changed[column.name]
            spread = float(numbers.std(ddof=0)) or max(abs(float(numbers.mean())), 1.0)
            sign = random.choice([-1.0, 1.0], len(x))
            far = float(numbers.mean()) + sign * random.uniform(*_PUSH, len(x)) * spread
            changed[column.name] = numbers.mask(is_changed, pd.Series(far))
        else:
            changed[column.name] = changed[column.name].mask(is_changed, _UNSEEN)
    return changed


def _other_rows(n: int, random: np.random.Generator) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """For each row another one, none its own (where there is another)."""
    if n < 2:
        return np.zeros(n, dtype=np.intp)
    return (np.arange(n) + random.integers(1, n, n)) % n
