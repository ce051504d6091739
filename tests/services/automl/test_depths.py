"""Three ways to ask for a search."""

import pytest

from services.automl import depths
from services.automl.depths import DEPTHS, THOROUGHNESS, guided_plan, simple_plan, simplicities
from services.automl.family_names import SEARCHED
from services.errors import InvalidInputError


def test_one_button_tries_every_kind() -> None:
    plan = simple_plan()
    assert (plan.depth, plan.families) == ("simple", ())
    assert plan.budget.seconds == plan.arguments()["budget_seconds"] == 15 * 60


def test_three_answers_become_limits_and_kinds() -> None:
    plan = guided_plan(minutes=5, simplicity="plain", thoroughness="quick")
    assert (plan.budget_seconds, plan.n_trials, plan.families) == (300, THOROUGHNESS["quick"], ("linear",))
    assert plan.depth in DEPTHS
    assert guided_plan(minutes=5, simplicity="best", thoroughness="normal").families == ()


def test_a_wish_that_changes_nothing_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depths, "INTRICATE_FAMILIES", frozenset())
    assert list(simplicities()) == ["plain", "best"]
    monkeypatch.setattr(depths, "INTRICATE_FAMILIES", frozenset({"lightgbm"}))
    assert simplicities()["balanced"] == tuple(name for name in SEARCHED if name != "lightgbm")


def test_limits_that_cannot_be_are_said_together() -> None:
    plan = depths.Plan("expert", 0, 0, trial_seconds_limit=-1, trial_memory_mb_limit=0, n_parallel=99)
    with pytest.raises(InvalidInputError) as refused:
        _ = plan.budget
    assert len(refused.value.problems) == 5
