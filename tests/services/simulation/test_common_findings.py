"""What settings that many cases share bring at least, where the worth of a case is bent."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from services.simulation.common_findings import money_of
from services.simulation.lower_end import LowerEnd
from services.simulation.policy_value import Gain
from services.simulation.searching_common import Common
from services.simulation.worth import PREDICTED, Worth
from tests.makers_simulation import DOSE
from tests.services.simulation.test_controls import make_dosed


def test_the_least_over_all_groups_is_looked_for_between_the_ends_of_the_effect() -> None:
    """Two groups of one case that loses 1, 2 and 2, and of one that gains 0, 0 and 0.9, at effects of 1, 2 and 3."""
    bent = Worth(0.0, f"max({PREDICTED} - 100, 0)", answer_name=PREDICTED)
    cases = make_dosed(lever=replace(DOSE, low=0.0, high=1.0, step=1.0), worth=bent)
    cases.rows = cases.rows.iloc[:2].assign(dose=[1.0, -1.0]).reset_index(drop=True)
    tried = SimpleNamespace(is_believed=np.ones(2, dtype=np.bool_), costs=np.zeros(2))
    common = SimpleNamespace(
        case=cases,
        segments=[SimpleNamespace(cases=np.array([place])) for place in range(2)],
        settings=SimpleNamespace(of=lambda _choice: tried, values=((0.0, 1.0),)),
        policy=SimpleNamespace(choices=((0,), (0,)), status_quo=0.0, gains=(Gain("today", 9.0, 9.0, 9.0, 9.0),)),
    )
    found = money_of(cast("Common", common), LowerEnd(cases, np.array([102.0, 97.9]), (1.0, 3.0)))
    assert found.gains[0].low == pytest.approx(-2.0 / 2 * 12 * cases.terms.cases_per_month)
