"""How much a search may use."""

import pytest

from services.automl.budget import Budget
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
