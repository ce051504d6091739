"""A search that goes on from an earlier one knows what that one tried."""

import pytest
from optuna.storages import BaseStorage
from optuna.trial import TrialState

from services.automl.search_space import portfolio
from services.automl.study import NUMBER, ask, open_study, tell
from services.automl.study_history import copy_history
from tests.services.automl.test_study import preparation, storage  # noqa: F401 - a fixture

N = 3


@pytest.fixture
def told(storage: BaseStorage) -> BaseStorage:  # noqa: F811
    study = open_study(storage, run_id="first", greater_is_better=True)
    for number in range(1, N + 1):
        ask(study, number=number, storage=storage, preparation=preparation())
        tell(study, number=number, value=None if number == 2 else 0.7 + number / 100)
    return storage


def copy(storage: BaseStorage, **changes: object) -> int:  # noqa: F811
    arguments = {
        "from_run_id": "first",
        "to_run_id": "second",
        "numbers": {1: 1, 2: 2, 3: 3},
        "values": {1: 0.71, 2: None, 3: 0.73},
        "excesses": {},
        "greater_is_better": True,
    }
    return copy_history(storage, **{**arguments, **changes})  # type: ignore[arg-type]


def test_the_new_study_knows_every_trial_under_its_number(told: BaseStorage) -> None:
    assert copy(told) == N
    trials = open_study(told, run_id="second", greater_is_better=True).trials
    assert [(trial.user_attrs[NUMBER], trial.value) for trial in trials] == [(1, 0.71), (2, None), (3, 0.73)]
    assert trials[1].state is TrialState.FAIL
    assert trials[0].params["family"] == portfolio(preparation())[0].family


def test_how_far_each_is_beyond_the_limits_of_now_is_told_too(told: BaseStorage) -> None:
    copy(told, excesses={1: 2.5, 3: -0.5})
    trials = open_study(told, run_id="second", greater_is_better=True).trials
    assert [trial.constraints for trial in trials] == [{"limits": 2.5}, {}, {"limits": -0.5}]


def test_telling_it_again_changes_nothing(told: BaseStorage) -> None:
    assert copy(told) == N
    assert copy(told) == 0
    assert len(open_study(told, run_id="second", greater_is_better=True).trials) == N


def test_results_may_have_another_number_and_another_worth(told: BaseStorage) -> None:
    assert copy(told, numbers={1: 1, 3: 2}, values={1: 5_000.0, 2: 9_000.0}) == 2
    trials = open_study(told, run_id="second", greater_is_better=True).trials
    assert [(trial.user_attrs[NUMBER], trial.value) for trial in trials] == [(1, 5_000.0), (2, 9_000.0)]


def test_the_next_idea_comes_after_those_that_were_taken_over(told: BaseStorage) -> None:
    copy(told)
    study = open_study(told, run_id="second", greater_is_better=True)
    planned = portfolio(preparation())
    assert ask(study, number=N + 1, storage=told, preparation=preparation()) == planned[N]


def test_without_a_memory_of_the_earlier_search_nothing_is_told(storage: BaseStorage) -> None:  # noqa: F811
    assert copy(storage, from_run_id="never") == 0
