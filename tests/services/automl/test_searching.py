import time
from dataclasses import replace

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from services.automl.ensemble import Limits
from services.automl.errors import TrialFailedError
from services.automl.judging import guess
from services.automl.lanes import Attempt, Finished, open_lanes
from services.automl.preparation import Preparation
from services.automl.processes import limit_threads, start_fork_server
from services.automl.scoring import score
from services.automl.searching import Search
from services.automl.task import Task
from services.automl.training import predict
from tests.makers_automl import prepared


@pytest.fixture(autouse=True, scope="module")
def fork_server() -> None:
    limit_threads()
    start_fork_server()


class Countdown:
    """Seconds left of a budget."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def __call__(self) -> float:
        """From now on."""
        return self._end - time.monotonic()


def _searched(preparation: Preparation, seconds: float, **options: object) -> tuple[Search, Pipeline, bool]:
    with open_lanes(preparation, 2) as lanes:
        search = Search(preparation, lanes, seconds_left=Countdown(seconds), **options)  # type: ignore[arg-type]
        search.run()
        return search, *search.fit_team()


@pytest.mark.slow
@pytest.mark.parametrize("task", list(Task))
def test_a_search_ends_in_time_with_the_best_in_front_and_a_team_that_answers(task: Task) -> None:
    preparation = prepared(task)
    began = time.monotonic()
    search, pipeline, is_complete = _searched(preparation, 25, max_trials=5)
    assert time.monotonic() - began < 27
    losses = [search._loss(entry) for entry in search.result.entries]
    assert losses == sorted(losses)
    assert [bool(entry.outcome.pipeline) for entry in search.result.entries] == [True] + [False] * (len(losses) - 1)
    assert is_complete
    assert sum(search.team.weights.values()) == pytest.approx(1.0)
    answers = predict(pipeline, preparation.holdout.x, len(preparation.classes))
    assert np.isfinite(answers).all()
    sealed = search.team.sealed(search.result.entries)
    metric, y = preparation.metric, preparation.holdout.y
    assert sealed.shape == answers.shape
    assert metric.is_better(score(metric.name, y, sealed), score(metric.name, y, guess(preparation, len(y))))


@pytest.mark.slow
def test_the_estimate_of_a_search_takes_off_what_choosing_flatters() -> None:
    search, _, _ = _searched(prepared(), 25, max_trials=5)
    found = search.estimate()
    assert found.optimism >= 0
    assert found.value <= found.naive
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high


@pytest.mark.slow
def test_a_team_keeps_its_limits_even_where_that_leaves_one_member() -> None:
    search, pipeline, _ = _searched(prepared(), 25, max_trials=4, limits=Limits(row_ms=0.0))
    assert len(search.team.weights) == 1
    assert pipeline is not None


@pytest.mark.slow
def test_where_no_member_can_be_fitted_in_time_the_first_usable_model_answers() -> None:
    preparation = prepared()
    with open_lanes(preparation, 2) as lanes:
        left = [30.0]
        search = Search(preparation, lanes, seconds_left=lambda: left[0], max_trials=2)
        search.run()
        left[0] = -1.0
        pipeline, is_complete = search.fit_team()
    assert not is_complete
    assert score("roc_auc", preparation.holdout.y, predict(pipeline, preparation.holdout.x, 2)) > 0.6


def test_a_search_without_a_model_says_why() -> None:
    preparation = prepared(Task.REGRESSION)
    empty = replace(preparation, train=replace(preparation.train, y=preparation.train.y * float("nan")))
    with open_lanes(empty, 1) as lanes, pytest.raises(TrialFailedError, match="cannot be fitted to these rows"):
        Search(empty, lanes, seconds_left=lambda: 0.0).run()


class TooSlow:
    """A lane on which nothing ever ends in its time, by a clock that jumps."""

    n, n_busy, cause = 1, 0, "It needs more time than a trial may take."

    def __init__(self, seconds: float, *, is_too_slow: bool = True) -> None:
        self.left, self.limits, self.is_too_slow = seconds, list[float](), is_too_slow

    @property
    def n_free(self) -> int:
        """One, until something is submitted."""
        return 1 - self.n_busy

    def submit(self, number: int, work: Attempt) -> None:
        """Keep how long it may take."""
        self.number, self.n_busy = number, 1
        self.limits.append(work.seconds_limit)

    def collect(self, timeout: float) -> list[Finished]:
        """Its time is up."""
        self.left, self.n_busy = self.left - self.limits[-1], 0
        return [Finished(self.number, None, self.cause, is_too_slow=self.is_too_slow)]

    def abandon(self) -> None:
        """Nothing is running."""


@pytest.mark.parametrize(("is_too_slow", "then"), [(True, 21.0), (False, 12.6)])
def test_a_model_may_take_more_of_the_time_where_one_was_too_slow_and_none_was_found(
    is_too_slow: bool, then: float
) -> None:
    lanes = TooSlow(60.0, is_too_slow=is_too_slow)
    with pytest.raises(TrialFailedError, match="Give the search more time"):
        Search(prepared(), lanes, seconds_left=lambda: lanes.left).run()  # type: ignore[arg-type]
    assert lanes.limits[:2] == pytest.approx([18.0, then])
