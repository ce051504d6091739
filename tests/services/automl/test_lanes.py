import multiprocessing
import os
import signal
import time
from dataclasses import replace

import pytest

from services.automl.candidates import Candidate
from services.automl.errors import TrialFailedError
from services.automl.lanes import Finished, Lanes, open_lanes
from services.automl.processes import limit_threads, start_fork_server
from services.automl.searching import search
from services.automl.task import Task
from tests.makers_automl import CANDIDATES, prepared, trained

ENDLESS = Candidate("extra_trees", {"n_trees": 200_000, "min_leaf": 1, "max_features": None})


@pytest.fixture(autouse=True, scope="module")
def fork_server() -> None:
    limit_threads()
    start_fork_server()


def collect(lanes: Lanes, seconds: float = 60) -> Finished:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended = lanes.collect(timeout=1.0)
        if ended:
            return ended[0]
    raise AssertionError("Nothing ended.")


def test_a_lane_finds_what_this_process_finds() -> None:
    with open_lanes(prepared(), 1) as lanes:
        lanes.submit(7, CANDIDATES["linear"], seconds_limit=60)
        finished = collect(lanes)
    assert finished.number == 7
    assert finished.outcome is not None
    assert finished.outcome.score == trained("linear").score


def test_a_trial_beyond_its_time_is_killed_and_the_lane_works_on() -> None:
    with open_lanes(prepared(), 1) as lanes:
        lanes.submit(0, ENDLESS, seconds_limit=0.5)
        finished = collect(lanes)
        assert finished.failure == "It needs more time than a trial may take."
        lanes.submit(1, CANDIDATES["linear"], seconds_limit=60)
        assert collect(lanes).outcome is not None


def test_a_trial_whose_process_dies_fails_with_a_plain_cause() -> None:
    with open_lanes(prepared(), 1) as lanes:
        lanes.submit(0, ENDLESS, seconds_limit=60)
        for child in multiprocessing.active_children():
            if child.pid is not None:
                os.kill(child.pid, signal.SIGKILL)
        finished = collect(lanes)
    assert finished.outcome is None
    assert finished.failure is not None
    assert "process died" in finished.failure


def test_the_time_a_process_takes_to_start_is_not_its_first_trials() -> None:
    with open_lanes(prepared(), 1) as lanes:
        begun = time.monotonic()
        lanes.submit(0, ENDLESS, seconds_limit=3)
        waited = time.monotonic() - begun
        lanes.collect(timeout=0)
        assert lanes.n_busy == 1
        assert collect(lanes).failure is not None
        assert time.monotonic() - begun >= waited + 3


def test_no_process_is_left_behind() -> None:
    with open_lanes(prepared(), 2) as lanes:
        lanes.submit(0, ENDLESS, seconds_limit=60)
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_a_search_ends_in_time_with_the_best_in_front() -> None:
    began = time.monotonic()
    result = search(prepared(), seconds_left=lambda: began + 15 - time.monotonic(), max_trials=6)
    assert time.monotonic() - began < 17
    assert result.entries
    scores = [entry.outcome.score for entry in result.entries]
    assert scores == sorted(scores, reverse=True)


def test_a_search_without_a_model_says_why() -> None:
    preparation = prepared(Task.REGRESSION)
    empty = replace(preparation, train=replace(preparation.train, y=preparation.train.y * float("nan")))
    with pytest.raises(TrialFailedError, match="cannot be fitted to these rows"):
        search(empty, seconds_left=lambda: 0.0, n_lanes=1)
