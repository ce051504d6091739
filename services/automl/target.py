"""The column to predict: which task it poses, and its values as a model learns them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import as_numbers, as_words
from services.automl.errors import UnusableDataError
from services.automl.task import Task

MAX_CLASSES = 100
_MAX_CLASSES_OF_NUMBERS = 20
_YES = frozenset({"1", "yes", "y", "true", "t", "positive"})


@dataclass(frozen=True)
class Target:
    """The values to learn, one per row of `rows`.

    Attributes
    ----------
    y
        Numbers, or positions in `classes` (n,).
    classes
        Labels; of two, the second is the positive one. Empty for a regression.
    rows
        Positions in the table of the rows whose target is known.
    """

    task: Task
    y: NDArray[Any]
    classes: tuple[str, ...]
    rows: NDArray[np.intp]


def read_target(name: str, values: "pd.Series[Any]", *, task: str, positive_label: str | None) -> Target:
    """The target as a model learns it; rows without one are left out.

    Raises
    ------
    UnusableDataError
        It is empty, does not vary, or does not fit the task.
    """
    words = as_words(values)
    known = words.dropna()
    if known.nunique() < 2:
        raise UnusableDataError(
            f"“{name}” has the same value in every row that has one, so there is nothing to predict. "
            "Choose another target, or add rows with another outcome."
        )
    wanted = infer_task(known) if task == "auto" else _task_named(task)
    rows = np.flatnonzero(words.notna().to_numpy())
    if wanted is Task.REGRESSION:
        return _numbers(name, known, rows)
    return _labels(name, known, wanted, positive_label, rows)


def _task_named(name: str) -> Task:
    if name not in set(Task):
        raise UnusableDataError(f"There is no task “{name}”. Choose auto, {', '.join(Task)}.")
    return Task(name)


def infer_task(known: "pd.Series[Any]") -> Task:
    """The task that the values of a target, as words without missing ones, pose."""
    n_distinct = known.nunique()
    if n_distinct == 2:
        return Task.BINARY
    numbers = as_numbers(known)
    if bool(numbers.isna().any()):
        return Task.MULTICLASS
    is_whole = bool((numbers % 1 == 0).all())
    return Task.MULTICLASS if is_whole and n_distinct <= _MAX_CLASSES_OF_NUMBERS else Task.REGRESSION


def _numbers(name: str, known: "pd.Series[Any]", rows: NDArray[np.intp]) -> Target:
    numbers = as_numbers(known)
    if bool(numbers.isna().any()):
        raise UnusableDataError(
            f"“{name}” is not a number in {int(numbers.isna().sum()):,} rows, so it cannot be predicted as a number. "
            "Correct them, or predict classes."
        )
    return Target(Task.REGRESSION, numbers.to_numpy(), (), rows)


def _labels(
    name: str, known: "pd.Series[Any]", task: Task, positive_label: str | None, rows: NDArray[np.intp]
) -> Target:
    counts = known.value_counts()
    _check_classes(name, task, len(counts))
    classes = _binary_classes(name, counts, positive_label) if task is Task.BINARY else _sorted_classes(counts.index)
    codes = {label: code for code, label in enumerate(classes)}
    return Target(task, known.map(codes).to_numpy(dtype=np.int64), classes, rows)


def _check_classes(name: str, task: Task, n_classes: int) -> None:
    if task is Task.BINARY and n_classes != 2:
        raise UnusableDataError(
            f"“{name}” has {n_classes:,} different values; a yes-or-no model needs two. Predict classes instead."
        )
    if n_classes > MAX_CLASSES:
        raise UnusableDataError(
            f"“{name}” has {n_classes:,} different values; at most {MAX_CLASSES} classes can be predicted. Group them."
        )


def _binary_classes(name: str, counts: "pd.Series[int]", positive_label: str | None) -> tuple[str, ...]:
    labels = [str(label) for label in counts.index]  # most frequent first
    if positive_label is not None and positive_label not in labels:
        raise UnusableDataError(f"“{name}” does not have the positive class that was chosen. Choose one of its two.")
    said_yes = [label for label in labels if label.lower() in _YES]
    positive = positive_label or (said_yes[0] if len(said_yes) == 1 else labels[-1])
    return (next(label for label in labels if label != positive), positive)


def _sorted_classes(labels: "pd.Index[Any]") -> tuple[str, ...]:
    try:
        return tuple(sorted(map(str, labels), key=float))
    except ValueError:
        return tuple(sorted(map(str, labels)))
