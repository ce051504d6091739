from dataclasses import replace

from services.automl.serving_limits import NO_LIMITS, ServingLimits
from services.models.trial_facts import costs_of, excess_of, intervals_of
from tests.makers_automl import prepared, trained


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
