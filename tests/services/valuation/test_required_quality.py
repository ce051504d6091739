"""The poorest model that pays back, against closed-form figures."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.valuation.payoffs import PayoffMatrix
from services.valuation.policy import perfect_value
from services.valuation.required_quality import (
    Situation,
    best_use,
    break_even_precision,
    break_even_recall,
    required_quality,
)

PAYOFFS = PayoffMatrix(180, -20, 0, 0)
RARE = Situation(PAYOFFS, base_rate=0.05)
N_CASES, FIXED = 100_000, 150_000


def test_the_required_model_is_the_one_of_the_closed_form() -> None:
    quality = required_quality(RARE, FIXED / N_CASES)

    assert quality is not None
    assert quality.auc == pytest.approx(0.7535872, abs=1e-6)
    assert quality.found_rate == pytest.approx(0.387647, abs=1e-5)
    assert quality.false_alarm_rate == pytest.approx(0.104675, abs=1e-5)
    assert quality.precision == pytest.approx(0.163119, abs=1e-5)
    assert quality.share_acted * N_CASES == pytest.approx(11_882, abs=1)
    assert quality.value_per_case * N_CASES == pytest.approx(FIXED)


@pytest.mark.parametrize(("auc", "net"), [(0.6, -146_886), (0.7, -73_757), (0.8, 77_974), (0.9, 292_407)])
def test_a_model_of_known_quality_earns_its_closed_form_value(auc: float, net: float) -> None:
    assert best_use(RARE, auc).value_per_case * N_CASES - FIXED == pytest.approx(net, abs=1)


def test_too_few_cases_cannot_pay_for_a_perfect_model() -> None:
    assert required_quality(RARE, FIXED / 1_000) is None


def test_precision_and_recall_at_break_even_include_the_fixed_cost() -> None:
    precision = break_even_precision(PAYOFFS, FIXED, 10_000)

    assert precision == pytest.approx(0.175)
    assert precision / 0.05 == pytest.approx(3.5)
    assert break_even_precision(PAYOFFS, 0, 10_000) / 0.05 == pytest.approx(2)
    recall = break_even_recall(PAYOFFS, FIXED, n_cases=N_CASES, base_rate=0.05, precision=0.25)
    assert recall == pytest.approx(0.25)
    assert break_even_recall(PAYOFFS, FIXED, n_cases=N_CASES, base_rate=0.05, precision=0.05) is None


def test_a_perfect_model_finds_all_without_a_false_alarm() -> None:
    quality = best_use(RARE, 1.0)

    assert quality.value_per_case == pytest.approx(perfect_value(PAYOFFS, 0.05), rel=1e-4)
    assert quality.value_per_case * N_CASES - FIXED == pytest.approx(750_000, rel=1e-3)


def test_capacity_makes_the_task_harder_and_its_break_even_follows_from_precision() -> None:
    tight = Situation(PAYOFFS, base_rate=0.05, capacity_rate=0.05)
    free, limited = required_quality(RARE, 1.5), required_quality(tight, 1.5)

    assert free is not None
    assert limited is not None
    assert limited.auc > free.auc
    assert limited.share_acted == pytest.approx(0.05)
    assert limited.precision == pytest.approx(break_even_precision(PAYOFFS, FIXED, 0.05 * N_CASES))


def test_a_model_must_beat_acting_on_everyone_where_that_pays() -> None:
    common = Situation(PayoffMatrix(10, -1, 0, 0), base_rate=0.5)
    quality = required_quality(common, 0.1)

    assert common.value_without_model == pytest.approx(4.5)
    assert quality is not None
    assert quality.value_per_case == pytest.approx(4.6)


def test_no_model_pays_where_acting_costs_nothing() -> None:
    assert required_quality(Situation(PayoffMatrix(10, 0, 0, 0), base_rate=0.5), 0.01) is None


@given(st.floats(1, 500), st.floats(0.1, 500), st.floats(0.01, 0.99), st.floats(0.01, 1), st.floats(0.5, 0.99))
def test_a_better_model_within_capacity_is_never_worth_less(
    gain: float, loss: float, base_rate: float, capacity_rate: float, auc: float
) -> None:
    situation = Situation(PayoffMatrix(gain, -loss, 0, 0), base_rate, capacity_rate)
    worse, better = best_use(situation, auc), best_use(situation, auc + (0.999 - auc) / 2)

    assert better.value_per_case >= worse.value_per_case - 1e-6
    assert better.share_acted <= capacity_rate + 1e-9
    perfect = perfect_value(situation.payoffs, base_rate, capacity_rate=capacity_rate)
    assert better.value_per_case <= perfect + 1e-6
    assume(auc > 0.501)
    assert worse.value_per_case >= situation.value_without_model - 1e-6
