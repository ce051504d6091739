"""How much a search may use."""

import pytest

from services.automl.budget import DEFAULT_TRIALS, MAX_LANES, Budget, more_trials
from services.errors import InvalidInputError


def test_one_trial_gets_a_quarter_of_the_time_and_at_least_ten_seconds() -> None:
    assert Budget(seconds=300).trial_seconds_limit == 75
    assert Budget(seconds=8).trial_seconds_limit == 10
    assert Budget(seconds=300, trial_seconds=5).trial_seconds_limit == 5


def test_there_are_no_more_lanes_than_trials() -> None:
    assert (Budget(n_trials=3).n_lanes, Budget(n_trials=40).n_lanes) == (3, 8)


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Budget(seconds=0, n_trials=0, trial_seconds=0, trial_memory_mb=0)
    assert len(caught.value.problems) == 4


def test_lanes_are_as_many_as_asked_for_and_never_more_than_variants() -> None:
    assert Budget(60, 40).n_lanes == MAX_LANES
    assert Budget(60, 40, n_parallel=2).n_lanes == 2
    assert Budget(60, 1, n_parallel=4).n_lanes == 1
    with pytest.raises(InvalidInputError, match="at the same time"):
        Budget(60, 40, n_parallel=0)


def test_more_time_brings_variants_at_the_pace_so_far() -> None:
    assert more_trials(10, used_seconds=100, more_seconds=600) == 60
    assert more_trials(2, used_seconds=500, more_seconds=600) == 10
    assert more_trials(900, used_seconds=10, more_seconds=600) == 500
    assert more_trials(1, used_seconds=30, more_seconds=600) == more_trials(0, used_seconds=0, more_seconds=600)
    assert more_trials(0, used_seconds=0, more_seconds=600) == DEFAULT_TRIALS
