"""Cases as frequent as in use, and halves that nothing belongs to both of."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.automl.preparation import Preparation, prepare
from services.simulation.drawing import deal_halves, draw_cases, resamples
from tests.makers_datasets import make_frame

rates = st.floats(0.02, 0.98)


@given(base_rate=rates, n_positive=st.integers(50, 400), n_negative=st.integers(50, 400), most=st.integers(60, 900))
def test_the_outcome_is_as_frequent_as_in_use_and_no_case_counts_twice(
    base_rate: float, n_positive: int, n_negative: int, most: int
) -> None:
    y = np.repeat([1, 0], [n_positive, n_negative])
    drawn = draw_cases(y, base_rate=base_rate, most=most, seed=1)
    assert len(np.unique(drawn)) == len(drawn) <= most + 1
    assert y[drawn].mean() == pytest.approx(base_rate, abs=1.5 / len(drawn))


def test_of_a_number_all_cases_are_drawn_where_there_is_time() -> None:
    y = np.arange(100.0)
    assert draw_cases(y, base_rate=None, most=1_000, seed=0).tolist() == list(range(100))
    assert len(draw_cases(y, base_rate=None, most=30, seed=0)) == 30


def prepared(**split: object) -> Preparation:
    frame = make_frame(400).assign(day=pd.date_range("2024-01-01", periods=400).strftime("%Y-%m-%d"))
    frame["shop"] = [f"shop {row % 23}" for row in range(400)]
    return prepare(frame.drop(columns="customerID"), target="churn", positive_label="Yes", split=split or None)


def test_halves_are_dealt_by_chance_and_alike_each_time() -> None:
    preparation = prepared(kind="random")
    half = deal_halves(preparation)
    assert half.sum() == pytest.approx(len(half) / 2, abs=1)
    assert (half == deal_halves(preparation)).all()
    assert (half != deal_halves(replace(preparation, seed=5))).any()


@pytest.mark.parametrize("split", [{"kind": "group", "group": "shop"}, {"kind": "time", "time": "day"}])
def test_rows_that_belong_together_are_in_one_half(split: dict[str, object]) -> None:
    preparation = prepared(**split)
    half = deal_halves(preparation)
    assert 0.2 < half.mean() < 0.8
    for fold in preparation.folds:
        assert len(set(half[fold].tolist())) == 1


def test_each_resample_has_as_many_of_each_outcome_as_there_are() -> None:
    y, rows = np.repeat([0, 1], [90, 10]), np.arange(0, 100, 2)
    for drawn in resamples(rows, y, 3, is_stratified=True, seed=0):
        assert set(drawn.tolist()) <= set(rows.tolist())
        assert y[drawn].sum() == 5
        assert len(drawn) == 50
