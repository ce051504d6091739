"""A number by group: whose outcome is said too high, and what is too small to say."""

import numpy as np
import pytest

from services.fairness.groups import Grouping
from services.fairness.numbers import gaps_of_numbers, measure_numbers


def test_mean_errors_are_compared_and_a_tiny_group_is_not() -> None:
    random = np.random.default_rng(0)
    codes = np.repeat([0, 1, 2], [200, 200, 20])
    y = random.normal(100, 10, 420)
    said = y + np.array([5.0, -3.0, 400.0])[codes] + random.normal(0, 4, 420)
    grouping = Grouping(("g",), ("a", "b", "tiny"), codes)
    one, other, tiny = measure_numbers(grouping, y, said)
    assert one.bias is not None and other.bias is not None
    assert (one.bias.value, other.bias.value) == pytest.approx((5.0, -3.0), abs=0.9)
    assert one.bias.low is not None and one.bias.low < one.bias.value < (one.bias.high or 0)
    assert one.mean_error is not None and one.mean_error.value > 4
    assert not tiny.is_counted
    assert tiny.bias is None
    gap = gaps_of_numbers(grouping, y, said).bias
    assert gap is not None
    assert gap.value == pytest.approx(8.0, abs=1.2)
    assert gap.n_groups == 2
    assert gap.low is not None and gap.low > 6
