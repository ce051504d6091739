"""Swings, rank correlations and break-even figures."""

import numpy as np
import pytest
from scipy import stats

from services.valuation.uncertainty.estimates import Estimate
from services.valuation.uncertainty.sensitivity import break_even, rank_correlation, swings
from services.valuation.uncertainty.simulation import simulate
from tests.makers_plans import benefit, cost, plan

YEARLY = np.array([1.1**-year for year in range(4)])
BENEFITS, CAPEX, RUN = np.array([0, 90, 100, 100]), 150.0, np.array([0, 30, 30, 30])


def lease(benefits: float = 1, capex: float = 1, run: float = 1) -> float:
    return float((benefits * BENEFITS - run * RUN) @ YEARLY * 1_000 - capex * CAPEX * 1_000)


def test_the_published_case_swings_and_breaks_even_where_it_should() -> None:
    assert lease() == pytest.approx(14_988.73, abs=0.01)
    assert [lease(benefits=0.8), lease(benefits=1.2)] == pytest.approx([-32_930, 62_908], abs=1)
    assert [lease(capex=0.8), lease(capex=1.2)] == pytest.approx([44_989, -15_011], abs=1)
    assert [lease(run=0.8), lease(run=1.2)] == pytest.approx([29_910, 68], abs=1)
    assert break_even(lambda times: lease(benefits=times), 0.5, 1.5) == pytest.approx(0.937441, abs=1e-6)
    assert break_even(lambda times: lease(benefits=times), 0.95, 1.5) is None


def test_the_largest_swing_comes_first_and_a_cost_swings_down() -> None:
    one = plan(cost(), benefit(), cost("Licence", 5, 5))
    found = swings(simulate(one))
    assert [swing.name for swing in found] == ["Leavers kept", "Integration", "Licence"]
    kept, integration, licence = found
    assert kept.worth_at_high > kept.worth_at_low
    assert integration.worth_at_high < integration.worth_at_low
    assert (licence.size, licence.rank_correlation, licence.break_even) == (0, 0, None)
    assert kept.rank_correlation > 0.9 > 0 > integration.rank_correlation


def test_at_its_break_even_an_item_makes_the_plan_worth_nothing() -> None:
    one = plan(cost(low=200_000, high=300_000), benefit(low=1_000, high=20_000))
    found = {swing.name: swing.break_even for swing in swings(simulate(one))}
    amount = found["Leavers kept"]
    assert amount is not None
    fixed = plan(cost(amount=Estimate(250_000, 250_000)), benefit(low=amount, high=amount))
    assert float(fixed.weights @ fixed.expected_amounts) == pytest.approx(0, abs=1e-3)


def test_ranks_agree_with_scipy_also_where_values_are_equal() -> None:
    rng = np.random.default_rng(5)
    one, other = rng.integers(0, 9, 300).astype(float), rng.normal(size=300)
    assert rank_correlation(one, other) == pytest.approx(stats.spearmanr(one, other).statistic)
    assert rank_correlation(one, np.ones(300)) == 0
