from dataclasses import replace

import numpy as np
import pytest

from services.automl.ensemble import Limits
from services.automl.errors import TrialFailedError
from services.automl.preparation import Preparation
from services.automl.serving_limits import ServingLimits
from services.automl.task import Task
from services.models.choosing import Tried, choose
from services.models.finishing import finish
from services.models.pipeline_file import load_pipeline
from tests.makers_automl import CANDIDATES, prepared, trained

FREE = Limits()


def _tried(name: str, task: Task = Task.REGRESSION, **costs: float) -> Tried:
    return Tried(CANDIDATES[name], trained(name, task).predictions, **costs)


def _opposite(preparation: Preparation) -> list[Tried]:
    """Two candidates that err by the same amount in opposite directions."""
    y = preparation.train.y
    return [Tried(CANDIDATES["linear"], y + 5.0), Tried(CANDIDATES["extra_trees"], y - 5.0)]


def test_a_team_comes_first_where_it_is_clearly_better() -> None:
    preparation = prepared(Task.REGRESSION)
    choices = choose(preparation, _opposite(preparation), FREE)
    assert [choice.family for choice in choices] == ["ensemble", "linear", "extra_trees"]
    assert np.allclose(choices[0].predictions, preparation.train.y)
    assert [weight for _, weight in choices[0].members] == [0.5, 0.5]


def test_one_model_is_enough_where_a_team_hardly_gains() -> None:
    preparation = prepared(Task.REGRESSION)
    y = preparation.train.y
    hardly = [Tried(CANDIDATES["linear"], y + 5.0), Tried(CANDIDATES["extra_trees"], y + 4.999)]
    assert [choice.family for choice in choose(preparation, hardly, FREE)] == ["linear", "extra_trees"]


def test_a_team_that_would_answer_too_slowly_is_not_proposed() -> None:
    preparation = prepared(Task.REGRESSION)
    first, second = _opposite(preparation)
    slow = Tried(second.candidate, second.predictions, row_ms=90.0)
    assert choose(preparation, [first, slow], Limits(row_ms=40.0))[0].family == "linear"


def test_with_payoffs_a_team_must_earn_more() -> None:
    preparation = prepared(with_money=True)
    predictions = trained("linear", with_money=True).predictions
    same = [Tried(CANDIDATES["linear"], predictions), Tried(CANDIDATES["lightgbm"], predictions)]
    assert choose(preparation, same, FREE)[0].family == "linear"


@pytest.mark.parametrize("task", [Task.BINARY, Task.REGRESSION])
def test_a_team_is_finished_like_any_model(task: Task) -> None:
    """Explained by column with sums that hold, written as a twin that agrees, and opened again from its file."""
    preparation = prepared(task)
    names = ("linear", "lightgbm", "extra_trees")
    y = preparation.train.y
    team_only = [
        Tried(CANDIDATES[name], _leaning(y, shift, task)) for name, shift in zip(names, (4, -4, 3), strict=True)
    ]
    model = finish(preparation, team_only)
    assert model.family == "ensemble"
    assert model.explanation.is_additive
    assert model.onnx is not None, model.onnx_reason
    rows = preparation.holdout.x
    again = load_pipeline(model.pipeline_file)
    answer = "predict_proba" if task.is_classification else "predict"
    assert np.array_equal(getattr(again, answer)(rows), getattr(model.pipeline, answer)(rows))
    assert {driver.column for driver in model.explanation.drivers} <= {column.name for column in preparation.columns}


def _leaning(y: np.ndarray, shift: float, task: Task) -> np.ndarray:
    """Predictions that err in one direction, so that only a team is right."""
    if task is Task.REGRESSION:
        return np.asarray(y + shift, dtype=np.float64)
    noise = np.where(np.arange(len(y)) % 2 == 0, shift, -shift) / 10
    p = np.clip(0.5 + 0.2 * (y - 0.5) + noise, 0.0, 1.0)
    return np.column_stack([1 - p, p])


def _limited(**limits: float) -> Preparation:
    return replace(prepared(Task.REGRESSION), limits=ServingLimits(**limits))


def test_what_is_beyond_a_limit_of_the_objective_cannot_become_the_model() -> None:
    slow, quick = _tried("extra_trees", row_ms=63.0), _tried("linear", row_ms=4.0)
    assert [choice.family for choice in choose(_limited(row_ms=20.0), [slow, quick], FREE)] == ["linear"]


def test_a_team_that_together_is_beyond_a_limit_is_not_proposed() -> None:
    preparation = _limited(row_ms=20.0)
    first, second = _opposite(preparation)
    slowed = [Tried(tried.candidate, tried.predictions, row_ms=12.0) for tried in (first, second)]
    assert [choice.family for choice in choose(preparation, slowed, FREE)] == ["linear", "extra_trees"]


def test_where_nothing_keeps_the_limits_the_nearest_is_named() -> None:
    tried = [_tried("extra_trees", row_ms=63.0), _tried("linear", row_ms=22.0), _tried("kernel", row_ms=90.0)]
    with pytest.raises(TrialFailedError) as refused:
        choose(_limited(row_ms=20.0), tried, FREE)
    assert refused.value.sentence == (
        "No model keeps the limits of the objective. The nearest is the linear model: too slow: 22 ms, at most 20 ms. "
        "Let the search try more variants, or loosen that limit in the objective."
    )


def test_a_model_that_grows_beyond_a_limit_when_it_is_fitted_to_all_rows_is_passed_over() -> None:
    """Each was small enough in its fold; what is delivered is weighed again."""
    sizes = {
        name: len(finish(prepared(Task.REGRESSION), [_tried(name)]).pipeline_file) for name in ("extra_trees", "linear")
    }
    between = sum(sizes.values()) / 2e6
    both = [_tried("extra_trees"), _tried("linear")]
    assert finish(_limited(file_mb=between), both).family == "linear"
    with pytest.raises(TrialFailedError, match="The nearest is the linear model: too large"):
        finish(_limited(file_mb=sizes["linear"] / 2e6), both)
