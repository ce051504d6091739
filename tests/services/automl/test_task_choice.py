"""Which kind of question a target asks."""

import pytest

from services.automl.task import Task
from services.automl.task_choice import task_of
from services.datasets.profile import ColumnProfile, Kind


@pytest.mark.parametrize(
    ("kind", "n_distinct", "task"),
    [
        ("category", 2, Task.BINARY),
        ("number", 2, Task.BINARY),
        ("category", 3, Task.MULTICLASS),
        ("number", 7, Task.MULTICLASS),
        ("number", 21, Task.REGRESSION),
        ("category", 40, Task.MULTICLASS),
    ],
)
def test_the_values_of_the_target_say_what_is_asked(kind: Kind, n_distinct: int, task: Task) -> None:
    assert task_of(ColumnProfile(name="target", kind=kind, n_missing=0, n_distinct=n_distinct)) is task
