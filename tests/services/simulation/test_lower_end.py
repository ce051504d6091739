"""What a policy brings at least: the lower of two ends, and no middle beside it."""

from dataclasses import replace

import numpy as np
import pytest

from services.automl.task import Task
from services.simulation.lower_end import N_EFFECTS, LowerEnd, at_least, lowered
from services.simulation.policy_value import Gain
from services.simulation.report import BudgetPoint
from services.simulation.worth import PREDICTED, Worth
from tests.makers_simulation import DOSE
from tests.services.simulation.test_controls import make_dosed

TENFOLD = Worth(0.0, f"{PREDICTED} * 10", answer_name=PREDICTED)


def make_end(low: float = 1.5, high: float = 2.5) -> LowerEnd:
    cases = make_dosed(worth=TENFOLD)
    return LowerEnd(cases, cases.rows["need"].to_numpy(), (low, high))


def test_each_case_is_moved_by_the_effect_alone_less_what_it_costs() -> None:
    end = make_end()
    n, k = len(end.cases.rows), len(end.cases.actions)
    choices = np.zeros(n, dtype=np.intp)
    choices[: n // 2] = k - 1  # the largest dose
    costs = np.full((n, k), 3.0)
    moved = DOSE.high - end.cases.rows["dose"].to_numpy()[: n // 2]
    assert end.of_actions(choices, costs) == pytest.approx((15 * moved - 3).sum() / n)
    assert end.of_actions(np.zeros(n, dtype=np.intp), costs) == 0.0


def test_where_less_is_set_the_other_end_brings_less() -> None:
    end = make_end()
    n, k = len(end.cases.rows), len(end.cases.actions)
    lowest = np.ones(n, dtype=np.intp)
    moved = DOSE.low - end.cases.rows["dose"].to_numpy()
    assert end.of_actions(lowest, np.zeros((n, k))) == pytest.approx((25 * moved).mean())


def test_where_the_worth_is_bent_the_least_lies_between_the_ends() -> None:
    """Of a case at 102 a unit less takes what is above 100, one at 97.9 gains by a unit more only what goes beyond."""
    bent = Worth(0.0, f"max({PREDICTED} - 100, 0)", answer_name=PREDICTED)
    cases = make_dosed(lever=replace(DOSE, low=0.0, high=1.0, step=1.0), worth=bent)
    n = len(cases.rows)
    today, dose, choices = np.zeros(n), np.zeros(n), np.zeros(n, dtype=np.intp)
    today[:2], dose[:2], choices[:2] = (102.0, 97.9), (1.0, -1.0), 1
    cases.rows["dose"] = dose
    end, inside = LowerEnd(cases, today, (1.0, 3.0)), choices > 0
    assert cases.actions.settings[0] == (0.0,)
    totals = end.of_value(0.0, inside, np.zeros(2)).sum(axis=1)
    assert totals[[0, N_EFFECTS // 2, -1]] == pytest.approx([-1.0, -2.0, -1.1])
    assert end.of_actions(choices, np.zeros((n, 3))) == pytest.approx(-2.0 / n)


def test_a_case_without_a_dose_brings_only_its_cost() -> None:
    end = make_end()
    end.cases.rows.loc[0, "dose"] = np.nan
    inside = np.arange(len(end.cases.rows)) == 0
    assert end.of_value(1.0, inside, np.array([4.0])).tolist() == [[-4.0]] * N_EFFECTS


def test_a_chance_stays_a_chance() -> None:
    end = make_end()
    end.cases.preparation = replace(end.cases.preparation, task=Task.BINARY)
    surely = replace(end, today=np.full(len(end.cases.rows), 0.9))
    everywhere = np.ones(len(end.cases.rows), dtype=np.bool_)
    found = surely.of_value(3.0, everywhere, np.zeros(len(end.cases.rows)))
    assert found.max() <= 10 * 0.1 + 1e-9


@pytest.mark.parametrize(("least", "low"), [(5.0, 5.0), (20.0, 8.0), (-3.0, -3.0)])
def test_the_lower_of_two_stands_in_every_place(least: float, low: float) -> None:
    found = at_least(Gain("today", 0.0, 10.0, 8.0, 12.0), least, yearly=100.0)
    assert (found.amount, found.low, found.high) == (100 * low,) * 3
    point = lowered(BudgetPoint(1.0, 2.0, 1_000.0, 800.0, 1_200.0, is_chosen=True), least, yearly=100.0)
    assert (point.amount, point.low, point.high, point.is_chosen) == (100 * low, 100 * low, 100 * low, True)
