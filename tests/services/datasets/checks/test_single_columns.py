"""How well one column alone tells the target."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from services.datasets.checks.single_columns import auc_of, score_columns
from services.datasets.checks.subject import NotApplicableError
from tests.makers_checks import make_subject

DRAW = np.random.default_rng(0)
Y = DRAW.integers(0, 2, 2000)


def test_the_better_direction_counts() -> None:
    x = -Y + DRAW.normal(size=2000)
    found = score_columns(make_subject({"x": x, "y": Y}, target="y", positive_label="1"))
    assert found["x"] == pytest.approx(roc_auc_score(Y, -x))


def test_a_category_is_scored_by_rows_it_was_not_learned_from() -> None:
    noise = DRAW.integers(0, 900, 2000).astype(str)
    signal = np.where(DRAW.random(2000) < 0.8, Y, 1 - Y).astype(str)
    found = score_columns(make_subject({"noise": noise, "signal": signal, "y": Y}, target="y"))
    assert found["noise"] < 0.6
    assert found["signal"] == pytest.approx(0.8, abs=0.03)


def test_a_number_without_order_is_scored_by_its_values() -> None:
    codes = np.where(Y == 1, DRAW.choice([0, 2, 4], 2000), DRAW.choice([1, 3, 5], 2000))
    assert score_columns(make_subject({"x": codes, "y": Y}, target="y"))["x"] > 0.99


def test_an_amount_is_scored_by_the_share_explained() -> None:
    amount = DRAW.normal(size=2000)
    x, group = amount + DRAW.normal(size=2000), (amount > 0).astype(str)
    found = score_columns(make_subject({"x": x, "group": group, "y": amount}, target="y"))
    assert found["x"] == pytest.approx(0.5, abs=0.05)
    assert found["group"] == pytest.approx(2 / np.pi, abs=0.03)  # of a normal split at its mean


def test_few_rows_of_a_class_have_no_score() -> None:
    assert score_columns(make_subject({"x": range(100), "y": [0] * 90 + [1] * 10}, target="y")) == {}
    assert np.isnan(auc_of(np.arange(30.0), np.arange(30) < 10))


def test_without_a_target_there_is_no_score() -> None:
    with pytest.raises(NotApplicableError):
        score_columns(make_subject({"x": [1, 2]}))
