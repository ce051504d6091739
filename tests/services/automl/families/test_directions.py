"""Numbers whose effect has a known direction: no model contradicts it."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from services.automl.candidates import Candidate
from services.automl.errors import TrialFailedError
from services.automl.families import families
from services.automl.family_names import DIRECTED_FAMILIES
from services.automl.preparation import Preparation, prepare
from services.automl.search_space import portfolio
from services.automl.task import Task
from services.automl.training import fit_pipeline, new_pipeline, predict, train_candidate
from tests.makers_automl import CANDIDATES

GRID = np.linspace(0.0, 30.0, 61)


def make_frame(n_rows: int = 300) -> pd.DataFrame:
    """More discount lowers the outcome on the whole, but a wave in the sample says otherwise in places."""
    random = np.random.default_rng(1)
    discount = random.uniform(0, 30, n_rows).round(2)
    spend = 100 - discount + 12 * np.sin(discount) + random.normal(0, 2, n_rows)
    return pd.DataFrame(
        {
            "plan": random.choice(["month", "year"], n_rows),
            "age": random.integers(18, 80, n_rows) + random.uniform(0, 0.9, n_rows),
            "discount": discount,
            "spend": spend.round(3),
            "left": np.where(spend > np.median(spend), "Yes", "No"),
            "segment": random.choice(["a", "b", "c"], n_rows),
        }
    )


@cache
def directed(task: Task, *, is_directed: bool = True) -> Preparation:
    target = {Task.REGRESSION: "spend", Task.BINARY: "left", Task.MULTICLASS: "segment"}[task]
    directions = {"discount": -1} if is_directed else {}
    names = ["plan", "age", "discount"]
    return prepare(make_frame(), target=target, feature_columns=names, task=task.value, directions=directions)


def curve(preparation: Preparation, candidate: Candidate) -> np.ndarray:
    """What a model of all training rows says while only the discount moves, for each of ten rows (10, n)."""
    train = preparation.train
    fitted = fit_pipeline(new_pipeline(preparation, candidate), candidate, train.x, train.y)
    return np.array([_answers(fitted, preparation, row) for row in range(10)])


def _answers(fitted: Any, preparation: Preparation, row: int) -> np.ndarray:
    x = pd.concat([preparation.train.x.iloc[[row]]] * len(GRID), ignore_index=True)
    x["discount"] = GRID
    found = predict(fitted, x, len(preparation.classes))
    return found[:, 1] if found.ndim == 2 else found


@pytest.mark.parametrize("task", [Task.BINARY, Task.REGRESSION])
@pytest.mark.parametrize("family", DIRECTED_FAMILIES)
@pytest.mark.parametrize("categories", ["codes", "means"])
def test_an_answer_never_rises_with_what_only_lowers_it(task: Task, family: str, categories: str) -> None:
    candidate = Candidate(family, {**CANDIDATES[family].parameters, "categories": categories})
    free = curve(directed(task, is_directed=False), candidate)
    held = curve(directed(task), candidate)
    assert np.diff(free, axis=1).max() > 0.01
    assert np.diff(held, axis=1).max() <= 1e-9
    assert np.ptp(held) > 0.1


def test_on_a_log_scale_the_direction_holds_too() -> None:
    candidate = Candidate("lightgbm", {**CANDIDATES["lightgbm"].parameters, "target": "log"})
    assert np.diff(curve(directed(Task.REGRESSION), candidate), axis=1).max() <= 1e-9


def test_a_model_of_a_fold_and_a_copy_fitted_anew_keep_it() -> None:
    """Refits after the search, of labels and of top losses, start from a clone of the pipeline."""
    preparation, candidate = directed(Task.REGRESSION), CANDIDATES["lightgbm"]
    assert train_candidate(preparation, candidate, seconds_limit=60).score > 0
    fitted = fit_pipeline(new_pipeline(preparation, candidate), candidate, preparation.train.x, preparation.train.y)
    again = fit_pipeline(clone(fitted), candidate, preparation.holdout.x, preparation.holdout.y)
    assert np.diff(_answers(again, preparation, 0)).max() <= 1e-9


def test_the_search_tries_only_what_can_promise_it() -> None:
    assert {candidate.family for candidate in portfolio(directed(Task.BINARY))} == set(DIRECTED_FAMILIES)
    assert {name for name, family in families().items() if family.keeps_directions} == set(DIRECTED_FAMILIES)
    assert "linear" in {candidate.family for candidate in portfolio(directed(Task.BINARY, is_directed=False))}


def test_what_cannot_promise_it_is_refused_in_words() -> None:
    with pytest.raises(
        TrialFailedError, match="A linear model cannot promise the direction of “discount” a lever demands"
    ):
        train_candidate(directed(Task.BINARY), CANDIDATES["linear"], seconds_limit=60)


def test_a_direction_of_a_category_or_among_several_classes_has_no_meaning() -> None:
    assert directed(Task.MULTICLASS).directions == {}
    of_plan = prepare(make_frame(), target="spend", feature_columns=["plan", "age"], directions={"plan": 1, "gone": 1})
    assert of_plan.directions == {}
