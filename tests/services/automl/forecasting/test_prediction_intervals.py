"""How far the next values may be from their forecast."""

import numpy as np
import pytest

from services.automl.forecasting.prediction_intervals import conformal_quantile, reaches

STEPS = np.arange(1, 8)


@pytest.mark.parametrize(
    ("n", "level", "rank"), [(9, 0.8, 8), (19, 0.95, 19), (99, 0.95, 95), (4, 0.8, 4), (18, 0.95, None), (3, 0.8, None)]
)
def test_the_quantile_is_that_of_split_conformal(n: int, level: float, rank: int | None) -> None:
    errors = np.arange(1.0, n + 1)
    found = conformal_quantile(np.random.default_rng(0).permutation(errors), level)
    assert found == (None if rank is None else rank)


def test_a_later_step_never_reaches_less_far() -> None:
    random = np.random.default_rng(0)
    steps = np.tile(STEPS, 40)
    errors = random.normal(size=280) * (1 + steps)
    for reach in reaches(errors, steps, STEPS):
        assert reach.half_widths is not None
        assert list(reach.half_widths) == sorted(reach.half_widths)
        assert reach.half_widths[-1] > 2 * reach.half_widths[0]


def test_few_errors_are_pooled_with_those_of_neighbouring_steps_and_very_few_give_no_interval() -> None:
    random = np.random.default_rng(0)
    eighty, ninety_five = reaches(random.normal(size=14), np.tile(STEPS, 2), STEPS)
    assert eighty.half_widths is not None
    assert ninety_five.half_widths is None
    assert all(reach.half_widths is None for reach in reaches(np.array([1.0, np.nan]), np.array([1, 2]), STEPS))


def test_the_next_value_is_inside_as_often_as_promised() -> None:
    random = np.random.default_rng(1)
    inside = []
    for _ in range(400):
        errors = random.normal(size=40)
        (eighty, _) = reaches(errors, np.ones(40, dtype=int), np.array([1]))
        assert eighty.half_widths is not None
        inside.append(abs(random.normal()) <= eighty.half_widths[0])
    assert np.mean(inside) == pytest.approx(0.81, abs=0.04)
