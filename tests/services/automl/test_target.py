import numpy as np
import pandas as pd
import pytest

from services.automl.errors import UnusableDataError
from services.automl.target import read_target
from services.automl.task import Task


def task_of(values: list[object]) -> Task:
    return read_target("outcome", pd.Series(values), task="auto", positive_label=None).task


def test_the_task_follows_from_the_values() -> None:
    assert task_of(["Yes", "No"] * 10) is Task.BINARY
    assert task_of([0, 1] * 10) is Task.BINARY
    assert task_of(["a", "b", "c"] * 10) is Task.MULTICLASS
    assert task_of([3, 4, 5, 6] * 10) is Task.MULTICLASS
    assert task_of([0.5, 1.5, 2.5, 4.0] * 10) is Task.REGRESSION
    assert task_of(list(range(100))) is Task.REGRESSION


def test_the_positive_class_is_the_chosen_one_else_the_one_that_says_yes_else_the_rarer_one() -> None:
    def positive(values: list[str], chosen: str | None = None) -> str:
        return read_target("outcome", pd.Series(values), task="auto", positive_label=chosen).classes[1]

    assert positive(["stay"] * 3 + ["go"]) == "go"
    assert positive(["Yes"] * 3 + ["No"]) == "Yes"
    assert positive(["stay"] * 3 + ["go"], "stay") == "stay"


def test_the_positive_class_is_coded_one() -> None:
    target = read_target("outcome", pd.Series(["go", "stay", "stay"]), task="auto", positive_label="go")
    assert target.y.tolist() == [1, 0, 0]


def test_rows_without_a_target_are_left_out() -> None:
    target = read_target("outcome", pd.Series(["a", None, "b", "?"]), task="auto", positive_label=None)
    assert target.rows.tolist() == [0, 2]


def test_classes_that_are_numbers_are_in_numeric_order() -> None:
    target = read_target("outcome", pd.Series([10, 9, 3, 10]), task="multiclass", positive_label=None)
    assert target.classes == ("3", "9", "10")
    assert target.y.tolist() == [2, 1, 0, 2]


@pytest.mark.parametrize(
    ("values", "task", "label", "says"),
    [
        ([1, 1, 1], "auto", None, "same value"),
        ([None, None], "auto", None, "same value"),
        (["a", "b", "c"], "binary", None, "3 different values"),
        (["a", "b", "c"], "regression", None, "not a number in 3 rows"),
        ([f"k{i}" for i in range(101)], "multiclass", None, "at most 100"),
        (["a", "b"], "auto", "c", "positive class"),
        (["a", "b"], "ranking", None, "no task “ranking”"),
    ],
)
def test_an_unusable_target_is_refused_with_a_sentence(
    values: list[object], task: str, label: str | None, says: str
) -> None:
    with pytest.raises(UnusableDataError, match=says):
        read_target("outcome", pd.Series(values), task=task, positive_label=label)


def test_the_values_of_a_regression_are_kept() -> None:
    target = read_target("outcome", pd.Series(["1.5", "2", None]), task="regression", positive_label=None)
    assert np.array_equal(target.y, [1.5, 2.0])
