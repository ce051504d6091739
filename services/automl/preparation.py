"""From a table to what a search works on: hold-out rows sealed first, then folds of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column, describe_columns, model_frame
from services.automl.errors import UnusableDataError
from services.automl.metrics import METRICS, Metric, default_metric
from services.automl.money import MoneyGoal
from services.automl.splits import deal_rows
from services.automl.target import Target, read_target
from services.automl.task import Task

MIN_ROWS = 40
MIN_ROWS_PER_CLASS = 10
_FEW_ROWS = 6_000


@dataclass(frozen=True)
class Rows:
    """Rows a model is fitted or judged on: typed inputs, target (n,), and their positions in the table."""

    x: pd.DataFrame
    y: NDArray[Any]
    positions: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Preparation:
    """Everything a search needs, and nothing it must not see but `holdout`, which only finishing opens.

    Attributes
    ----------
    columns
        The inputs, in the order of `train.x`.
    left_out
        Columns of no use, with the reason as their note.
    folds
        Positions within `train` that each fold is judged on.
    """

    task: Task
    metric: Metric
    target: str
    classes: tuple[str, ...]
    columns: tuple[Column, ...]
    left_out: tuple[Column, ...]
    train: Rows
    holdout: Rows
    folds: tuple[NDArray[np.intp], ...]
    seed: int
    money: MoneyGoal | None

    @property
    def judged(self) -> NDArray[np.intp]:
        """Positions within `train` that some fold judges, in increasing order; all of them unless time orders rows."""
        return np.sort(np.concatenate(self.folds))

    def learnable(self, fold: int) -> NDArray[np.intp]:
        """Positions within `train` that a model of this fold may learn from, those of the fold itself not excluded."""
        return np.arange(len(self.train), dtype=np.intp)

    @property
    def is_maximized(self) -> bool:
        """Whether a search on this wants more of its objective: always of money, of a metric as it is read."""
        return self.money is not None or self.metric.greater_is_better

    @property
    def positive_label(self) -> str | None:
        """The outcome that matters; None unless there are two."""
        return self.classes[1] if self.task is Task.BINARY else None


def prepare(
    frame: pd.DataFrame,
    *,
    target: str,
    feature_columns: Sequence[str] | None = None,
    task: str = "auto",
    metric: str | None = None,
    positive_label: str | None = None,
    seed: int = 0,
    holdout_rate: float = 0.2,
    n_folds: int | None = None,
    money: MoneyGoal | None = None,
) -> Preparation:
    """Type the columns, seal the hold-out, and deal the other rows into folds.

    Parameters
    ----------
    feature_columns
        Inputs to use; by default every column but the target. Identifiers and constants are left out either way.
    task
        "auto", or a value of `Task`.
    holdout_rate
        Share of rows sealed, to the nearest 1/k.
    n_folds
        By default 5, and 3 from 6,000 rows on.
    money
        Used for yes-or-no questions only.

    Raises
    ------
    UnusableDataError
        Nothing can be learned: the sentence says why and what to do.
    """
    known = _read_target(frame, target, task, positive_label)
    _check_rows(target, known)
    columns, left_out = _choose_columns(frame, target, feature_columns)
    inputs = model_frame(frame.iloc[known.rows], columns)
    sealed = deal_rows(known.y, max(2, round(1 / holdout_rate)), task=known.task, seed=seed)[0]
    train = _rows(inputs, known, np.setdiff1d(np.arange(len(known.y)), sealed))
    folds = deal_rows(train.y, n_folds or (5 if len(train) < _FEW_ROWS else 3), task=known.task, seed=seed + 1)
    return Preparation(
        task=known.task,
        metric=_choose_metric(known.task, metric),
        target=target,
        classes=known.classes,
        columns=columns,
        left_out=left_out,
        train=train,
        holdout=_rows(inputs, known, sealed),
        folds=folds,
        seed=seed,
        money=money if known.task is Task.BINARY else None,
    )


def _read_target(frame: pd.DataFrame, target: str, task: str, positive_label: str | None) -> Target:
    if target not in frame.columns:
        raise UnusableDataError(f"The table has no column “{target}”. Choose one of its columns as the target.")
    if len(frame) < 2:
        raise UnusableDataError(
            f"The table has {len(frame)} row{'s' if len(frame) != 1 else ''}; at least {MIN_ROWS} are needed to learn "
            "from. Add rows."
        )
    return read_target(target, frame[target], task=task, positive_label=positive_label)


def _check_rows(target: str, known: Target) -> None:
    if len(known.y) < MIN_ROWS:
        raise UnusableDataError(
            f"“{target}” is known in {len(known.y):,} rows; at least {MIN_ROWS} are needed to learn from. Add rows."
        )
    if known.task is Task.BINARY and (rarest := int(np.bincount(known.y).min())) < MIN_ROWS_PER_CLASS:
        raise UnusableDataError(
            f"The rarer class of “{target}” has {rarest:,} row{'s' if rarest != 1 else ''}; at least "
            f"{MIN_ROWS_PER_CLASS} are needed to learn it and to test what was learned. Add rows of that class."
        )


def _choose_columns(
    frame: pd.DataFrame, target: str, feature_columns: Sequence[str] | None
) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    candidates = frame.columns if feature_columns is None else feature_columns
    wanted = [name for name in candidates if name != target]
    absent = [name for name in wanted if name not in frame.columns]
    if absent:
        raise UnusableDataError(f"The table has no column {', '.join(f'“{name}”' for name in absent)}. Choose others.")
    described = describe_columns(frame[wanted])
    usable = tuple(column for column in described if column.is_usable)
    left_out = tuple(column for column in described if not column.is_usable)
    if not usable:
        raise UnusableDataError(_nothing_left(target, left_out))
    return usable, left_out


def _nothing_left(target: str, left_out: tuple[Column, ...]) -> str:
    if not left_out:
        return f"There is no column but the target “{target}”. Add columns that were known before the outcome."
    reasons = " ".join(f"“{column.name}”: {column.note}" for column in left_out[:5])
    return f"No column is left to predict “{target}” from. {reasons} Add columns that say something about each case."


def _choose_metric(task: Task, name: str | None) -> Metric:
    metric = default_metric(task) if name is None else METRICS.get(name)
    if metric is None or task not in metric.tasks:
        raise UnusableDataError(f"The metric “{name}” cannot score this task ({task.label.lower()}). Choose another.")
    return metric


def _rows(inputs: pd.DataFrame, target: Target, chosen: NDArray[np.intp]) -> Rows:
    return Rows(inputs.iloc[chosen].reset_index(drop=True), target.y[chosen], target.rows[chosen])
