"""Numbers brought to equal spread before a model that needs it learns them, and back in its answers."""

from typing import Any

from sklearn.compose import TransformedTargetRegressor
from sklearn.preprocessing import StandardScaler


def on_standard_scale(model: Any) -> Any:
    """The regressor, around which the target has mean 0 and spread 1."""
    return TransformedTargetRegressor(model, transformer=StandardScaler())
