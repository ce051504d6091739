from collections.abc import Callable
from dataclasses import replace
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.automl.more_rows import FASTEST, SLOWEST, MoreRows, describe_more_rows

CURVE = MoreRows(n_half=500, n_whole=1_000, n_judged=400, half=0.6, whole=0.8, exponent=1.0, deviation=0.1)


def test_what_twice_as_many_rows_give_is_said_with_its_numbers() -> None:
    words = describe_more_rows(CURVE, "roc_auc")
    for part in ("0.600 after learning from 500 rows", "0.800 after 1,000", "400 rows", "to about 0.900, between 0.8"):
        assert part in words


def test_a_difference_that_may_be_chance_promises_nothing() -> None:
    words = describe_more_rows(MoreRows(500, 1_000, 400, 30_100.0, 30_000.0, 0.005, 0.1), "rmse")
    assert "30,100" in words and "cannot be told" in words and "twice" not in words


def test_that_more_rows_do_not_help_is_said_where_it_is_known() -> None:
    words = describe_more_rows(MoreRows(5_000, 10_000, 4_000, 30_010.0, 30_000.0, 0.001, 0.002), "rmse")
    assert "unlikely to help, other columns may" in words


@pytest.mark.parametrize(("n_rows", "left"), [(1_000, 1.0), (2_000, 0.5), (4_000, 0.25)])
def test_what_falls_fast_falls_like_a_power_of_the_rows_and_no_faster(n_rows: int, left: float) -> None:
    assert CURVE.factor(n_rows) == pytest.approx(left)


def test_an_error_that_nears_its_end_like_a_root_is_found_within_the_doubt() -> None:
    """1 + 30 / sqrt(n): a doubling brings 1 / sqrt(2) of what the one before brought; the end, 1, is never reached."""
    curve = _curve(lambda n: 1 + 30 / n**0.5)
    for n_rows in (1_500, 2_000, 8_000):
        truth = 1 + 30 / n_rows**0.5
        assert curve.whole * curve.factor(n_rows, share=FASTEST) == pytest.approx(truth)
        assert abs(curve.whole * curve.factor(n_rows) - truth) < 1.2 * curve.whole * curve.doubt(1_000, n_rows)


def test_an_error_that_nears_its_end_like_one_by_n_is_found_within_the_doubt() -> None:
    curve = _curve(lambda n: 1 + 500 / n)
    for n_rows in (1_500, 2_000, 8_000):
        truth = 1 + 500 / n_rows
        assert curve.whole * curve.factor(n_rows, share=SLOWEST) == pytest.approx(truth)
        assert abs(curve.whole * curve.factor(n_rows) - truth) < 1.2 * curve.whole * curve.doubt(1_000, n_rows)


@given(exponent=st.floats(0, 2), n_rows=st.floats(1_000, 1e9), n_more=st.floats(1, 10))
def test_more_rows_never_harm_and_never_bring_more_than_all(exponent: float, n_rows: float, n_more: float) -> None:
    curve = replace(CURVE, exponent=exponent)
    assert -1e-9 <= curve.factor(n_rows * n_more) <= curve.factor(n_rows) + 1e-9
    assert curve.factor(n_rows) <= 1 + 1e-9
    assert curve.factor(500) == pytest.approx(2**exponent)  # back to where half of the rows were


def _curve(error: Callable[[int], float]) -> MoreRows:
    half, whole = error(500), error(1_000)
    return replace(CURVE, half=half, whole=whole, exponent=log2(half / whole), deviation=0.0)
