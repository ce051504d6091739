"""From the effects that were computed for an explanation to what is kept of single rows."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.preparation import Preparation
from services.automl.task import Task
from services.models.row_effects import LAST_PLACE, MAX_COLUMNS, NO_PLACE, RowEffects

if TYPE_CHECKING:
    from services.models.explanation import Effects

_ORDERED = ("number", "date")


def build_row_effects(
    preparation: Preparation, x: pd.DataFrame, y: NDArray[Any], effects: "Effects", shown: int
) -> RowEffects:
    """The strongest columns of the explained rows `x` with their outcomes `y`, on the class `shown`."""
    order = np.argsort(-effects.importances, kind="stable")
    kept, left = order[:MAX_COLUMNS], order[MAX_COLUMNS:]
    values = effects.values[:, :, shown]
    columns = [preparation.columns[place] for place in kept]
    is_several = preparation.task is Task.MULTICLASS
    return RowEffects(
        columns=tuple(column.name for column in columns),
        effects=values[:, kept],
        rest=values[:, left].sum(axis=1),
        places=np.column_stack(
            [places_among(x[column.name], is_ordered=column.kind in _ORDERED) for column in columns]
        ),
        answers=effects.predictions[:, shown],
        outcomes=_outcomes(preparation.task, y, shown),
        misses=(effects.predictions.argmax(axis=1) != y).astype(np.uint8) if is_several else np.empty(0, np.uint8),
        base=float(effects.base[shown]),
    )


def places_among(values: "pd.Series[Any]", *, is_ordered: bool) -> NDArray[np.uint8]:
    """Where each value stands among the others, from 0 to 254; equal ones stand at the same place, in their middle."""
    places = np.full(len(values), NO_PLACE, dtype=np.uint8)
    known = values.notna().to_numpy()
    if is_ordered and known.any():
        ranks = values[known].rank(method="average").to_numpy(dtype=np.float64) - 1
        last = max(int(known.sum()) - 1, 1)
        middle = 0.5 if known.sum() == 1 else 0.0
        places[known] = np.rint((ranks / last + middle) * LAST_PLACE).astype(np.uint8)
    return places


def _outcomes(task: Task, y: NDArray[Any], shown: int) -> NDArray[np.float64]:
    return np.asarray(y if task is Task.REGRESSION else 100.0 * (y == shown), dtype=np.float64)
