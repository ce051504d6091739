import numpy as np
import pandas as pd
import pytest

from services.automl.columns import Column
from services.automl.preparation import prepare
from services.automl.task import Task
from services.automl.training import fit_pipeline, new_pipeline
from services.models.drivers import describe_driver
from services.models.examples import pick_examples
from services.models.explanation import explain
from services.models.report import Explanation
from services.models.row_effects import NO_PLACE, dump_row_effects, load_row_effects
from tests.makers_automl import CANDIDATES, finished, prepared
from tests.makers_prepared import SAME_FOR_ALL, make_odd_table, make_prepared


def test_the_columns_that_made_the_data_are_the_strongest_drivers_in_the_right_direction() -> None:
    explanation = finished("lightgbm").explanation
    first, second = explanation.drivers[:2]
    assert {first.column, second.column} == {"months", "plan"}
    months = next(driver for driver in explanation.drivers if driver.column == "months")
    assert months.direction == "down"
    assert months.sentence.startswith("Low “months” raises the probability of “left” = Yes, by up to")
    assert explanation.scale == "probability points"


def test_the_method_says_whether_every_combination_was_asked() -> None:
    assert finished("linear").explanation.method == (
        "SHAP values by original column (exact: every combination of columns, against 32 typical rows; trees and "
        "sums are asked by their own paths, which gives the same)"
    )
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(120, 9)), columns=list("abcdefghi"))
    preparation = prepare(frame.assign(y=frame["a"] + random.normal(size=120)), target="y", n_folds=2)
    candidate = CANDIDATES["linear"]
    pipeline = fit_pipeline(new_pipeline(preparation, candidate), candidate, preparation.train.x, preparation.train.y)
    assert "random orders of exchanging columns" in explain(pipeline, "linear", preparation, None)[0].method


def test_a_regression_is_explained_in_units_of_its_target() -> None:
    explanation = finished("linear", Task.REGRESSION).explanation
    assert explanation.scale == "spend"
    assert explanation.drivers[0].column == "months"
    assert explanation.drivers[0].direction == "up"
    low, high = explanation.drivers[0].points[0], explanation.drivers[0].points[-1]
    slope = (high[1] - low[1]) / (float(high[0]) - float(low[0]))
    assert slope == pytest.approx(5.0, rel=0.05)


@pytest.mark.parametrize("task", list(Task))
def test_every_input_is_a_driver_once_and_strongest_come_first(task: Task) -> None:
    drivers = finished("extra_trees", task).explanation.drivers
    assert {driver.column for driver in drivers} == {"months", "charges", "plan", "since"}
    importances = [driver.importance for driver in drivers]
    assert importances == sorted(importances, reverse=True)


def test_the_mean_effect_of_each_category_is_shown_with_missing_as_one() -> None:
    plan = next(driver for driver in finished("linear").explanation.drivers if driver.column == "plan")
    assert plan.direction == "by category"
    assert {value for value, _effect in plan.points} <= {"month", "year", "two years", "missing"}
    assert plan.points[0][0] == "month"


def test_examples_are_different_rows_and_name_rows_of_the_table() -> None:
    examples, preparation = finished("lightgbm").explanation.examples, prepared()
    assert [example.label for example in examples] == [
        "The highest prediction",
        "The lowest prediction",
        "A close call",
        "One the model got wrong",
        "A typical case",
    ]
    numbers = [example.row_number for example in examples]
    assert len(set(numbers)) == 5
    assert set(numbers) <= set(preparation.holdout.positions + 1)
    assert examples[0].prediction > examples[1].prediction
    given, usual = (f"{value:.0f}%" for value in (examples[0].prediction, examples[0].base_value))
    assert examples[0].sentence.startswith(f"The model gives a probability of Yes of {given} where {usual} is typical")


def test_the_wrong_example_is_wrong_at_the_threshold() -> None:
    model, preparation = finished("lightgbm"), prepared()
    wrong = next(row for row in model.explanation.examples if row.label == "One the model got wrong")
    place = int(np.flatnonzero(preparation.holdout.positions == wrong.row_number - 1)[0])
    assert model.threshold is not None
    assert (wrong.prediction / 100 >= model.threshold) != (preparation.holdout.y[place] == 1)


def test_a_model_that_is_always_right_has_no_wrong_example() -> None:
    preparation = prepared()
    perfect = np.eye(2)[preparation.holdout.y]
    labels = [label for label, _place in pick_examples(preparation, perfect, 0.5)]
    assert "One the model got wrong" not in labels


def test_a_column_without_effect_says_so() -> None:
    driver = describe_driver(Column("idle", "number"), pd.Series([1.0, 2.0, 3.0]), np.zeros(3), 0.0, "“spend”")
    assert driver.sentence == "“idle” does not move “spend”."
    assert driver.direction == "mixed"


def test_a_column_that_helps_and_hurts_is_called_mixed() -> None:
    values = pd.Series(np.linspace(-1, 1, 41))
    effects = np.asarray(values.to_numpy(dtype=np.float64) ** 2 - 1 / 3, dtype=np.float64)
    driver = describe_driver(Column("x", "number"), values, effects, float(np.abs(effects).mean()), "“spend”")
    assert driver.direction == "mixed"
    assert "up in some cases and down in others" in driver.sentence
    assert len(driver.points) == 12


def test_a_model_that_says_the_same_of_everybody_is_explained_without_a_reason() -> None:
    model = make_prepared(candidate=SAME_FOR_ALL)
    explanation, rows = explain(model.pipeline, "lightgbm", model.preparation, model.threshold)
    assert {driver.importance for driver in explanation.drivers} == {0.0}
    assert all("does not move" in driver.sentence for driver in explanation.drivers)
    assert explanation.is_additive
    assert all(example.prediction == pytest.approx(explanation.base_value) for example in explanation.examples)
    assert all("no column moves it away from that" in example.sentence for example in explanation.examples)
    assert not rows.effects.any()
    assert not load_row_effects(dump_row_effects(rows)).effects.any()
    assert Explanation.from_document(explanation.document()) == explanation


def test_an_empty_column_and_500_categories_are_explained_with_the_others() -> None:
    model = make_prepared(make_odd_table())
    explanation, rows = explain(model.pipeline, "linear", model.preparation, model.threshold)
    drivers = {driver.column: driver for driver in explanation.drivers}
    assert explanation.drivers[0].column == "tenure"
    assert {column.name for column in model.preparation.columns} == set(drivers) >= {"gone", "place"}
    assert explanation.is_additive
    assert 0 < len(drivers["place"].points) <= 12, "A card has room for a few categories."
    place = rows.columns.index("gone")
    assert set(rows.places[:, place]) <= {NO_PLACE, 127}, "What is missing is neither low nor high."
    kept = load_row_effects(dump_row_effects(rows))
    assert kept.columns == rows.columns
    assert Explanation.from_document(explanation.document()) == explanation
