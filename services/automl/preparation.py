"""From a table to what a search works on: hold-out rows sealed first, then folds of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.amounts import amounts_of_rows
from services.automl.columns import Column, describe_columns, model_frame
from services.automl.division import Split, divide, plan_split, read_groups, read_times
from services.automl.errors import UnusableDataError
from services.automl.group_gap import group_labels
from services.automl.large_tables import sample_for_search
from services.automl.metrics import Metric, metric_for
from services.automl.money import MoneyGoal
from services.automl.serving_limits import NO_LIMITS, ServingLimits
from services.automl.target import Target, read_target
from services.automl.task import Task
from services.automl.todays_rule import rule_answers

MIN_ROWS = 40
MIN_ROWS_PER_CLASS = 10
_FEW_ROWS = 6_000


@dataclass(frozen=True)
class Rows:
    """Rows a model is fitted or judged on: typed inputs, target (n,), and their positions in the table.

    `amounts` (n,) is what the money goal's formula gives in each (NaN: nothing); None without one. No model sees it.
    """

    x: pd.DataFrame
    y: NDArray[Any]
    positions: NDArray[np.intp]
    amounts: NDArray[np.float64] | None = None

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
    learned
        Positions within `train` that the models of each fold learn from; empty where it is all but those it judges.
    split
        How the rows were split, and why.
    limits
        What is beyond one of them cannot become the model.
    directions
        Numbers with which the answer may only rise (1) or only fall (-1): the positive probability, or the number.
    compared
        By column the groups of the rows of `train` that should be treated alike; nothing is learned from them here.
    todays_answers
        What the rule used today says of the rows of `train` (n,), NaN where it has no answer; None without one.
    rest
        More rows than a search can look at, which only the final model may learn from; None where there are none.
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
    learned: tuple[NDArray[np.intp], ...] = ()
    split: Split = field(default_factory=Split)
    limits: ServingLimits = NO_LIMITS
    directions: Mapping[str, int] = field(default_factory=dict)
    compared: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    todays_answers: NDArray[np.float64] | None = None
    rest: Rows | None = None

    @property
    def judged(self) -> NDArray[np.intp]:
        """Positions within `train` that some fold judges, in increasing order; all of them unless time orders rows."""
        return np.sort(np.concatenate(self.folds))

    def learnable(self, fold: int) -> NDArray[np.intp]:
        """Positions within `train` that the model of this fold learns from."""
        if self.learned:
            return self.learned[fold]
        return np.setdiff1d(np.arange(len(self.train), dtype=np.intp), self.folds[fold])

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
    split: Mapping[str, Any] | None = None,
    limits: ServingLimits = NO_LIMITS,
    directions: Mapping[str, int] | None = None,
    compared: Sequence[str] = (),
    todays_rule: str = "",
    is_whole: bool = False,
) -> Preparation:
    """Type the columns, seal the hold-out, and deal the other rows into folds.

    Parameters
    ----------
    feature_columns
        Inputs to use; by default every column but the target. Identifiers and constants are left out either way.
    task
        "auto", or a value of `Task`.
    holdout_rate
        Share of rows sealed, to the nearest 1/k, where `split` says none; 0 where other rows will test the model.
    n_folds
        By default 5, and 3 from 6,000 rows on.
    money
        Used for yes-or-no questions only; amounts of rows are computed from the columns of `frame`, used or not.
    split
        "kind": auto, random, time, group or group_time; the columns of "time" and "group" it goes by; and the "gap" in
        days between what is learned and what is judged; the "kept_aside_rate". The column of the group is not learned
        from.
    limits
        What the model may cost where it is used.
    directions
        By column 1 or -1, as `Preparation.directions`; heeded for inputs that are numbers, and not for several classes.
    compared
        Columns whose groups the answers of models are compared between.
    todays_rule
        The rule that decides today, as `rule_answers` reads it; "" where there is none to compare with.
    is_whole
        Whether the search looks at all rows, however many there are.

    Raises
    ------
    UnusableDataError
        Nothing can be learned: the sentence says why and what to do.
    """
    holdout_rate = float((split or {}).get("kept_aside_rate") or holdout_rate)
    known = _read_target(frame, target, task, positive_label)
    _check_rows(target, known)
    columns, left_out = _choose_columns(frame, target, feature_columns)
    plan = plan_split(frame, (*columns, *left_out), target, split, is_kept_aside=holdout_rate > 0)
    columns, left_out = _without_group(columns, left_out, plan, target)
    known, times = _placed_in_time(frame, known, plan)
    groups = None if plan.group is None else read_groups(frame[plan.group].iloc[known.rows])
    sample = sample_for_search(known, times, groups, n_columns=len(columns), seed=seed, is_whole=is_whole)
    every, known = known, sample.known
    division = divide(
        known.y,
        known.task,
        times=sample.times,
        groups=sample.groups,
        gap=plan.gap,
        holdout_rate=holdout_rate,
        n_folds=n_folds or (5 if (1 - holdout_rate) * len(known.y) < _FEW_ROWS else 3),
        seed=seed,
    )
    inputs = model_frame(frame.iloc[known.rows], columns)
    goal = money if known.task is Task.BINARY else None
    amounts = amounts_of_rows(goal.amounts.formula, frame, known.rows) if goal and goal.amounts else None
    return Preparation(
        task=known.task,
        metric=metric_for(known.task, metric),
        target=target,
        classes=known.classes,
        columns=columns,
        left_out=left_out,
        train=_rows(inputs, known, division.train, amounts),
        holdout=_rows(inputs, known, division.sealed, amounts),
        rest=_others(frame, every, sample.rest(division.sealed, plan.gap), columns),
        folds=division.judged,
        seed=seed,
        money=goal,
        limits=limits,
        directions=_heeded(directions or {}, columns, known.task),
        learned=division.learned,
        split=replace(plan, reason=f"{plan.reason} {sample.sentence}".strip()),
        compared={
            name: group_labels(frame[name].iloc[known.rows].iloc[division.train])
            for name in compared
            if name in frame.columns and name != target
        },
        todays_answers=rule_answers(todays_rule, frame.iloc[known.rows[division.train]]) if todays_rule else None,
    )


def _heeded(directions: Mapping[str, int], columns: Sequence[Column], task: Task) -> dict[str, int]:
    if task is Task.MULTICLASS:
        return {}
    numbers = {column.name for column in columns if column.kind == "number"}
    return {name: direction for name, direction in directions.items() if name in numbers and direction}


def _without_group(
    columns: tuple[Column, ...], left_out: tuple[Column, ...], plan: Split, target: str
) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """No model learns the name of a group: it will meet others."""
    named = tuple(replace(column, note="It names the groups.") for column in columns if column.name == plan.group)
    others = tuple(column for column in columns if column.name != plan.group)
    if not others:
        raise UnusableDataError(_nothing_left(target, (*left_out, *named)))
    return others, (*left_out, *named)


def _placed_in_time(frame: pd.DataFrame, known: Target, plan: Split) -> tuple[Target, NDArray[np.float64] | None]:
    """The rows that have a time, where the split goes by time, and their times."""
    if plan.time is None:
        return known, None
    times = read_times(frame[plan.time].iloc[known.rows], plan.time)
    placed = np.isfinite(times)
    kept = replace(known, y=known.y[placed], rows=known.rows[placed])
    _check_rows(plan.time, kept)
    return kept, times[placed]


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


def _rows(inputs: pd.DataFrame, target: Target, chosen: NDArray[np.intp], amounts: NDArray[np.float64] | None) -> Rows:
    own = None if amounts is None else amounts[chosen]
    return Rows(inputs.iloc[chosen].reset_index(drop=True), target.y[chosen], target.rows[chosen], own)


def _others(frame: pd.DataFrame, known: Target, chosen: NDArray[np.intp], columns: Sequence[Column]) -> Rows | None:
    rows = known.rows[chosen]
    one_by_one = {one.name: model_frame(frame[[one.name]].iloc[rows], [one])[one.name] for one in columns}  # of memory
    return Rows(pd.DataFrame(one_by_one, copy=False), known.y[chosen], rows) if chosen.size else None
