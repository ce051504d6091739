"""Effects on each of several classes, kept by column: what a model learned towards every class, not only one."""

import numpy as np
import pytest

from services.automl.task import Task
from services.models.class_drivers import MAX_COLUMNS, MAX_SHAPES, drivers_by_class
from services.models.report import Explanation
from tests.makers_automl import finished, prepared


@pytest.mark.parametrize("family", ["linear", "lightgbm"])
def test_a_class_of_few_months_is_lowered_by_months_and_one_of_many_raised(family: str) -> None:
    explanation = finished(family, Task.MULTICLASS).explanation
    ways = {
        one.label: {driver.column: driver.direction for driver in one.drivers}["months"] for one in explanation.by_class
    }
    assert list(ways) == ["large", "new", "small"]
    assert ways["new"] == "down"
    assert "up" in (ways["large"], ways["small"])
    assert explanation.shown_class in ways


def test_effects_on_all_classes_cancel_so_that_half_their_sizes_is_what_moves() -> None:
    explanation = finished("lightgbm", Task.MULTICLASS).explanation
    moved = {driver.column: driver.importance for driver in explanation.drivers}
    for place, column in enumerate(driver.column for driver in explanation.drivers):
        sizes = [one.drivers[place] for one in explanation.by_class]
        assert {size.column for size in sizes} == {column}  # in the order of the explanation
        assert sum(size.importance for size in sizes) / 2 == pytest.approx(moved[column])


def test_what_is_shown_is_what_is_kept_of_that_class() -> None:
    explanation = finished("linear", Task.MULTICLASS).explanation
    own = next(one for one in explanation.by_class if one.label == explanation.shown_class)
    assert [driver.points for driver in own.drivers] == [driver.points for driver in explanation.drivers]
    assert [driver.direction for driver in own.drivers] == [driver.direction for driver in explanation.drivers]


@pytest.mark.parametrize("task", [Task.BINARY, Task.REGRESSION])
def test_other_answers_have_no_classes_and_their_documents_keep_their_hash(task: Task) -> None:
    explanation = finished("linear", task).explanation
    assert explanation.by_class == ()
    assert not {"by_class", "shown_class"} & set(explanation.document())


def test_a_document_gives_the_same_back() -> None:
    explanation = finished("linear", Task.MULTICLASS).explanation
    assert Explanation.from_document(explanation.document()) == explanation


def test_of_very_many_columns_the_strongest_are_kept_and_only_the_first_have_shapes() -> None:
    from dataclasses import replace

    preparation, n = prepared(Task.MULTICLASS), MAX_COLUMNS + 5
    column, x = preparation.columns[0], preparation.train.x
    many = [replace(column, name=f"c{place}") for place in range(n)]
    wide = x[[column.name] * n].set_axis([one.name for one in many], axis=1)
    effects = np.random.default_rng(0).normal(size=(len(x), n, 3))
    found = drivers_by_class(replace(preparation, columns=tuple(many)), wide, effects, np.arange(n, dtype=float))
    assert [len(one.drivers) for one in found] == [MAX_COLUMNS] * 3
    assert found[0].drivers[0].column == f"c{n - 1}"
    assert [bool(driver.points) for driver in found[0].drivers] == [True] * MAX_SHAPES + [False] * (n - 5 - MAX_SHAPES)
