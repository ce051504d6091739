"""How many cases an experiment takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.simulation.pilot import pilot_for_number, pilot_for_share


def test_a_change_that_would_pay_is_what_the_pilot_looks_for() -> None:
    pilot = pilot_for_share(0.2, action_amount=10.0, lost_amount=200.0)
    assert pilot.pays
    assert pilot.difference == 0.05
    assert pilot.n_per_arm == 1005  # ceil(2 x 7.8489 x 0.16 / 0.0025)
    assert pilot.months(1_005.0) == pytest.approx(2.0)


@pytest.mark.parametrize(("action", "lost"), [(0.0, 200.0), (10.0, 0.0), (100.0, 200.0)])
def test_where_nothing_says_what_would_pay_a_tenth_of_the_share_is_looked_for(action: float, lost: float) -> None:
    pilot = pilot_for_share(0.2, action_amount=action, lost_amount=lost)
    assert not pilot.pays
    assert pilot.difference == pytest.approx(0.02)


def test_a_number_is_looked_at_in_its_own_spread() -> None:
    pilot = pilot_for_number(50.0)
    assert pilot.difference == 10.0
    assert pilot.n_per_arm == 393  # ceil(2 x 7.8489 x 2500 / 100)
    assert pilot_for_number(0.0).n_per_arm == 30


@given(rate=st.floats(0.01, 0.99), cost=st.floats(0, 1e4), lost=st.floats(0, 1e6))
def test_every_pilot_can_be_carried_out(rate: float, cost: float, lost: float) -> None:
    pilot = pilot_for_share(rate, action_amount=cost, lost_amount=lost)
    assert pilot.n_per_arm >= 30
    assert 0.02 * rate <= pilot.difference * (1 + 1e-9) <= rate * (1 + 1e-6)
    assert pilot.n_per_arm < 10_000_000
