"""How benefits arrive, and stages that may fail."""

import numpy as np
import pytest

from services.errors import InvalidInputError
from services.valuation.adoption import Adoption, Stage, staged_value


def test_an_s_curve_goes_from_nothing_to_all_in_its_months_and_half_is_in_the_middle() -> None:
    shares = Adoption(go_live_month=2, ramp_months=6).shares(12)
    assert shares[:3].tolist() == [0, 0, 0]
    assert shares[5] == pytest.approx(0.5)
    assert shares[8:].tolist() == [1] * 5
    assert (np.diff(shares) >= 0).all()


def test_other_curves_arrive_evenly_or_at_once() -> None:
    assert Adoption(ramp_months=4, curve="linear").shares(4).tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert Adoption(go_live_month=1, curve="at once").shares(3).tolist() == [0, 0, 1, 1]


def test_later_stages_are_paid_only_where_earlier_ones_succeed() -> None:
    stages = (Stage("Proof of concept", 10, 0.5), Stage("Pilot", 40, 0.8))
    assert staged_value(stages, 300 - 100) == pytest.approx(-10 + 0.5 * (-40 + 0.8 * 200))
    assert staged_value((), 5) == 5


def test_nonsense_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="cannot be negative"):
        Adoption(go_live_month=-1)
    with pytest.raises(InvalidInputError, match="must be one of"):
        Adoption(curve="zigzag")
    with pytest.raises(InvalidInputError, match="between 0% and 100%"):
        Stage("Pilot", 1, 1.2)
    with pytest.raises(InvalidInputError, match="without a minus"):
        Stage("Pilot", -1, 0.2)
    for amount in (float("nan"), float("inf"), 1e13):
        with pytest.raises(InvalidInputError, match="a million million"):
            Stage("Pilot", amount, 0.2)
    with pytest.raises(InvalidInputError, match="cannot be stored"):
        Stage("Pilot\0", 1, 0.2)
