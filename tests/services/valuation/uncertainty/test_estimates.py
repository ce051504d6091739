"""Ranges of figures, against published moments and quantiles."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.valuation.uncertainty.estimates import Estimate

SCORES = np.random.default_rng(7).standard_normal(200_000)


def test_a_lognormal_interval_has_the_moments_of_its_ends() -> None:
    estimate = Estimate(100, 1_000, shape="lognormal")
    assert estimate.location == pytest.approx((5.7564627, 0.6999362), abs=5e-7)
    assert estimate.mean == pytest.approx(404.0013, abs=1e-3)
    assert estimate.percentile(50) == pytest.approx(316.2278, abs=1e-3)


def test_a_pert_has_the_published_moments_and_percentiles() -> None:
    estimate = Estimate(10, 60, 20, "pert")
    drawn = estimate.at(SCORES)
    assert estimate.pert_shape == pytest.approx((1.8, 4.2))
    assert estimate.mean == 25
    assert drawn.mean() == pytest.approx(25, abs=0.1)
    assert drawn.std() == pytest.approx(8.660254, abs=0.05)
    found = [estimate.percentile(percent) for percent in (10, 50, 90)]
    assert found == pytest.approx([14.4951, 23.8336, 37.2667], abs=1e-3)


def test_a_triangle_has_the_published_moments_and_percentiles() -> None:
    estimate = Estimate(10, 60, 20, "triangular")
    drawn = estimate.at(SCORES)
    assert estimate.mean == 30
    assert drawn.std() == pytest.approx(10.801234, abs=0.05)
    found = [estimate.percentile(percent) for percent in (10, 50, 90)]
    assert found == pytest.approx([17.0711, 28.3772, 45.8579], abs=1e-4)


def test_nine_in_ten_lie_inside_an_interval() -> None:
    for shape in ("normal", "lognormal"):
        drawn = Estimate(100, 1_000, shape=shape).at(SCORES)
        assert np.mean((drawn >= 100) & (drawn <= 1_000)) == pytest.approx(0.9, abs=0.003)
        assert "90%" in Estimate(100, 1_000, shape=shape).meaning


@pytest.mark.parametrize("shape", ["normal", "lognormal", "triangular", "pert"])
def test_equal_ends_are_a_constant(shape: str) -> None:
    estimate = Estimate(5, 5, shape=shape)
    assert estimate.is_constant
    assert set(estimate.at(SCORES[:10])) == {5.0}
    assert estimate.mean == estimate.percentile(90) == 5


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ({"low": 9, "high": 3}, "Low (9) is above high (3)"),
        ({"low": 1, "high": 3, "likely": 4}, "Likely (4) must lie"),
        ({"low": 1, "high": 3, "likely": 2, "shape": "normal"}, "takes two ends only"),
        ({"low": 0, "high": 3, "shape": "lognormal"}, "more than 0"),
        ({"low": math.nan, "high": 3}, "must be numbers"),
        ({"low": True, "high": 3}, "must be numbers"),
        ({"low": 1, "high": 1e31}, "any amount there is"),
        ({"low": 1, "high": 2, "shape": "cauchy"}, "must be one of"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused_in_words(figures: dict[str, float], sentence: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        Estimate(**figures)  # type: ignore[arg-type]
    assert sentence in str(refused.value)


@given(
    ends=st.tuples(st.floats(0.01, 1e9), st.floats(0.01, 1e9)).map(sorted).filter(lambda two: two[1] > two[0] * 1.001),
    shape=st.sampled_from(["normal", "lognormal", "triangular", "pert"]),
)
def test_a_higher_score_is_never_a_lower_figure_and_limits_hold(ends: list[float], shape: str) -> None:
    estimate = Estimate(ends[0], ends[1], shape=shape)
    drawn = estimate.at(np.linspace(-6, 6, 101))
    assert (np.diff(drawn) >= -1e-9 * ends[1]).all()
    if shape in ("triangular", "pert"):
        assert drawn.min() >= ends[0] * (1 - 1e-9)
        assert drawn.max() <= ends[1] * (1 + 1e-9)


def test_a_lognormal_range_without_a_finite_mean_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="closer together"):
        Estimate(1e-45, 1e12, shape="lognormal")
    assert Estimate(1e-6, 1e5, shape="lognormal").mean < float("inf")
