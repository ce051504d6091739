"""The nearest cases across the threshold: only what may be changed, sparse, supported, and none where there is none."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.automl.columns import Column
from services.proposals.lever import Lever
from services.simulation.support import strange_among
from services.stories.answering import Floats
from services.stories.case_report import Counterfactual
from services.stories.changeable import Changeable
from services.stories.counterfactuals import Choices, Search, choices_of

COLUMNS = (Column("price", "number"), Column("calls", "number"), Column("plan", "category"), Column("age", "number"))
NAMES = [column.name for column in COLUMNS]


def make_known(n: int = 600) -> pd.DataFrame:
    random = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "price": random.uniform(10, 50, n),
            "calls": random.integers(0, 9, n).astype(float),
            "plan": pd.Series(random.choice(["basic", "plus"], n), dtype="str"),
            "age": random.uniform(20, 70, n),
        }
    )


KNOWN = make_known()
CASE = pd.DataFrame({"price": [40.0], "calls": [2.0], "plan": pd.Series(["basic"], dtype="str"), "age": [44.0]})
PRICE = Changeable(Lever("Price", "number", low=10.0, high=50.0, step=1.0, column="price"), is_declared=True)
CALLS = Changeable(Lever("Calls", "number", low=0.0, high=8.0, column="calls"), is_declared=False)
PLAN = Changeable(Lever("Plan", "choice", choices=("basic", "plus"), column="plan"), is_declared=True)


def risk(rows: pd.DataFrame) -> Floats:
    """Points: the price, minus two for each call, and ten more on the basic plan."""
    basic = (rows["plan"] == "basic").to_numpy(dtype=np.float64)
    return np.asarray(rows["price"] - 2 * rows["calls"] + 10 * basic, dtype=np.float64)


def found(threshold: float, *changeable: Changeable, case: pd.DataFrame = CASE) -> tuple[Counterfactual, ...]:
    choices = choices_of(changeable, case, KNOWN, NAMES, 0)
    return Search(risk, case, choices, 0, COLUMNS).find(threshold, KNOWN, 0)


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


def test_values_hardly_ever_seen_are_not_proposed() -> None:
    wide = Changeable(Lever("Price", "number", low=0.0, high=500.0, step=1.0, column="price"), True)
    low, high = KNOWN["price"].quantile([0.01, 0.99])
    (choices,) = choices_of([wide], CASE, KNOWN, NAMES, 0)
    kept = np.array(choices.values)[choices.supported[0]]
    assert low <= kept.min() < kept.max() <= high
    assert found(-5.0, wide) == ()


def test_a_combination_that_never_occurs_is_not_proposed() -> None:
    together = KNOWN.assign(calls=(KNOWN["price"] / 6).round())  # the price decides the calls
    case = CASE.assign(price=40.0, calls=7.0)
    choices = choices_of([CALLS], case, together, NAMES, 0)
    kept = np.array(choices[0].values)[choices[0].supported[0]]
    assert set(kept) <= {5.0, 6.0, 7.0, 8.0}


def test_of_a_case_unlike_all_others_nothing_is_said() -> None:
    strange = CASE.assign(age=900.0)
    choices = choices_of([PRICE, PLAN], strange, KNOWN, NAMES, 0)
    assert not Search(risk, strange, choices, 0, COLUMNS).has_choice


def test_whole_numbers_stay_whole() -> None:
    (choices,) = choices_of([CALLS], CASE, KNOWN, NAMES, 0)
    assert choices.values == tuple(float(n) for n in range(9))


def test_a_column_that_is_hardly_known_or_constant_cannot_be_changed() -> None:
    hardly = KNOWN.assign(price=KNOWN["price"].where(KNOWN.index < 20))
    assert choices_of([PRICE], CASE, hardly, NAMES, 0) == ()
    assert choices_of([PRICE], CASE, KNOWN.assign(price=3.0), NAMES, 0) == ()


def test_a_missing_value_may_be_filled_in() -> None:
    case = CASE.assign(plan=pd.Series([None], dtype="str"), price=45.0)
    choices = [Choices("plan", ("basic", "plus"), np.array([[True, True]]))]
    (one,) = Search(risk, case, choices, 0, COLUMNS).find(46.0, KNOWN, 0)
    assert (one.changes[0].before, one.changes[0].after) == (None, "basic")
