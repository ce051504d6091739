"""What may be done with a case, and what it costs."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.errors import InvalidInputError
from services.proposals.lever import Lever
from services.simulation.actions import MOST_ACTIONS, actions_of

ROWS = pd.DataFrame(
    {
        "discount": [0.0, 10.0, 30.0],
        "channel": pd.Categorical(["mail", "phone", "mail"], categories=["mail", "phone", "visit"]),
        "called": ["no", "yes", "no"],
        "fee": [100.0, 50.0, 0.0],
    }
)


def discount(**changes: Any) -> Lever:
    settings = {"name": "Discount", "kind": "number", "low": 0.0, "high": 30.0, "step": 10.0, "column": "discount"}
    return Lever(**{**settings, **changes})


CHANNEL = Lever("Channel", "choice", choices=("mail", "phone"), column="channel", unit_cost_amount=2.0)
CALLED = Lever("Call", "yes_no", column="called", unit_cost_amount=5.0)


def make(*levers: Lever) -> Any:
    return actions_of(levers, observed={"called": list(ROWS["called"])})


def test_the_first_action_leaves_a_case_as_it_is_and_each_other_sets_every_lever() -> None:
    actions = make(discount(), CHANNEL)
    assert len(actions) == 1 + 4 * 2
    assert actions.applied(ROWS, 0) is ROWS
    changed = actions.applied(ROWS, 2)
    assert actions.settings[1] == (0.0, "phone")
    assert changed["discount"].tolist() == [0, 0, 0]
    assert changed["channel"].tolist() == ["phone"] * 3
    assert changed["channel"].dtype == ROWS["channel"].dtype
    assert changed["fee"].equals(ROWS["fee"])
    assert ROWS["discount"].tolist() == [0, 10, 30]


def test_the_highest_value_is_among_them_although_the_step_does_not_meet_it() -> None:
    assert [setting[0] for setting in make(discount(step=20.0)).settings] == [0, 20, 30]


def test_whole_numbers_stay_whole_and_yes_or_no_is_what_the_column_calls_it() -> None:
    assert [s[0] for s in make(discount(kind="integer", high=3.0, step=None)).settings] == [0, 1, 2, 3]
    assert [s[0] for s in make(CALLED).settings] == ["no", "yes"]


def test_a_number_costs_by_how_far_it_is_moved_and_all_else_once() -> None:
    costs = make(discount(unit_cost_amount=0.5)).costs(ROWS)
    assert costs.tolist() == [[0, 0, 5, 10, 15], [0, 5, 0, 5, 10], [0, 15, 10, 5, 0]]
    assert make(CHANNEL).costs(ROWS).tolist() == [[0, 0, 2], [0, 2, 0], [0, 0, 2]]


def test_unit_costs_and_todays_value_may_be_formulas() -> None:
    costs = make(discount(cost_formula="fee / 100", status_quo="10", step=30.0)).costs(ROWS)
    assert costs.tolist() == [[0, 10, 20], [0, 5, 10], [0, 0, 0]]


def test_a_cost_that_divides_by_zero_is_counted_and_told() -> None:
    with pytest.raises(InvalidInputError, match=r"unit cost of “Discount” has no value in 1 of 3 rows"):
        make(discount(cost_formula="1 / fee")).costs(ROWS)


def test_too_many_combinations_are_thinned_and_that_is_said() -> None:
    actions = make(discount(step=0.1), discount(name="Other", column="fee", high=100.0, step=1.0))
    assert len(actions) <= MOST_ACTIONS
    assert actions.thinned == ("Discount", "Other")
    firsts = sorted({setting[0] for setting in actions.settings})
    assert (firsts[0], firsts[-1]) == (0, 30)


def test_more_choices_than_can_be_tried_are_refused() -> None:
    many = [Lever(f"L{i}", "choice", choices=tuple("abcdefg"), column="channel") for i in range(3)]
    with pytest.raises(InvalidInputError, match="more than 200 ways"):
        make(*many)


def test_without_a_column_there_is_nothing_to_move() -> None:
    with pytest.raises(InvalidInputError, match="No lever has a column"):
        make(discount(column=None))


def test_yes_or_no_with_three_values_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="has 3 values"):
        actions_of([CALLED], observed={"called": ["a", "b", "c"]})


def test_the_numbers_of_actions_are_those_of_their_settings() -> None:
    assert np.isnan(make(discount()).numbers(0)[0])
    assert make(discount()).numbers(0)[1:].tolist() == [0, 10, 20, 30]
