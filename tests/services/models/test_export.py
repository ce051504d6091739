import re
from dataclasses import replace

import numpy as np
import pytest

from services.automl.candidates import Candidate
from services.automl.preparation import Preparation, prepare
from services.automl.search_space import portfolio
from services.automl.task import Task
from services.automl.training import fit_pipeline, new_pipeline
from services.models.export import (
    MAX_GAP,
    MIN_ROWS_CHECKED,
    export_twin,
    forest_megabytes,
    largest_gap,
    rough_rows,
)
from services.models.onnx_scoring import OnnxScorer
from services.models.pipeline_file import ALLOWED_TYPES, dump_pipeline, untrusted_types
from services.models.signature_building import build_signature
from tests.makers_automl import FEATURES, TARGETS, finished, make_cases, prepared

FAMILIES = ["linear", "lightgbm", "extra_trees", "random_forest"]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("task", list(Task))
def test_the_twin_answers_like_the_pipeline_on_missing_and_unseen_values(family: str, task: Task) -> None:
    model = finished(family, task)
    assert model.onnx is not None, model.onnx_reason
    assert model.onnx_reason is None
    gap = largest_gap(model.pipeline, model.onnx, model.signature, prepared(task).holdout.x, seed=7)
    assert gap <= MAX_GAP


def make_mixed(task: Task) -> Preparation:
    """Numbers with gaps, levels with a median between two of them, a date, a category and a crowded one; no text."""
    frame = make_cases()
    frame["grade"] = np.resize([1, 2, 3, 4], len(frame))
    frame["city"] = [f"city {number}" for number in np.random.default_rng(1).integers(0, 60, len(frame))]
    return prepare(frame, target=TARGETS[task], feature_columns=(*FEATURES, "city", "grade"), n_folds=2)


@pytest.mark.parametrize("task", list(Task))
def test_every_candidate_of_the_portfolio_has_a_twin_that_agrees_and_a_file_that_opens(task: Task) -> None:
    preparation = make_mixed(task)
    signature = build_signature(preparation)
    assert {column.kind for column in signature.columns} == {"number", "category", "date"}
    for candidate in portfolio(preparation):
        size = {name: 5 for name in ("n_trees", "n_epochs") if name in candidate.parameters}
        small = Candidate(candidate.family, candidate.parameters | size)
        train = preparation.train
        pipeline = fit_pipeline(new_pipeline(preparation, small), small, train.x, train.y)
        twin = export_twin(pipeline, signature, train.x)
        if candidate.family == "neighbours" or (
            task is Task.REGRESSION and candidate.family in ("neural_network", "kernel")
        ):  # weights by distance, and a target brought to equal spread, have no counterpart that agrees
            assert twin.content is None
            assert twin.reason
            continue
        assert twin.content is not None, (candidate, twin.reason)
        signed = replace(signature, onnx_inputs=twin.inputs)
        assert largest_gap(pipeline, twin.content, signed, preparation.holdout.x, seed=7) <= MAX_GAP
        assert set(untrusted_types(dump_pipeline(pipeline))) <= set(ALLOWED_TYPES)


def test_a_missing_word_is_the_same_for_twin_and_pipeline() -> None:
    model, row = finished("linear"), prepared().train.x.head(1).copy()
    assert model.onnx is not None
    row["plan"] = row["plan"].mask(row["plan"].notna())
    given = OnnxScorer(model.onnx, model.signature).predict(row)
    assert np.allclose(given, model.pipeline.predict_proba(row), atol=1e-6)


def test_rows_to_check_with_are_many_and_rough() -> None:
    signature = build_signature(prepared())
    rough = rough_rows(prepared().train.x.head(300), signature)
    assert len(rough) >= MIN_ROWS_CHECKED
    assert rough.isna().any().all()
    assert (~rough["plan"].dropna().isin(signature.columns[2].categories)).any()
    assert (rough["months"].dropna() % 1 == 0.5).any()


def test_a_twin_that_disagrees_is_not_used() -> None:
    honest, other = finished("linear"), finished("lightgbm")
    assert honest.onnx is not None
    assert largest_gap(other.pipeline, honest.onnx, honest.signature, prepared().holdout.x) > MAX_GAP


def test_a_model_that_cannot_be_written_as_onnx_says_so_in_plain_words() -> None:
    model = finished("linear")
    broken = model.pipeline.__class__([("columns", model.pipeline.named_steps["columns"]), ("model", "passthrough")])
    twin = export_twin(broken, model.signature, prepared().train.x)
    assert (twin.content, twin.inputs) == (None, ())
    assert twin.reason == "This model has parts that cannot be written as ONNX."


def test_text_is_named_as_the_reason_why_there_is_no_twin() -> None:
    model = finished("linear")
    columns = tuple(replace(column, kind="text") for column in model.signature.columns if column.name == "plan")
    twin = export_twin(model.pipeline, replace(model.signature, columns=columns), prepared().train.x)
    assert twin.content is None
    assert twin.reason == "Its text is cut into words as ONNX cannot repeat exactly: “plan”."


@pytest.mark.parametrize("task", list(Task))
def test_the_size_of_a_forest_is_known_before_it_is_written(task: Task) -> None:
    model = finished("extra_trees", task)
    assert model.onnx is not None
    assert forest_megabytes(model.pipeline) == pytest.approx(len(model.onnx) / 1e6, rel=0.35)
    assert forest_megabytes(finished("lightgbm", task).pipeline) == 0


def test_a_forest_that_is_too_large_says_how_large(monkeypatch: pytest.MonkeyPatch) -> None:
    model = finished("extra_trees")  # before the limit is changed: other tests get the same model
    monkeypatch.setattr("services.models.export.MAX_FOREST_MB", 0.001)
    twin = export_twin(model.pipeline, model.signature, prepared().train.x)
    assert twin.reason is not None
    assert re.fullmatch(r"As ONNX this forest would take \d+ MB, too much for a twin\.", twin.reason)
