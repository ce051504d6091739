"""Serving: the twin and the pipeline give the same answer, and a loaded model is found by its digest alone."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sqlmodel import Session

from services.deployments import serving
from services.deployments.queries import ServedModel, get_served_model
from services.deployments.scoring_process import get_scoring_process
from services.deployments.serving import Scorer, ScorerCache, predict
from services.errors import InvalidInputError
from tests.makers_predictions import ROWS, EvenScorer, fit, make_predicting, make_served
from tests.makers_reviews import approve, make_case


@pytest.fixture(autouse=True)
def _forget_scorers() -> None:
    serving.get_scorer_cache.cache_clear()


@pytest.fixture(autouse=True, scope="module")
def _end_scoring_process() -> Iterator[None]:
    yield
    get_scoring_process().close()


@pytest.mark.parametrize("with_twin", [True, False], ids=["ONNX twin", "scoring process"])
def test_both_ways_answer_what_the_pipeline_answers(session: Session, with_twin: bool) -> None:
    case = make_case(session, **make_predicting(with_twin=with_twin))
    approve(session, case)
    model = get_served_model(session, actor=case.scientist, model_name=case.model.name)
    answers, warnings = predict(model, ROWS)
    np.testing.assert_allclose(answers.probabilities["Yes"], fit().probabilities(ROWS)[:, 1], atol=1e-6)
    assert warnings == ()
    assert answers.decisions == tuple(score >= 0.3 for score in answers.probabilities["Yes"])


def test_rows_that_do_not_fit_never_reach_the_model() -> None:
    with pytest.raises(InvalidInputError, match="contract"):
        predict(make_served(), {"tenure": [1]})


def test_what_a_step_cannot_read_is_missing_and_told_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = EvenScorer()
    monkeypatch.setattr(serving, "get_scorer_cache", lambda: ScorerCache(lambda model: scorer))
    model = make_served(steps=({"kind": "to_number", "column": "tenure", "decimal_comma": True},))
    rows: dict[str, list[Any]] = {"tenure": ["1,5", "oops", 2.0], "contract": ["Two year"] * 3}
    _answers, warnings = predict(model, rows)
    assert warnings[0] == "“tenure” cannot be read in row 2 and is taken for missing, as in the data of the model."
    assert "oops" not in " ".join(warnings)
    assert scorer.seen[0]["tenure"].fillna(-1).tolist() == [1.5, -1, 2]
    assert rows["tenure"][1] == "oops"


def test_the_cache_loads_each_digest_once_and_forgets_the_oldest() -> None:
    loaded: list[str] = []

    def load(model: ServedModel) -> Scorer:
        loaded.append(model.digest)
        return serving.PipelineScorer(model.digest)

    cache = ScorerCache(load, size=2)
    for digest in ("a", "b", "a", "c", "a", "b"):
        cache.get(make_served(digest=digest))
    assert loaded == ["a", "b", "c", "b"]


def test_two_models_of_one_name_do_not_share_a_scorer() -> None:
    cache = ScorerCache(lambda model: serving.PipelineScorer(model.digest))
    assert cache.get(make_served("churn", digest="a")) is not cache.get(make_served("churn", digest="b"))


def test_serving_loads_no_training_library() -> None:
    code = (
        "import sys, services.deployments.serving, services.reviews.commands;"
        "print(sorted({'sklearn', 'optuna', 'shap', 'lightgbm', 'skops', 'streamlit'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
