"""Money by the amounts of rows, against a reference that tries everything by hand."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.automl.differences import money_difference
from services.automl.money import MoneyGoal
from services.automl.priced_rows import PricedRows
from services.automl.trial_intervals import trial_intervals
from services.valuation.payoffs import PayoffMatrix
from services.valuation.row_amounts import AmountRule
from tests.makers_automl import make_goal

Floats = NDArray[np.float64]
RULE = AmountRule("fee", usual_amount=100.0, success_rate=0.5)
PAYOFFS = PayoffMatrix(true_positive=40.0, false_positive=-15.0, false_negative=-5.0, true_negative=0.0)
# a caught case brings half its amount less 10 for acting, a missed one costs 5, a false alarm 15


def goal(**changes: Any) -> MoneyGoal:
    return make_goal(**{"payoffs": PAYOFFS, "amounts": RULE, **changes})


amounts = st.one_of(st.just(float("nan")), st.floats(-50, 500).map(lambda amount: round(amount, 2)))
rows = st.lists(
    st.tuples(st.booleans(), st.integers(0, 4).map(lambda fifth: fifth / 4), amounts), min_size=2, max_size=9
)


def read(drawn: list[tuple[bool, float, float]]) -> tuple[NDArray[np.bool_], Floats, Floats]:
    y, scores, given_amounts = zip(*drawn, strict=True)
    return np.array(y), np.array(scores), np.array(given_amounts)


def by_hand(y: NDArray[np.bool_], amount: Floats, acted: NDArray[np.bool_], base_rate: float | None) -> float:
    """Money a case, row by row: what happened with acting less what would have happened without."""
    weight, total = 0.0, 0.0
    for happened, own, acts in zip(y, amount, acted, strict=True):
        each = 1.0 if base_rate is None else base_rate / y.mean() if happened else (1 - base_rate) / (1 - y.mean())
        counts = own if own >= 0 else 100.0
        weight += each
        if acts:
            total += each * ((0.5 * counts - 10.0) - (-5.0) if happened else -15.0)
    return total / weight


@settings(max_examples=150)
@given(drawn=rows, base_rate=st.none() | st.floats(0.05, 0.95), capacity=st.none() | st.floats(0.05, 1))
def test_value_threshold_everyone_and_perfect_are_those_of_trying_everything(
    drawn: list[tuple[bool, float, float]], base_rate: float | None, capacity: float | None
) -> None:
    y, scores, amount = read(drawn)
    assume(base_rate is None or 0 < y.mean() < 1)
    money = goal(base_rate=base_rate, capacity_rate=capacity, cases_per_month=1 / 12)  # a year is one case
    priced = PricedRows(money, y, amount)
    weights, limit = priced.weights / priced.weights.sum(), 1.0 if capacity is None else capacity
    allowed = [cut for cut in (2.0, *scores) if weights[scores >= cut].sum() <= limit + 1e-12]  # 2: acting on nobody
    best = max(by_hand(y, amount, scores >= cut, base_rate) for cut in allowed)
    chosen = priced.threshold(scores)
    assert priced.yearly(scores, chosen) == pytest.approx(best, abs=1e-6)
    assert priced.means(scores, chosen).value == pytest.approx(best, abs=1e-6)
    assert priced.best_yearly(scores) == priced.yearly(scores, chosen)
    everyone = limit * by_hand(y, amount, np.ones(len(y), dtype=bool), base_rate)
    assert priced.everyone_yearly == pytest.approx(everyone, abs=1e-6)
    assert priced.perfect_yearly >= best - 1e-6
    sets = (np.array(choice) for choice in product([False, True], repeat=len(y)))
    within = [by_hand(y, amount, acted, base_rate) for acted in sets if weights[acted].sum() <= limit + 1e-12]
    assert priced.perfect_yearly >= max(within) - 1e-6
    if capacity is None:
        assert priced.perfect_yearly == pytest.approx(max(within), abs=1e-6)


def test_the_last_case_within_capacity_counts_in_part_in_a_perfect_choice() -> None:
    """Of four cases three eighths of the capacity: the whole best one and half of the second."""
    money = goal(capacity_rate=3 / 8, cases_per_month=1 / 12)
    priced = PricedRows(money, np.array([True, True, True, False]), np.array([100.0, 300.0, 200.0, 900.0]))
    assert priced.perfect_yearly == pytest.approx((145.0 + 0.5 * 95.0) / 4)


def test_the_threshold_moves_as_computed_by_hand() -> None:
    """Gains are 45 with the usual amount: the row of 0.6 pays for a false alarm of 15; with 20 (gain 5) it does not."""
    y, scores = np.array([True, False, True, False]), np.array([0.9, 0.7, 0.6, 0.1])
    alike, apart = (PricedRows(goal(), y, np.array([100.0, 0.0, amount, 0.0])) for amount in (100.0, 20.0))
    assert alike.threshold(scores) == pytest.approx(0.35)  # between 0.6 and 0.1
    assert apart.threshold(scores) == pytest.approx(0.8)  # between 0.9 and 0.7
    assert alike.best_yearly(scores) == pytest.approx((45 + 45 - 15) / 4 * 12_000)
    assert apart.best_yearly(scores) == pytest.approx(45 / 4 * 12_000)


def test_amounts_reverse_which_of_two_models_is_better() -> None:
    """One finds many small cases, the other the few large ones."""
    y = np.array([True] * 6 + [False] * 6)
    many = np.array([0.9] * 5 + [0.1] + [0.2] * 6)
    large = np.array([0.1] * 5 + [0.9] + [0.2] * 6)
    amount = np.array([30.0] * 5 + [5_000.0] + [0.0] * 6)
    alike = PricedRows(goal(amounts=None), y)
    apart = PricedRows(goal(), y, amount)
    assert alike.best_yearly(many) > alike.best_yearly(large)
    assert apart.best_yearly(large) > apart.best_yearly(many)
    assert money_difference(alike.goal, y, many, large).value < 0
    assert money_difference(apart.goal, y, many, large, gains=apart.gains).value > 0


@given(drawn=rows, base_rate=st.none() | st.floats(0.05, 0.95), capacity=st.none() | st.floats(0.05, 1))
def test_the_usual_amount_in_every_row_is_the_same_as_no_formula(
    drawn: list[tuple[bool, float, float]], base_rate: float | None, capacity: float | None
) -> None:
    y, scores, _ = read(drawn)
    assume(base_rate is None or 0 < y.mean() < 1)
    settings_of = {"base_rate": base_rate, "capacity_rate": capacity}
    plain = PricedRows(goal(amounts=None, **settings_of), y)
    same = PricedRows(goal(**settings_of), y, np.full(len(y), 100.0))
    assert same.threshold(scores) == plain.threshold(scores)
    for name in ("everyone_yearly", "perfect_yearly"):
        assert getattr(same, name) == pytest.approx(getattr(plain, name), abs=1e-6)
    assert same.best_yearly(scores) == pytest.approx(plain.best_yearly(scores), abs=1e-6)
    assert same.curve(scores).value_per_case == pytest.approx(plain.curve(scores).value_per_case, abs=1e-9)


def test_rows_are_taken_with_their_own_amounts() -> None:
    priced = PricedRows(goal(), np.array([True, False, True]), np.array([10.0, 20.0, 30.0]))
    taken = priced.take(np.array([2, 0, 2]))
    assert taken.amounts is not None
    assert taken.amounts.tolist() == [30.0, 10.0, 30.0]
    assert taken.y.tolist() == [True, True, True]
    assert PricedRows(goal(amounts=None), priced.y).take(np.array([1])).amounts is None


def test_rows_without_their_amounts_are_refused_rather_than_priced_wrongly() -> None:
    with pytest.raises(ValueError, match="amounts of these rows are not known"):
        PricedRows(goal(), np.array([True, False])).threshold(np.array([0.5, 0.5]))


def test_the_interval_of_money_is_as_wide_as_the_amounts_differ() -> None:
    random = np.random.default_rng(0)
    y = random.random(400) < 0.5
    scores = np.where(y, 0.8, 0.2)
    both = np.column_stack([1 - scores, scores])
    wild = np.where(random.random(400) < 0.05, 2_000.0, 0.0)
    priced = [PricedRows(goal(), y, amount) for amount in (np.full(400, wild.mean()), wild)]
    even, uneven = (
        trial_intervals("roc_auc", y.astype(int), both, money=rows.goal, gains=rows.gains) for rows in priced
    )
    assert None not in (even.value_low, even.value_high, uneven.value_low, uneven.value_high)
    assert uneven.value_high - uneven.value_low > 2 * (even.value_high - even.value_low)  # type: ignore[operator]
    assert uneven.value_low < priced[1].best_yearly(scores) < uneven.value_high  # type: ignore[operator]
