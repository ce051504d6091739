"""Ranks of many columns at once give what each pair alone gives."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from services.datasets.checks.orders import average_ranks, correlate, rank_columns, rank_known, separate
from tests.makers_checks import make_subject

DRAW = np.random.default_rng(0)


def test_correlations_are_those_of_scipy() -> None:
    columns = {"a": DRAW.normal(size=80), "b": DRAW.integers(0, 5, 80), "c": DRAW.normal(size=80)}
    found = correlate(rank_columns(make_subject(columns)))
    assert found[0, 1] == pytest.approx(stats.spearmanr(columns["a"], columns["b"]).statistic, abs=1e-5)
    assert found[0, 2] == pytest.approx(stats.spearmanr(columns["a"], columns["c"]).statistic, abs=1e-5)


@given(st.lists(st.sampled_from([0.0, -0.0, 1.5, -2.0, np.inf, np.nan]) | st.floats(), max_size=40))
def test_ranks_are_those_of_pandas(values: list[float]) -> None:
    expected = pd.Series(values, dtype="float64").rank().fillna(0.0)
    assert average_ranks(np.asarray(values, dtype=float)).tolist() == expected.tolist()


def test_with_gaps_they_are_close_to_those_over_complete_pairs() -> None:
    left = DRAW.normal(size=2000)
    right = left + DRAW.normal(size=2000)
    right[DRAW.random(2000) < 0.3] = np.nan
    both = ~np.isnan(right)
    found = correlate(rank_columns(make_subject({"a": left, "b": right})))[0, 1]
    assert found == pytest.approx(stats.spearmanr(left[both], right[both]).statistic, abs=0.02)


def test_too_few_pairs_have_no_correlation() -> None:
    columns = {"a": [1.0, 2.0] * 30 + [np.nan] * 60, "b": [np.nan] * 60 + [1.0, 2.0] * 30}
    assert np.isnan(correlate(rank_columns(make_subject(columns)))[0, 1])


@given(st.lists(st.integers(-3, 3), min_size=10, max_size=50), st.lists(st.booleans(), min_size=50, max_size=50))
def test_separation_is_the_area_under_the_curve(values: list[int], flags: list[bool]) -> None:
    is_class = np.asarray(flags[: len(values)])
    if is_class.all() or not is_class.any() or len(set(values)) < 2:
        return
    orders = rank_columns(make_subject({"x": [float(v) for v in values]}))
    found = separate(orders, is_class.astype(float)[:, None], 1)[0, 0]
    assert found == pytest.approx(roc_auc_score(is_class, values))


def test_gaps_are_left_out_of_the_separation() -> None:
    values, is_class = np.array([1.0, np.nan, 3.0, 4.0, 2.0]), np.array([0.0, 1.0, 1.0, 1.0, 0.0])
    orders = rank_columns(make_subject({"x": values}))
    assert separate(orders, is_class[:, None], 1)[0, 0] == 1.0
    assert np.isnan(separate(orders, is_class[:, None], 3)[0, 0])


def test_rows_without_an_outcome_are_not_ranked() -> None:
    subject = make_subject({"x": [5.0, 1.0, 3.0], "y": ["a", None, "b"]}, target="y")
    assert rank_known(subject).ranks[:, 0].tolist() == [2.0, 1.0]
    assert rank_columns(subject).ranks[:, 0].tolist() == [3.0, 1.0, 2.0]


def test_dates_are_ranked_and_text_is_not() -> None:
    moments = pd.Series(["2024-01-02", "2024-01-01"], dtype="datetime64[us]")
    assert rank_columns(make_subject({"d": moments, "t": ["a", "b"]})).names == ("d",)
