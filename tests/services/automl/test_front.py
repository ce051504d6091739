"""Worth against cost over the models of a run."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.automl.front import COSTS, describe_front, describe_point, measured_costs, pareto_front, worth_of
from services.automl.views import RunView
from tests.services.automl.test_podium import BEST, FAR, NEAR, QUICK, in_money
from tests.services.automl.test_sentences import make_trial, make_view

LATENCY, SIZE, SIMPLICITY = COSTS["latency"], COSTS["size"], COSTS["simplicity"]
EVERY = in_money(BEST, NEAR, QUICK, FAR, make_trial(5, "lightgbm", value_amount=97_000.0, latency_ms=4.0))


def numbers(run: RunView, cost: str) -> list[int]:
    return [trial.number for trial in pareto_front(run, COSTS[cost])]


def test_the_front_is_what_nothing_beats_in_both() -> None:
    assert numbers(EVERY, "latency") == [4, 3, 2, 1]
    assert numbers(EVERY, "size") == [4, 2, 1]
    assert numbers(EVERY, "simplicity") == [2, 1]


def test_one_sentence_says_what_more_cost_buys() -> None:
    assert describe_front(EVERY, pareto_front(EVERY, LATENCY), LATENCY) == (
        "Linear model 4 takes 1.0 ms; Neural network 1 takes 30.0 ms and gives €50k a year more"
    )
    assert describe_front(EVERY, pareto_front(EVERY, SIMPLICITY), SIMPLICITY) == (
        "Linear model 2 is one formula; Neural network 1 is neither a formula nor trees and gives €1k a year more"
    )
    alone = in_money(NEAR)
    assert describe_front(alone, pareto_front(alone, SIZE), SIZE) == (
        "Linear model 2 is worth the most and costs least: it needs 0.1 MB"
    )


def test_what_was_not_measured_or_is_beyond_a_limit_is_left_out() -> None:
    beyond = make_trial(2, value_amount=2.0, latency_ms=63.0, beyond_limits="too slow: 63 ms, at most 20 ms")
    run = in_money(make_trial(1, value_amount=1.0), beyond)
    assert pareto_front(run, LATENCY) == ()
    assert describe_front(run, (), LATENCY) == "No model that keeps the limits was measured"
    assert describe_point(run, beyond, LATENCY).endswith("63.0 ms; too slow: 63 ms, at most 20 ms")


def test_only_costs_that_two_models_have_can_be_compared() -> None:
    assert measured_costs(in_money(BEST, make_trial(2, value_amount=1.0, latency_ms=2.0))) == ("latency", "simplicity")
    assert measured_costs(in_money(BEST)) == ()


def test_errors_count_downwards() -> None:
    trials = (make_trial(1, score=12.0, latency_ms=1.0), make_trial(2, "lightgbm", score=10.0, latency_ms=9.0))
    run = make_view(*trials, metric="rmse", greater_is_better=False)
    assert numbers(run, "latency") == [1, 2]
    assert " and gives 2 less " in describe_front(run, trials, LATENCY)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0.1, 1e3)), min_size=1, max_size=30))
def test_every_model_is_on_the_front_or_beaten_by_one_that_is(pairs: list[tuple[float, float]]) -> None:
    trials = [make_trial(i, value_amount=value, latency_ms=ms) for i, (value, ms) in enumerate(pairs, start=1)]
    run = in_money(*trials)
    front = pareto_front(run, LATENCY)
    for trial in trials:
        assert any(
            worth_of(run, other) >= worth_of(run, trial) and (other.latency_ms or 0) <= (trial.latency_ms or 0)
            for other in front
        )
    for first, second in pairwise(front):
        assert worth_of(run, first) < worth_of(run, second)
        assert (first.latency_ms or 0) < (second.latency_ms or 0)
