"""How a model that answers with a number treats each group: whose outcome it says too high or too low."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from services.fairness.error_price import ErrorPrice
from services.fairness.groups import Grouping
from services.fairness.means import mean_of
from services.fairness.measures import LEAST_ROWS, bias_of
from services.fairness.rates import widest_mean_difference
from services.fairness.report import Gaps, Group

Floats = NDArray[np.float64]


def measure_numbers(
    grouping: Grouping, y: Floats, predictions: Floats, price: ErrorPrice | None = None
) -> tuple[Group, ...]:
    """Mean outcome, mean error, mean absolute error and its price of each group of at least 30 rows."""
    return tuple(
        _group(name, y[grouping.codes == place], predictions[grouping.codes == place], price)
        for place, name in enumerate(grouping.names)
    )


def gaps_of_numbers(grouping: Grouping, y: Floats, predictions: Floats) -> Gaps:
    """The largest difference in the mean error of two groups."""
    large = grouping.sizes >= LEAST_ROWS
    means, errors = bias_of(grouping, predictions - y)
    return Gaps(bias=widest_mean_difference(means[large], errors[large]))


def _group(name: str, y: Floats, predictions: Floats, price: ErrorPrice | None) -> Group:
    group = Group(name, len(y), len(y) >= LEAST_ROWS)
    if not group.is_counted:
        return group
    return replace(
        group,
        bias=mean_of(predictions - y),
        mean_actual=mean_of(y),
        mean_error=mean_of(np.abs(predictions - y)),
        worth=None if price is None else mean_of(price.per_case(y, predictions)),
    )
