"""What a model must do, in numbers that are all the same break-even said differently."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.valuation.business_case import make_business_case
from services.valuation.details import Details
from services.valuation.payoffs import PayoffMatrix
from services.valuation.required_quality import Situation, required_quality
from services.valuation.requirements import actions_sentence, requirements
from tests.makers_money import CALLS

MAIL = Situation(PayoffMatrix(180, -20, 0, 0), 0.05)  # V3.3


def test_precision_lift_and_recall_belong_to_the_break_even_model() -> None:
    found = {one.name: one for one in requirements(make_business_case(CALLS))}
    assert found["Pairs ranked right (AUC)"].shown == "82 of 100"
    assert "hard to reach" in found["Pairs ranked right (AUC)"].sentence
    assert found["Right actions (precision)"].shown == "37 of 100"
    assert found["Cases found (recall)"].shown == "23 of 100"
    assert found["Better than by lot (lift)"].shown == "7.2 times"
    assert found["Worth of a perfect model"].shown == "€630k"
    assert "€565k after costs" in found["Worth of a perfect model"].sentence


def test_where_no_model_pays_it_is_said_and_nothing_is_asked_of_one() -> None:
    found = requirements(make_business_case(replace(CALLS, project_amount=9e7)))
    assert found[0].shown == "None is enough"
    assert [one.name for one in found[1:]] == ["Chance from which acting pays", "Worth of a perfect model"]


def test_where_everyone_pays_precision_is_not_asked() -> None:
    spare = replace(CALLS, action_amount=5.0, base_rate=0.5, capacity_per_month=None)
    assert "Right actions (precision)" not in [one.name for one in requirements(make_business_case(spare))]
    free = replace(CALLS, action_amount=0.0, false_alarm_amount=0.0)
    assert "always pays" in requirements(make_business_case(free))[-2].sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"capacity_per_month": None}, "Neither people nor money"),
        ({}, "At most 860 actions a month: that is what the team can do."),
        (
            {"details": Details(action_budget_per_month=21_000)},
            "At most 500 actions a month: that is what €21k a month",
        ),
        ({"details": Details(action_budget_per_month=1e6)}, "that is what the team can do"),
        ({"capacity_per_month": 9_999.0}, "there are no more cases"),
    ],
)
def test_what_limits_actions_is_named(change: dict[str, object], sentence: str) -> None:
    assert sentence in actions_sentence(make_business_case(replace(CALLS, **change)))  # type: ignore[arg-type]


@given(
    cost=st.floats(0, 8), more=st.floats(0, 8), base_rate=st.floats(0.01, 0.6), capacity=st.none() | st.floats(0.01, 1)
)
def test_a_dearer_project_never_asks_for_a_poorer_model(
    cost: float, more: float, base_rate: float, capacity: float | None
) -> None:
    situation = replace(MAIL, base_rate=base_rate, capacity_rate=capacity)
    cheap, dear = (required_quality(situation, amount) for amount in (cost, cost + more))
    if dear is None:
        return  # nothing is good enough, which is the highest demand there is
    assert cheap is not None
    assert cheap.auc <= dear.auc + 1e-12
