from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.automl.candidates import Candidate
from services.automl.errors import TrialFailedError
from services.automl.preparation import prepare
from services.automl.training import train_candidate
from services.models.choosing import Tried
from services.models.finishing import finish
from services.models.pipeline_file import load_pipeline
from services.models.signature import validate_rows
from tests.makers_automl import CANDIDATES, finished, prepared, trained

IMPOSSIBLE = Candidate("extra_trees", {**CANDIDATES["extra_trees"].parameters, "max_features": -1})


def test_the_next_candidate_is_taken_where_the_best_cannot_be_fitted() -> None:
    predictions = trained("linear").predictions
    model = finish(prepared(), [Tried(IMPOSSIBLE, predictions), Tried(CANDIDATES["linear"], predictions)])
    assert model.family == "linear"


def test_a_search_without_a_usable_candidate_says_so() -> None:
    with pytest.raises(TrialFailedError, match="None of the models"):
        finish(prepared(), [Tried(IMPOSSIBLE, trained("linear").predictions)])


def test_a_model_takes_rows_as_its_signature_checks_them() -> None:
    model = finished("lightgbm")
    given: dict[str, list[Any]] = {
        "months": ["3", 40],
        "charges": [None, 55.5],
        "plan": ["month", "never seen"],
        "since": ["2021-05-01", None],
    }
    frame, warnings = validate_rows(model.signature, given)
    answers = model.pipeline.predict_proba(frame)
    assert answers[0, 1] > answers[1, 1]
    assert len(warnings) == 2


def test_one_row_of_the_signature_is_an_example_that_can_be_scored() -> None:
    model = finished("extra_trees")
    example = {column.name: [column.example] for column in model.signature.columns}
    frame, warnings = validate_rows(model.signature, example)
    assert warnings == ()
    assert model.pipeline.predict(frame)[0] in (0, 1)


def test_latency_is_measured_for_the_pipeline_and_its_twin() -> None:
    latency = finished("lightgbm").evaluation.latency_ms
    assert set(latency) == {"pipeline", "onnx"}
    assert 0 < latency["onnx"] < latency["pipeline"]


def test_a_model_of_texts_is_finished_with_the_reason_why_there_is_no_twin() -> None:
    random = np.random.default_rng(0)
    words = np.array(["love", "great", "soft", "perfect", "awful", "cheap", "itchy", "returned", "dress", "colour"])
    picks = random.integers(0, 10, (200, 7))
    good = (picks < 4).sum(axis=1) > (picks < 8).sum(axis=1) / 2
    frame = pd.DataFrame({"review": [" ".join(words[row]) for row in picks], "liked": np.where(good, "Yes", "No")})
    preparation = prepare(frame, target="liked", n_folds=3)
    outcome = train_candidate(preparation, CANDIDATES["linear"], seconds_limit=60)
    model = finish(preparation, [Tried(CANDIDATES["linear"], outcome.predictions)])
    assert outcome.score > 0.9
    assert model.explanation.is_additive
    assert model.onnx is None
    assert model.onnx_reason == "Its text is cut into words as ONNX cannot repeat exactly: “review”."
    rows = preparation.holdout.x
    assert np.array_equal(load_pipeline(model.pipeline_file).predict_proba(rows), model.pipeline.predict_proba(rows))
