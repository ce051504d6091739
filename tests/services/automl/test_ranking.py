"""Which of two trials is better."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from services.automl.ranking import rank_trials


@dataclass(frozen=True)
class Tried:
    number: int
    score: float | None
    value_amount: float | None = None
    beyond_limits: str | None = None


def numbers(*trials: Tried, greater_is_better: bool = True) -> list[int]:
    return [trial.number for trial in rank_trials(trials, greater_is_better=greater_is_better)]


def test_without_payoffs_the_metric_decides_in_its_direction() -> None:
    trials = (Tried(1, 0.4), Tried(2, 0.6))
    assert numbers(*trials) == [2, 1]
    assert numbers(*trials, greater_is_better=False) == [1, 2]


def test_with_payoffs_money_decides_before_the_metric() -> None:
    assert numbers(Tried(1, 0.9, 100.0), Tried(2, 0.8, 200.0)) == [2, 1]


def test_equal_money_is_decided_by_the_metric_and_then_by_who_was_first() -> None:
    assert numbers(Tried(1, 0.7, 0.0), Tried(2, 0.8, 0.0), Tried(3, 0.8, 0.0)) == [2, 3, 1]


def test_a_trial_without_a_score_is_not_ranked() -> None:
    assert numbers(Tried(1, None), Tried(2, 0.5)) == [2]


@given(st.lists(st.floats(-1e9, 1e9), min_size=1))
def test_the_first_is_never_worse_than_another(scores: list[float]) -> None:
    trials = [Tried(number, score) for number, score in enumerate(scores)]
    assert rank_trials(trials, greater_is_better=True)[0].score == max(scores)
    assert rank_trials(trials, greater_is_better=False)[0].score == min(scores)


def test_what_is_beyond_a_limit_comes_after_everything_that_keeps_them() -> None:
    richest_but_slow = Tried(1, 0.9, 900.0, beyond_limits="too slow: 63 ms, at most 20 ms")
    assert numbers(richest_but_slow, Tried(2, 0.5, 1.0)) == [2, 1]
