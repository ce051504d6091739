import numpy as np
import pytest

from services.automl.task import Task
from services.models.export import MAX_GAP, MIN_ROWS_CHECKED, export_twin, largest_gap, rough_rows
from services.models.onnx_scoring import OnnxScorer
from services.models.signature_building import build_signature
from tests.makers_automl import finished, prepared

FAMILIES = ["linear", "lightgbm", "extra_trees", "random_forest"]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("task", list(Task))
def test_the_twin_answers_like_the_pipeline_on_missing_and_unseen_values(family: str, task: Task) -> None:
    model = finished(family, task)
    assert model.onnx is not None, model.onnx_reason
    assert model.onnx_reason is None
    gap = largest_gap(model.pipeline, model.onnx, model.signature, prepared(task).holdout.x, seed=7)
    assert gap <= MAX_GAP


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


def test_a_twin_that_disagrees_is_not_used() -> None:
    honest, other = finished("linear"), finished("lightgbm")
    assert honest.onnx is not None
    assert largest_gap(other.pipeline, honest.onnx, honest.signature, prepared().holdout.x) > MAX_GAP


def test_a_model_that_cannot_be_written_as_onnx_says_so_in_plain_words() -> None:
    model = finished("linear")
    broken = model.pipeline.__class__([("columns", model.pipeline.named_steps["columns"]), ("model", "passthrough")])
    twin = export_twin(broken, model.signature, prepared().train.x)
    assert twin.content is None
    assert twin.inputs == ()
    assert twin.reason is not None
    assert twin.reason.startswith("This model has parts that cannot be written as ONNX")
