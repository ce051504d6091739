import multiprocessing
import os
import pickle
import signal
import time

import numpy as np
import pytest

from services.automl.candidates import Candidate
from services.automl.lanes import Attempt, Finished, Fit, Lanes, open_lanes
from services.automl.processes import limit_threads, start_fork_server
from services.automl.training import fit_to_everything
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
        lanes.submit(7, Attempt(CANDIDATES["linear"], 60))
        finished = collect(lanes)
    assert finished.number == 7
    assert finished.outcome is not None
    assert finished.outcome.score == trained("linear").score


def test_a_trial_beyond_its_time_is_killed_and_the_lane_works_on() -> None:
    with open_lanes(prepared(), 1) as lanes:
        lanes.submit(0, Attempt(ENDLESS, 0.5))
        finished = collect(lanes)
        assert finished.failure == "It needs more time than a trial may take."
        lanes.submit(1, Attempt(CANDIDATES["linear"], 60))
        assert collect(lanes).outcome is not None


def test_a_trial_whose_process_dies_fails_with_a_plain_cause() -> None:
    with open_lanes(prepared(), 1) as lanes:
        lanes.submit(0, Attempt(ENDLESS, 60))
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
        lanes.submit(0, Attempt(ENDLESS, 3))
        waited = time.monotonic() - begun
        lanes.collect(timeout=0)
        assert lanes.n_busy == 1
        assert collect(lanes).failure is not None
        assert time.monotonic() - begun >= waited + 3


def test_no_process_is_left_behind() -> None:
    with open_lanes(prepared(), 2) as lanes:
        lanes.submit(0, Attempt(ENDLESS, 60))
    assert multiprocessing.active_children() == []


def test_a_lane_fits_a_candidate_to_all_rows() -> None:
    preparation = prepared()
    with open_lanes(preparation, 1) as lanes:
        lanes.submit(3, Fit(CANDIDATES["linear"], 60))
        finished = collect(lanes)
    assert finished.pipeline is not None
    pipeline = pickle.loads(finished.pipeline)  # noqa: S301
    again = fit_to_everything(preparation, CANDIDATES["linear"])
    rows = preparation.holdout.x
    assert np.array_equal(pipeline.predict_proba(rows), again.predict_proba(rows))


def test_what_a_lane_is_doing_can_be_abandoned() -> None:
    with open_lanes(prepared(), 2) as lanes:
        lanes.submit(0, Attempt(ENDLESS, 60))
        lanes.abandon()
        assert lanes.n_free == 2
        lanes.submit(1, Attempt(CANDIDATES["linear"], 60))
        assert collect(lanes).number == 1


def test_a_candidate_far_behind_gives_up_after_its_first_part_and_says_how_far() -> None:
    with open_lanes(prepared(), 1) as lanes:
        lanes.submit(0, Attempt(CANDIDATES["neighbours"], 60, (1.0, 1.0, 1.0)))
        finished = collect(lanes)
    assert finished.outcome is None
    assert finished.early_score is not None
    assert 0.5 < finished.early_score < 0.85
