"""Draws of a plan."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.valuation.uncertainty.estimates import Estimate
from services.valuation.uncertainty.simulation import Spread, simulate
from tests.makers_plans import benefit, cost, plan


def test_the_same_seed_gives_the_same_draws_and_their_mean_is_the_expected_value() -> None:
    one, again, other = simulate(plan()), simulate(plan()), simulate(plan(), seed=1)
    assert (one.worth.values == again.worth.values).all()
    assert (one.worth.values != other.worth.values).any()
    expected = float(plan().weights @ plan().expected_amounts)
    assert one.worth.mean == pytest.approx(expected, abs=4 * one.worth.values.std() / 100)


@settings(max_examples=25, deadline=None)
@given(low=st.floats(0, 3_000), width=st.floats(0, 3_000), raised=st.floats(0, 3_000), second=st.booleans())
def test_the_chance_of_a_gain_never_falls_where_a_benefit_rises(
    low: float, width: float, raised: float, second: bool
) -> None:
    def chance(more: float) -> float:
        other = benefit("Calls saved", 100, 900)
        first = benefit(low=low + more, high=low + width + more)
        return simulate(plan(cost(), *((other, first) if second else (first, other))), n_draws=500).worth.chance_of_gain

    assert chance(raised) >= chance(0)


def test_something_that_may_not_happen_counts_as_often_as_it_does() -> None:
    one = simulate(plan(benefit(), cost("Fine", 9, 9, chance=0.25)))
    assert np.mean(one.amounts[:, 1] > 0) == pytest.approx(0.25, abs=0.02)


def test_figures_that_move_together_widen_the_spread() -> None:
    one = plan(benefit("A", 1_000, 9_000), benefit("B", 1_000, 9_000), cost())
    alone, together = simulate(one), simulate(one, correlations={("A", "B"): 0.9})
    assert alone.is_independent
    assert not together.is_independent
    assert together.worth.values.std() > 1.2 * alone.worth.values.std()
    found = np.corrcoef(together.amounts[:, 0], together.amounts[:, 1])[0, 1]
    assert found == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ({("A", "Z"): 0.5}, "no item “Z”"),
        ({("A", "B"): 1.0}, "between −1 and 1"),
        ({("A", "A"): 0.5}, "two different items"),
        ({("A", "B"): 0.9, ("B", "C"): 0.9, ("A", "C"): -0.9}, "contradict"),
    ],
)
def test_impossible_correlations_are_refused(pairs: dict[tuple[str, str], float], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        simulate(plan(benefit("A"), benefit("B"), benefit("C")), correlations=pairs)


def test_a_spread_says_its_percentiles_its_tail_and_how_often_more_is_earned() -> None:
    spread = Spread(np.arange(1.0, 101.0))
    assert spread.percentile(50) == 50.5
    assert spread.tail_mean == 5.5
    points, above = spread.exceedance(11)
    assert (points[0], points[-1]) == (1, 100)
    assert (above[0], above[-1]) == (0.99, 0)
    assert (np.diff(above) <= 0).all()


def test_payback_counts_money_that_is_not_discounted() -> None:
    even = plan(cost(low=36, high=36), benefit(low=1, high=1))
    assert simulate(even).chance_of_payback == 1
    assert simulate(even).worth.chance_of_gain == 0


def test_a_machine_lease_of_the_textbook_loses_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    savings = [Estimate(*ends, shape="normal").at(rng.standard_normal(400_000)) for ends in ((10, 20), (-2, 8), (3, 9))]
    units = Estimate(15_000, 35_000, shape="normal").at(rng.standard_normal(400_000))
    worth = Spread(sum(savings, np.zeros(400_000)) * units - 400_000)
    assert worth.mean == pytest.approx(200_000, abs=1_500)
    assert 1 - worth.chance_of_gain == pytest.approx(0.1406, abs=0.002)
