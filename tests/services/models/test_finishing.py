from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.automl.candidates import Candidate
from services.automl.errors import TrialFailedError
from services.automl.preparation import Preparation, prepare
from services.automl.serving_limits import ServingLimits
from services.automl.training import train_candidate
from services.models import finishing
from services.models.choosing import Tried
from services.models.finishing import finish
from services.models.pipeline_file import load_pipeline
from services.models.signature import validate_rows
from tests.makers_automl import CANDIDATES, FEATURES, finished, make_cases, prepared, trained
from tests.makers_large import look_at

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


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Preparation:
    """A search looks at 200 rows of 1,200."""
    look_at(monkeypatch, 200)
    return prepare(make_cases(1_200), target="left", feature_columns=FEATURES, n_folds=3)


def tried_on(preparation: Preparation, family: str = "lightgbm") -> list[Tried]:
    outcome = train_candidate(preparation, CANDIDATES[family], seconds_limit=60)
    return [Tried(CANDIDATES[family], outcome.predictions)]


def test_the_model_learns_from_what_the_search_did_not_look_at(large: Preparation) -> None:
    model, small = (finish(one, tried_on(large)) for one in (large, replace(large, rest=None)))
    assert (model.learns_from_all, model.evaluation.n_train) == (True, 1_160)
    assert (small.learns_from_all, small.evaluation.n_train) == (False, 160)
    assert model.evaluation.split.endswith("The model has learned from all 1,160 others that it may.")
    assert large.rest is not None
    ranges = [next(column for column in one.signature.columns if column.name == "months") for one in (model, small)]
    assert ranges[0].low == min(large.train.x["months"].min(), large.rest.x["months"].min())
    assert ranges[1].low == large.train.x["months"].min()
    assert model.evaluation.n_holdout == small.evaluation.n_holdout == 40
    assert model.evaluation.cross_validated == small.evaluation.cross_validated
    every = make_cases(1_200)
    n_yes = model.pipeline.predict_proba(prepare(every, target="left", feature_columns=FEATURES).train.x)[:, 1].sum()
    assert n_yes == pytest.approx((every["left"] == "Yes").mean() * len(large.train), abs=8)


def no_room(*_: object, **__: object) -> None:
    raise TrialFailedError("It needs more memory than a trial may use.")


@pytest.mark.parametrize("why", ["slow", "growing", "memory", "limit"])
def test_where_that_takes_too_much_it_is_the_model_of_the_search(
    large: Preparation, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    ranked = tried_on(large, "extra_trees")
    if why == "slow":
        monkeypatch.setattr(finishing, "MOST_SECONDS_OF_ALL", 0.0)
    elif why == "memory":
        fit = finishing.fit_members
        monkeypatch.setattr(
            finishing,
            "fit_members",
            lambda *given, with_rest=False: no_room() if with_rest else fit(*given),
        )
    else:
        learned = finish(replace(large, rest=None), ranked)
        bytes_small, bytes_large = len(learned.pipeline_file), len(finish(large, ranked).pipeline_file)
        assert bytes_large > bytes_small
        large = replace(large, limits=ServingLimits(file_mb=(bytes_small + bytes_large) / 2e6))
    bytes_known = len(finish(replace(large, rest=None), ranked).pipeline_file)
    limits = replace(finishing.TEAM_LIMITS, size_bytes=2.0 * bytes_known if why == "growing" else 1e9)
    model = finish(large, ranked, limits)
    assert (model.learns_from_all, model.evaluation.n_train) == (False, 160)
    assert "The model has learned from" not in model.evaluation.split
