from dataclasses import replace

import pytest

from services.automl.group_gap import group_gap, group_labels
from services.automl.preparation import Preparation
from services.automl.serving_limits import NO_LIMITS, ServingLimits
from services.automl.task import Task
from services.models.trial_facts import costs_of, excess_of, gap_of, intervals_of
from tests.makers_automl import make_cases, make_goal, prepared, trained


def test_what_a_model_costs_is_kept_by_the_names_of_a_trials_columns() -> None:
    outcome = trained("lightgbm")
    assert outcome.measures is not None
    found = costs_of(outcome, NO_LIMITS)
    assert found["latency_ms"] == outcome.measures.row_ms
    assert found["size_bytes"] == outcome.measures.size_bytes
    assert found["beyond_limits"] is None
    assert costs_of(replace(outcome, measures=None), NO_LIMITS) == {}


def test_what_of_the_cost_is_beyond_a_limit_is_kept_in_words_and_told_to_the_sampler() -> None:
    outcome, limits = trained("lightgbm"), ServingLimits(row_ms=1e-6)
    assert str(costs_of(outcome, limits)["beyond_limits"]).startswith("too slow: ")
    assert (excess_of(outcome, limits) or 0.0) > 0
    assert excess_of(outcome, NO_LIMITS) is None


def test_a_score_has_an_interval_and_money_only_where_there_are_payoffs() -> None:
    plain = intervals_of(prepared(), trained("linear").predictions)
    assert plain.score_low is not None
    assert plain.score_high is not None
    assert plain.score_low < trained("linear").score < plain.score_high
    assert plain.value_low is None
    paid = intervals_of(prepared(with_money=True), trained("linear", with_money=True).predictions)
    assert paid.value_low is not None


def alike(*groups: str, with_money: bool = False) -> Preparation:
    """The same rows, with the groups of columns that must be treated alike."""
    frame = make_cases()
    rows = prepared(with_money=with_money).train.positions
    compared = {name: group_labels(frame[name].iloc[rows]) for name in groups}
    return replace(prepared(with_money=with_money), compared=compared)


def test_the_gap_between_groups_is_that_of_the_share_acted_on() -> None:
    predictions = trained("linear").predictions
    acted = predictions[:, 1] >= 0.5
    plans = alike("plan").compared["plan"]
    shares = [acted[plans == plan].mean() for plan in ("month", "year", "two years")]
    assert gap_of(alike("plan"), predictions) == pytest.approx(max(shares) - min(shares))
    assert gap_of(alike("plan", "months"), predictions) >= max(shares) - min(shares)


def test_the_gap_is_taken_where_acting_earns_most_and_is_none_where_nothing_is_compared() -> None:
    predictions = trained("linear", with_money=True).predictions
    money = make_goal()
    positive = prepared(with_money=True).train.y == 1
    acted = predictions[:, 1] >= money.threshold(positive, predictions[:, 1])
    by_plan = alike("plan", with_money=True)
    assert gap_of(by_plan, predictions) == group_gap(acted, by_plan.compared["plan"])
    assert gap_of(prepared(), predictions) is None
    assert gap_of(replace(alike("plan"), task=Task.REGRESSION), predictions) is None
