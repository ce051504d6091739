"""Thresholds for groups: equal shares, the money that is best within capacity, and groups too small for their own."""

import numpy as np
import pytest

from services.automl.priced_rows import PricedRows
from services.fairness.thresholds import Scored, acts_on, equal_thresholds, one_threshold
from tests.makers_automl import make_goal


def make_scored(n: int = 2_000, *, has_money: bool = True, capacity: float | None = None) -> Scored:
    """Two groups of whom the scores of the second are lower by a quarter."""
    random = np.random.default_rng(0)
    codes = (random.random(n) < 0.4).astype(np.intp)
    y = random.random(n) < 0.4
    scores = np.clip(0.3 + 0.4 * y - 0.25 * codes + random.normal(0, 0.15, n), 0, 1)
    goal = make_goal(capacity_rate=capacity)
    return Scored(scores, y, codes, 2, PricedRows(goal, y) if has_money else None)


@pytest.mark.parametrize("equal", ["acted", "found", "alarms"])
@pytest.mark.parametrize("has_money", [True, False])
def test_the_share_is_equal_on_the_rows_it_was_chosen_on(equal: str, has_money: bool) -> None:
    rows = make_scored(has_money=has_money)
    acted = acts_on(rows.scores, rows.codes, equal_thresholds(rows, equal, 0.5))  # type: ignore[arg-type]
    kind = {"acted": np.ones_like(rows.y), "found": rows.y, "alarms": ~rows.y}[equal]
    shares = [acted[kind & (rows.codes == group)].mean() for group in (0, 1)]
    assert shares[0] == pytest.approx(shares[1], abs=0.01)


def test_without_payoffs_as_many_are_acted_on_as_before() -> None:
    rows = make_scored(has_money=False)
    acted = acts_on(rows.scores, rows.codes, equal_thresholds(rows, "acted", 0.5))
    assert acted.mean() == pytest.approx((rows.scores >= 0.5).mean(), abs=0.005)
    assert one_threshold(rows, 0.5).tolist() == [0.5, 0.5]


def test_capacity_is_kept() -> None:
    rows = make_scored(capacity=0.15)
    assert rows.priced is not None
    acted = acts_on(rows.scores, rows.codes, equal_thresholds(rows, "found", 0.5))
    assert 0.05 < acted.mean() <= 0.15
    assert acts_on(rows.scores, rows.codes, one_threshold(rows, 0.5)).mean() <= 0.15


def test_of_all_sets_with_equal_shares_the_one_that_pays_best_is_taken() -> None:
    rows = make_scored()
    assert rows.priced is not None
    worth = rows.priced.worth

    def paid(level: float) -> float:
        ends = [np.quantile(rows.scores[rows.codes == group], 1 - level) for group in (0, 1)]
        return float(worth[acts_on(rows.scores, rows.codes, np.array(ends))].sum())

    chosen = float(worth[acts_on(rows.scores, rows.codes, equal_thresholds(rows, "acted", 0.5))].sum())
    assert chosen >= max(paid(level) for level in np.linspace(0, 1, 21)) * 0.995


def test_a_group_of_twenty_rows_takes_the_threshold_of_all() -> None:
    rows = make_scored()
    codes = rows.codes.copy()
    codes[:20] = 2
    small = Scored(rows.scores, rows.y, codes, 3, None)
    thresholds = equal_thresholds(small, "acted", 0.5)
    assert thresholds[2] == pytest.approx(np.quantile(rows.scores, 1 - (rows.scores >= 0.5).mean()), abs=0.02)
    assert thresholds[0] != thresholds[2]


def test_rows_with_the_same_score_are_treated_alike() -> None:
    y = np.arange(100) % 2 == 0
    rows = Scored(np.full(100, 0.7), y, np.repeat([0, 1], 50), 2, None)
    acted = acts_on(rows.scores, rows.codes, equal_thresholds(rows, "acted", 0.5))
    assert acted.all()
