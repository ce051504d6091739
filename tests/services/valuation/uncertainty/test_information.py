"""What knowing more is worth, against closed forms and textbooks."""

import numpy as np
import pytest

from services.valuation.uncertainty.information import (
    advise,
    figure_worths,
    value_of_knowing,
    value_of_knowing_one,
    value_of_sample,
)
from services.valuation.uncertainty.simulation import Spread, simulate
from tests.makers_plans import benefit, cost, plan

N = 400_000
RNG = np.random.default_rng(11)


def test_an_advertisement_of_the_textbook_is_worth_two_million_to_know() -> None:
    assert value_of_knowing(np.array([40.0] * 6 + [-5.0] * 4)) == pytest.approx(2.0)


def test_a_normal_value_is_worth_its_closed_form_to_know() -> None:
    values = 100 + 200 * RNG.standard_normal(N)
    assert value_of_knowing(values) == pytest.approx(39.559311, rel=0.01)
    assert 1 - Spread(values).chance_of_gain == pytest.approx(0.308538, abs=0.003)


def test_one_of_two_inputs_is_worth_its_closed_form_by_regression() -> None:
    first, second = 300 + 150 * RNG.standard_normal(N), 200 + 80 * RNG.standard_normal(N)
    values = first + second - 450
    assert value_of_knowing(values) == pytest.approx(45.7326, rel=0.01)
    assert value_of_knowing_one(first, values) == pytest.approx(38.1354, rel=0.03)
    assert value_of_knowing_one(second, values) == pytest.approx(12.9536, rel=0.03)


def test_a_machine_lease_is_worth_its_published_amount_to_know() -> None:
    savings = sum((m + w / 3.2897 * RNG.standard_normal(N) for m, w in ((15, 10), (3, 10), (6, 6))), np.zeros(N))
    values = savings * (25_000 + 20_000 / 3.2897 * RNG.standard_normal(N)) - 400_000
    assert value_of_knowing(values) == pytest.approx(10_600, rel=0.03)


def test_a_pilot_is_worth_its_closed_form_and_never_more_than_knowing_all() -> None:
    assert value_of_sample(100, 200, n_observations=10, noise=400) == pytest.approx(28.9019, abs=1e-4)
    assert value_of_sample(100, 200, n_observations=10**9, noise=400) == pytest.approx(39.559311, abs=1e-4)
    assert value_of_sample(100, 200, n_observations=0, noise=400) == 0
    assert value_of_sample(100, 0, n_observations=5, noise=400) == 0


def test_a_certain_figure_is_not_worth_measuring_and_the_uncertain_one_comes_first() -> None:
    one = simulate(plan(cost(low=200_000, high=200_000), benefit(low=1_000, high=12_000)))
    found = figure_worths(one)
    assert [figure.name for figure in found] == ["Leavers kept", "Integration"]
    assert found[0].amount > 0 == found[1].amount
    assert found[0].amount <= value_of_knowing(one.worth.values) * 1.01


@pytest.mark.parametrize(("gains", "advice"), [(85, "go"), (80, "go"), (79, "measure"), (50, "measure"), (49, "stop")])
def test_the_rule_goes_measures_or_stops(gains: int, advice: str) -> None:
    assert advise(Spread(np.array([100.0] * gains + [-1.0] * (100 - gains)))) == advice


def test_a_likely_gain_with_a_ruinous_loss_is_no_go() -> None:
    assert advise(Spread(np.array([1.0] * 90 + [-1_000.0] * 10))) == "stop"
