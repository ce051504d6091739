import pickle

from services.automl.candidates import Candidate
from services.automl.measures import measure
from services.automl.serving_limits import ServingCost, ServingLimits
from services.automl.task import Task
from services.automl.training import fit_pipeline, new_pipeline
from tests.makers_automl import CANDIDATES, prepared, trained


def test_a_larger_forest_is_slower_and_takes_more_room() -> None:
    preparation, train = prepared(), prepared().train
    found = []
    for n_trees in (10, 120):
        candidate = CANDIDATES["extra_trees"]
        candidate = type(candidate)(candidate.family, {**candidate.parameters, "n_trees": n_trees})
        fitted = fit_pipeline(new_pipeline(preparation, candidate), candidate, train.x, train.y)
        found.append(measure(fitted, train.x, Task.BINARY)[1])
    small, large = found
    assert large.size_bytes > 5 * small.size_bytes
    assert large.model_ms > 2 * small.model_ms
    assert large.row_ms == large.columns_ms + large.model_ms


def test_a_trial_tells_what_its_model_costs_and_gives_it() -> None:
    outcome = trained("lightgbm")
    assert outcome.measures is not None
    assert 0.05 * len(outcome.pipeline) < outcome.measures.size_bytes <= len(outcome.pipeline)
    assert 0 < outcome.measures.row_ms < 1_000
    pipeline = pickle.loads(outcome.pipeline)  # noqa: S301
    assert pipeline.predict_proba(prepared().holdout.x).shape[1] == 2


def test_boosting_and_networks_keep_the_number_of_rounds_that_was_best() -> None:
    assert 1 <= trained("lightgbm").parameters["n_trees"] <= 30
    assert 1 <= trained("neural_network").parameters["n_epochs"] <= 12
    assert trained("linear").parameters == CANDIDATES["linear"].parameters


def test_memory_is_measured_where_a_limit_asks_for_it() -> None:
    preparation, train = prepared(), prepared().train
    limits = ServingLimits(memory_mb=100.0)
    found = []
    for n_trees in (10, 120):
        candidate = Candidate("extra_trees", {**CANDIDATES["extra_trees"].parameters, "n_trees": n_trees})
        fitted = fit_pipeline(new_pipeline(preparation, candidate), candidate, train.x, train.y)
        found.append(measure(fitted, train.x, Task.BINARY, limits)[1])
        assert measure(fitted, train.x, Task.BINARY)[1].cost.memory_bytes is None
    small, large = found
    assert small.memory_bytes is not None
    assert large.memory_bytes is not None
    assert large.memory_bytes > 3 * small.memory_bytes
    assert large.cost == ServingCost(large.row_ms, large.memory_bytes, large.size_bytes, large.batch_ms)
