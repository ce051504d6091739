import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.automl.intervals import bootstrap, delong, score_interval, wilson

Y = np.array([0] * 5 + [1] * 5, dtype=bool)
A = np.array([0.1, 0.2, 0.3, 0.4, 0.6, 0.35, 0.5, 0.6, 0.8, 0.9])


def test_delong_matches_the_published_example() -> None:
    area, low, high = delong(Y, A)
    assert area == pytest.approx(0.86)
    assert low == pytest.approx(0.618359, abs=1e-6)
    assert high == 1.0


@pytest.mark.parametrize(("hits", "n", "low", "high"), [(81, 263, 0.2553, 0.3662), (0, 10, 0.0, 0.2775)])
def test_wilson_matches_newcombe(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


@given(n=st.integers(1, 500), share=st.floats(0, 1))
def test_wilson_contains_the_share_and_stays_between_zero_and_one(n: int, share: float) -> None:
    hits = round(n * share)
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1


def test_an_area_without_two_rows_of_each_class_has_no_interval() -> None:
    with pytest.raises(ValueError, match="two rows"):
        delong(np.array([True, False, False]), np.array([0.9, 0.1, 0.2]))


def test_the_bootstrap_of_a_mean_is_as_wide_as_theory_says() -> None:
    values = np.random.default_rng(0).normal(size=400)
    interval = bootstrap(lambda rows: float(values[rows].mean()), 400, seed=1)
    assert interval.low is not None
    assert interval.high is not None
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)


def test_resamples_that_a_score_refuses_are_skipped_and_too_few_give_no_interval() -> None:
    def refuse(rows: np.ndarray) -> float:
        raise ValueError

    interval = bootstrap(refuse, 10, n_resamples=20)
    assert (interval.low, interval.high) == (None, None)


def test_each_metric_has_the_method_that_fits_it() -> None:
    probabilities = np.column_stack([1 - A, A])
    assert score_interval("roc_auc", Y.astype(int), probabilities).method == "DeLong"
    assert score_interval("accuracy", Y.astype(int), probabilities).method == "Wilson"
    assert "bootstrap" in score_interval("log_loss", Y.astype(int), probabilities, n_resamples=50).method
