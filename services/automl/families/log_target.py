"""Numbers with a long tail: learned as their logarithm where that is better out of fold, in their own units."""

from typing import Any

import numpy as np
from sklearn.compose import TransformedTargetRegressor

from services.automl.families.family import Parameters, TableShape
from services.automl.search_domains import Choice, Space


def on_log_scale(model: Any, parameters: Parameters) -> Any:
    """The regressor, around which the target becomes its logarithm where the parameters say so."""
    if parameters.get("target", "plain") != "log":
        return model
    return TransformedTargetRegressor(model, func=np.log1p, inverse_func=np.expm1, check_inverse=False)


def target_choice(shape: TableShape) -> Space:
    """The choice a search has: none, unless the target is positive with a long tail."""
    return {"target": Choice(("plain", "log"))} if shape.is_skewed else {}
