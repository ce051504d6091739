"""The scoring process, for real: a child that loads a pipeline and answers, dies, hangs and is replaced."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from services.deployments.errors import ScoringUnavailableError
from services.deployments.scoring_process import ScoringProcess
from services.models.pipeline_file import dump_pipeline
from services.models.signature import validate_rows
from tests.makers_predictions import ROWS, fit


@pytest.fixture(scope="module")
def scoring() -> Iterator[ScoringProcess]:
    process = ScoringProcess()
    yield process
    process.close()


@pytest.fixture(scope="module")
def pipeline_file() -> bytes:
    return dump_pipeline(fit().pipeline)


def _frame() -> pd.DataFrame:
    return validate_rows(fit().signature, ROWS)[0]


def test_it_answers_what_the_pipeline_answers(scoring: ScoringProcess, pipeline_file: bytes) -> None:
    scores = scoring.score("a", _frame(), lambda: pipeline_file)
    np.testing.assert_allclose(scores, fit().probabilities(ROWS), atol=1e-12)


def test_a_pipeline_is_brought_once(scoring: ScoringProcess, pipeline_file: bytes) -> None:
    brought = []

    def bring() -> bytes:
        brought.append(True)
        return pipeline_file

    for _ in range(3):
        scoring.score("b", _frame(), bring)
    assert len(brought) == 1


def test_a_killed_process_is_replaced_without_the_caller_noticing(
    scoring: ScoringProcess, pipeline_file: bytes
) -> None:
    before = scoring.score("a", _frame(), lambda: pipeline_file)
    dead = scoring.pid
    assert dead is not None
    os.kill(dead, signal.SIGKILL)
    np.testing.assert_array_equal(scoring.score("a", _frame(), lambda: pipeline_file), before)
    assert scoring.pid != dead


def test_a_file_that_is_no_pipeline_is_refused_in_one_sentence(scoring: ScoringProcess, pipeline_file: bytes) -> None:
    with pytest.raises(ScoringUnavailableError, match="could not"):
        scoring.score("rubbish", _frame(), lambda: b"not a pipeline")
    assert len(scoring.score("a", _frame(), lambda: pipeline_file)) == 2


def test_rows_that_do_not_fit_are_refused_without_their_values(scoring: ScoringProcess, pipeline_file: bytes) -> None:
    frame = pd.DataFrame({"tenure": ["CANARY-7731"], "contract": ["Two year"]})
    with pytest.raises(ScoringUnavailableError) as refused:
        scoring.score("a", frame, lambda: pipeline_file)
    assert "CANARY" not in refused.value.sentence


def test_a_process_that_does_not_answer_in_time_is_ended() -> None:
    hanging = ScoringProcess((sys.executable, "-c", "import time; time.sleep(60)"), ready_seconds=0.3)
    with pytest.raises(ScoringUnavailableError, match=r"could not be loaded within 0\.3 seconds"):
        hanging.score("a", _frame(), lambda: b"")
    assert hanging.pid is None


@pytest.mark.slow
def test_an_answer_has_less_time_than_libraries_and_models_to_load(pipeline_file: bytes) -> None:
    slow = """
import sys, time
from portal import scoring
load, score = scoring.ScoringServer._load, scoring.ScoringServer._score
scoring.ScoringServer._load = lambda *given: (time.sleep(3), load(*given))[1]
scoring.ScoringServer._score = lambda *given: (time.sleep(9 if given[1] == "b" else 0), score(*given))[1]
time.sleep(3)
scoring.main()
"""
    process = ScoringProcess((sys.executable, "-c", slow), timeout_seconds=2.5, ready_seconds=60)
    assert len(process.score("a", _frame(), lambda: pipeline_file)) == len(ROWS)
    with pytest.raises(ScoringUnavailableError, match=r"within 2\.5 seconds. Try fewer rows"):
        process.score("b", _frame(), lambda: pipeline_file)


def test_a_process_that_dies_at_every_request_gives_up_with_a_sentence() -> None:
    dying = ScoringProcess((sys.executable, "-c", "raise SystemExit(1)"))
    with pytest.raises(ScoringUnavailableError, match="stopped"):
        dying.score("a", _frame(), lambda: b"")


def test_it_ends_when_the_web_process_does() -> None:
    child = subprocess.Popen([sys.executable, "-m", "portal.scoring"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with child:
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(timeout=30) == 0
