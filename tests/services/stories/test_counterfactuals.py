"""The nearest cases across the threshold: only what may be changed, sparse, supported, and none where there is none."""

from typing import Any

import pandas as pd
import pytest

from services.proposals.lever import Lever
from services.simulation.support import strange_among
from services.stories.case_report import Counterfactual
from services.stories.case_settings import choices_of
from services.stories.changeable import Changeable
from services.stories.counterfactuals import MAX_FOUND, find_ways
from tests.makers_ways import CALLS, CASE, KNOWN, NAMES, PLAN, PRICE, make_settings


def found(threshold: float, *changeable: Changeable, case: pd.DataFrame = CASE) -> tuple[Counterfactual, ...]:
    settings = make_settings(threshold, *changeable, case=case)
    return tuple(settings.told(way) for way in find_ways(settings)[:MAX_FOUND])


def changes(one: Counterfactual) -> dict[str, object]:
    return {change.column: change.after for change in one.changes}


def believed(changeable: Changeable, case: pd.DataFrame, **others: object) -> list[float]:
    """Every value of the column that the guard believes in the case, with other columns set as said."""
    (choices,) = choices_of([changeable], case, KNOWN, NAMES, 0)
    may = [value for value, supported in zip(choices.values, choices.supported[0], strict=True) if supported]
    settings: dict[str, Any] = {choices.column: may, **others}
    table = case.loc[[0] * len(may)].assign(**settings)
    return [value for value, strange in zip(may, strange_among(table, KNOWN, NAMES), strict=True) if not strange]


def test_of_all_believed_prices_below_the_line_the_nearest_is_taken() -> None:
    (one,) = found(40.0, PRICE)
    nearest = max(price for price in believed(PRICE, CASE) if price - 4 + 10 < 40)  # what is on the line is above it
    assert changes(one) == {"price": nearest}
    assert one.prediction == pytest.approx(nearest + 6)
    assert one.changes[0].before == 40.0


def test_single_changes_come_before_pairs_and_what_is_enough_alone_is_not_joined_by_more() -> None:
    several = found(38.0, PRICE, PLAN, CALLS)
    assert [len(one.changes) for one in several] == sorted(len(one.changes) for one in several)
    assert {tuple(sorted(changes(one))) for one in several} >= {("price",), ("plan",)}
    assert all(one.prediction < 38.0 for one in several)
    alone = [set(changes(one)) for one in several if len(one.changes) == 1]
    assert not any(set(changes(one)) > single for one in several for single in alone)


def test_where_no_column_is_enough_alone_two_are_changed_and_no_more_than_needed() -> None:
    cheap = CASE.assign(price=30.0)
    (one,) = found(22.0, PLAN, CALLS, case=cheap)  # 36 now; the plan gives 10, six more calls 12
    enough = min(calls for calls in believed(CALLS, cheap, plan="plus") if 30 - 2 * calls < 22)
    assert changes(one) == {"plan": "plus", "calls": enough}
    assert one.prediction == pytest.approx(30 - 2 * enough)


def test_from_below_it_goes_up() -> None:
    low = CASE.assign(price=20.0)
    (one,) = found(30.0, PRICE, case=low)
    nearest = min(price for price in believed(PRICE, low) if price - 4 + 10 >= 30)
    assert changes(one) == {"price": nearest}
    assert one.prediction == pytest.approx(nearest + 6)


def test_what_nobody_may_change_is_not_touched_and_nothing_may_help() -> None:
    assert found(40.0) == ()
    assert found(-500.0, PRICE, CALLS, PLAN) == ()


def test_a_lever_is_not_moved_farther_than_it_may_be() -> None:
    near = Changeable(Lever("Price", "number", low=10.0, high=50.0, step=1.0, column="price", max_change=5.0), True)
    assert found(40.0, near) == ()
    (one,) = found(43.0, near)
    assert changes(one) == {"price": 36.0}
