"""What is kept of single rows adds up to what the model answers, and says where a row stands by each column."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from services.automl.task import Task
from services.models.explanation import Effects
from services.models.row_effects import MAX_COLUMNS, NO_PLACE, load_row_effects
from services.models.row_effects_building import build_row_effects, places_among
from tests.makers_automl import finished, prepared


@pytest.mark.parametrize("task", list(Task))
def test_the_effects_of_a_finished_model_add_up_to_its_answers(task: Task) -> None:
    model = finished("linear", task)
    assert model.row_effects is not None
    rows = load_row_effects(model.row_effects)
    assert rows.n == model.explanation.n_rows
    assert rows.columns == tuple(driver.column for driver in model.explanation.drivers)
    assert rows.base == pytest.approx(model.explanation.base_value)
    whole = rows.base + rows.effects.sum(axis=1) + rows.rest
    np.testing.assert_allclose(whole, rows.answers, atol=1e-3 * float(np.abs(rows.effects).max()))
    importances = [driver.importance for driver in model.explanation.drivers]
    if task is not Task.MULTICLASS:  # there the importance is over all classes
        np.testing.assert_allclose(np.abs(rows.effects).mean(axis=0), importances, rtol=1e-2, atol=1e-3)


def test_the_outcomes_are_those_of_the_rows_kept_aside() -> None:
    model, preparation = finished("linear"), prepared()
    assert model.row_effects is not None
    rows = load_row_effects(model.row_effects)
    assert rows.n == len(preparation.holdout)  # all of them are explained, in their order
    np.testing.assert_array_equal(rows.outcomes, 100.0 * (preparation.holdout.y == 1))
    assert not len(rows.misses)


def test_a_model_of_several_classes_says_which_rows_it_missed() -> None:
    model, preparation = finished("linear", Task.MULTICLASS), prepared(Task.MULTICLASS)
    assert model.row_effects is not None
    rows = load_row_effects(model.row_effects)
    answers = model.pipeline.predict_proba(preparation.holdout.x).argmax(axis=1)
    np.testing.assert_array_equal(rows.misses == 1, answers != preparation.holdout.y)


def test_a_number_stands_among_the_others_and_equal_ones_together() -> None:
    values = pd.Series([3.0, 1.0, np.nan, 2.0, 2.0, 9.0])
    assert places_among(values, is_ordered=True).tolist() == [190, 0, NO_PLACE, 95, 95, 254]


def test_what_never_changes_stands_in_the_middle() -> None:
    assert places_among(pd.Series([7.0]), is_ordered=True).tolist() == [127]
    assert places_among(pd.Series([7.0, 7.0, 7.0]), is_ordered=True).tolist() == [127] * 3


def test_what_has_no_order_or_is_missing_has_no_place() -> None:
    assert places_among(pd.Series(["a", "b"]), is_ordered=False).tolist() == [NO_PLACE, NO_PLACE]
    assert places_among(pd.Series([np.nan, np.nan]), is_ordered=True).tolist() == [NO_PLACE, NO_PLACE]


def test_of_a_wide_table_the_strongest_are_kept_and_all_others_are_one() -> None:
    preparation = prepared()
    wide = [preparation.columns[0]] * (MAX_COLUMNS + 5)
    values = np.random.default_rng(0).normal(size=(7, len(wide), 2)) * np.arange(1, len(wide) + 1)[None, :, None]
    answers = 40.0 + values.sum(axis=1)
    x = preparation.holdout.x.head(7)
    effects = Effects(values, np.full(2, 40.0), answers)
    rows = build_row_effects(replace(preparation, columns=tuple(wide)), x, preparation.holdout.y[:7], effects, 1)
    assert rows.effects.shape == (7, MAX_COLUMNS)
    np.testing.assert_allclose(rows.base + rows.effects.sum(axis=1) + rows.rest, rows.answers)
    assert np.abs(rows.effects[:, 0]).mean() >= np.abs(rows.effects[:, -1]).mean()
