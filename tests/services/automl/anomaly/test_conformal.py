"""p-values against rows that were kept aside."""

import numpy as np
import pytest

from services.automl.anomaly.conformal import flagged_interval, limit_for, p_values, p_values_within

NINE = np.arange(1, 10) / 10


@pytest.mark.parametrize(("score", "p_value"), [(0.85, 0.2), (0.95, 0.1), (0.05, 1.0), (0.9, 0.2)])
def test_a_p_value_counts_the_reference_and_itself(score: float, p_value: float) -> None:
    assert p_values(np.array([score]), NINE) == pytest.approx([p_value])


@pytest.mark.parametrize("share", [0.01, 0.05, 0.1, 0.3])
@pytest.mark.parametrize("n", [5, 19, 20, 99, 250])
def test_a_row_is_above_the_limit_exactly_where_its_p_value_is_small_enough(share: float, n: int) -> None:
    random = np.random.default_rng(n)
    reference, scores = random.integers(0, 40, n) / 40, random.integers(0, 42, 300) / 40
    limit = limit_for(share, reference)
    is_small = p_values(scores, reference) <= share + 1e-12
    assert not is_small.any() if limit is None else ((scores > limit) == is_small).all()


def test_a_small_reference_can_flag_nothing() -> None:
    assert limit_for(0.05, np.arange(18.0)) is None
    assert limit_for(0.05, np.arange(19.0)) == 18.0
    assert flagged_interval(0.05, 18) is None


def test_the_share_that_is_flagged_is_the_one_that_was_asked_for_on_average() -> None:
    random = np.random.default_rng(0)
    shares = [(p_values(random.normal(size=200), random.normal(size=99)) <= 0.05).mean() for _ in range(400)]
    assert np.mean(shares) == pytest.approx(0.05, abs=0.004)


def test_the_interval_holds_the_share_of_further_rows_in_95_of_100_references() -> None:
    random = np.random.default_rng(1)
    interval = flagged_interval(0.05, 199)
    assert interval is not None
    limits = [limit_for(0.05, random.uniform(size=199)) for _ in range(2_000)]
    rates = 1 - np.array(limits, dtype=float)
    assert ((rates >= interval[0]) & (rates <= interval[1])).mean() == pytest.approx(0.95, abs=0.02)


def test_within_a_fold_the_most_unusual_of_n_rows_has_one_nth() -> None:
    assert p_values_within(np.array([3.0, 1.0, 2.0, 2.0])) == pytest.approx([0.25, 1.0, 0.75, 0.75])
