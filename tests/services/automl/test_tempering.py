import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import ExtraTreesClassifier

from services.automl.candidates import Candidate
from services.automl.scoring import score
from services.automl.task import Task
from services.automl.tempering import find_sharpness, sharpened, sharpness_of, tempered
from services.automl.training import fit_pipeline, new_pipeline, predict, train_candidate
from services.models.export import MAX_GAP, export_twin, largest_gap
from services.models.pipeline_file import dump_pipeline, load_pipeline
from services.models.signature_building import build_signature
from tests.makers_automl import CANDIDATES, prepared

RANDOM = np.random.default_rng(0)
TRUE = RANDOM.dirichlet([0.3, 0.3, 0.3], 3_000)
Y = np.array([RANDOM.choice(3, p=p) for p in TRUE])


@pytest.mark.parametrize("sharpness", [0.5, 2.0])
def test_the_sharpness_that_was_taken_away_is_found_again(sharpness: float) -> None:
    assert find_sharpness(sharpened(TRUE, 1 / sharpness), Y) == pytest.approx(sharpness, rel=0.1)


def test_probabilities_that_are_right_stay_as_they_are() -> None:
    assert find_sharpness(TRUE, Y) is None


def test_the_order_of_classes_never_changes() -> None:
    assert (sharpened(TRUE, 3.0).argmax(axis=1) == TRUE.argmax(axis=1)).all()
    assert np.allclose(sharpened(TRUE, 3.0).sum(axis=1), 1.0)


def test_a_tempered_model_is_scikit_learns_own_and_answers_as_predicted() -> None:
    x = RANDOM.normal(size=(300, 4))
    y = (x[:, 0] > 0).astype(int) + (x[:, 1] > 0)
    forest = ExtraTreesClassifier(20, min_samples_leaf=5, random_state=0).fit(x, y)
    model = tempered(forest, 2.5)
    assert isinstance(model, CalibratedClassifierCV)
    assert np.allclose(model.predict_proba(x), sharpened(forest.predict_proba(x), 2.5))
    assert sharpness_of(model) == 2.5
    assert sharpness_of(forest) is None


def test_a_timid_forest_is_sharpened_in_its_trial_its_file_and_its_twin() -> None:
    preparation = prepared(Task.MULTICLASS)
    timid = Candidate("extra_trees", {**CANDIDATES["extra_trees"].parameters, "min_leaf": 12, "n_trees": 40})
    outcome = train_candidate(preparation, timid, seconds_limit=60)
    assert outcome.parameters["sharpness"] > 1.2
    train, candidate = preparation.train, Candidate("extra_trees", outcome.parameters)
    plain = fit_pipeline(new_pipeline(preparation, timid), timid, train.x, train.y)
    sharp = fit_pipeline(new_pipeline(preparation, candidate), candidate, train.x, train.y)
    rows, y = preparation.holdout.x, preparation.holdout.y
    assert score("log_loss", y, predict(sharp, rows, 3)) < score("log_loss", y, predict(plain, rows, 3))
    assert np.array_equal(load_pipeline(dump_pipeline(sharp)).predict_proba(rows), sharp.predict_proba(rows))
    signature = build_signature(preparation)
    twin = export_twin(sharp, signature, train.x)
    assert twin.content is not None, twin.reason
    signed = type(signature)(**{**signature.__dict__, "onnx_inputs": twin.inputs})
    assert largest_gap(sharp, twin.content, signed, rows) <= MAX_GAP
