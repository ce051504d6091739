"""The rows a model is most wrong about, and what a cleaner version of its data gives."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from services.automl.candidates import Candidate
from services.automl.errors import UnusableDataError
from services.automl.money import MoneyGoal
from services.automl.preparation import Preparation, prepare
from services.automl.training import fit_pipeline, new_pipeline
from services.models.top_loss import compare, highest_losses, out_of_fold, row_losses
from services.models.top_loss_report import Comparison
from services.valuation.payoffs import PayoffMatrix

LINEAR = Candidate("linear", {"numbers": "standard", "strength": 1.0})
MONEY = MoneyGoal(PayoffMatrix(100.0, -20.0, 0.0, 0.0), None, 1_000.0, None, "EUR")


def make_rows(n: int = 500, n_wrong: int = 40) -> tuple[pd.DataFrame, set[int]]:
    """Two columns that decide the outcome, and rows whose outcome was turned around."""
    random = np.random.default_rng(5)
    frame = pd.DataFrame({"a": random.normal(size=n), "b": random.normal(size=n)})
    gap = (frame["a"] + frame["b"]).to_numpy()
    wrong = {int(row) for row in random.choice(np.flatnonzero(np.abs(gap) > 1.0), n_wrong, replace=False)}
    said = [(value > 0) != (row in wrong) for row, value in enumerate(gap)]
    return frame.assign(y=pd.Series(["Yes" if value else "No" for value in said], dtype="str")), wrong


def prepared(frame: pd.DataFrame, money: MoneyGoal | None = None) -> Preparation:
    return prepare(frame, target="y", positive_label="Yes", money=money)


def test_the_loss_is_that_of_what_happened() -> None:
    said = np.array([[0.9, 0.1], [0.2, 0.8]])
    assert row_losses(np.array([0, 0]), said) == pytest.approx([-np.log(0.9), -np.log(0.2)])
    assert row_losses(np.array([3.0, 5.0]), np.array([1.0, 5.5])) == pytest.approx([2.0, 0.5])


def test_rows_the_model_is_right_about_are_not_listed() -> None:
    said = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]])
    assert highest_losses(np.array([0, 0, 0]), said).tolist() == [1, 2]


def test_rows_that_were_turned_around_are_on_top() -> None:
    frame, wrong = make_rows()
    preparation = prepared(frame)
    pipeline = fit_pipeline(new_pipeline(preparation, LINEAR), LINEAR, preparation.train.x, preparation.train.y)
    y = preparation.train.y
    found = highest_losses(y, out_of_fold(pipeline, "linear", preparation))
    planted = [int(preparation.train.positions[i]) in wrong for i in found]
    n_planted = sum(int(row) in wrong for row in preparation.train.positions)
    assert sum(planted[:n_planted]) >= 0.9 * n_planted


def cleaned(preparation: Preparation, wrong: set[int]) -> tuple[np.ndarray, np.ndarray]:
    """The outcomes of all rows after the wrong ones were set right, and where each training row stands."""
    positions = preparation.train.positions
    y = np.full(int(positions.max()) + 1, -1)
    y[positions] = [
        1 - value if int(row) in wrong else value for row, value in zip(positions, preparation.train.y, strict=True)
    ]
    return positions, y


def compared(preparation: Preparation, frame: pd.DataFrame, positions: np.ndarray, y: np.ndarray) -> Comparison:
    pipeline = fit_pipeline(new_pipeline(preparation, LINEAR), LINEAR, preparation.train.x, preparation.train.y)
    x = frame[["a", "b"]].iloc[: len(y)].reset_index(drop=True)
    return compare(pipeline, "linear", preparation, positions=positions, x=x, y=y)


def test_correcting_planted_errors_is_judged_on_the_rows_nobody_touched() -> None:
    frame, wrong = make_rows()
    preparation = prepared(frame, MONEY)
    result = compared(preparation, frame, *cleaned(preparation, wrong))
    n_touched = sum(int(row) in wrong for row in preparation.train.positions)
    assert result.n_compared == len(preparation.train) - n_touched
    assert result.after.n_learned == result.before.n_learned == len(preparation.train)
    assert result.score_gain == pytest.approx(result.after.score - result.before.score)
    assert result.amount_gain is not None
    assert result.amount_gain_low is not None
    assert result.amount_gain_low <= result.amount_gain + 1e-6
    assert Comparison.from_document(result.document()) == result


def test_versions_that_are_the_same_differ_by_nothing() -> None:
    frame, _ = make_rows()
    preparation = prepared(frame)
    result = compared(preparation, frame, *cleaned(preparation, set()))
    assert result.score_gain == 0.0
    assert (result.score_gain_low, result.score_gain_high) == (0.0, 0.0)
    assert result.amount_gain is None


def test_rows_that_were_left_out_are_not_learned_from() -> None:
    frame, wrong = make_rows()
    preparation = prepared(frame)
    positions, y = cleaned(preparation, set())
    gone = np.isin(positions, list(wrong))
    result = compared(preparation, frame, np.where(gone, -1, positions), y)
    assert result.after.n_learned == len(preparation.train) - int(gone.sum()) == result.n_compared


def test_too_few_common_rows_are_refused() -> None:
    frame, _ = make_rows()
    preparation = prepared(frame)
    positions, y = cleaned(preparation, set())
    with pytest.raises(UnusableDataError, match="needed to compare"):
        compared(replace(preparation), frame, np.full_like(positions, -1), y)
