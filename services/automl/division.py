"""How a table is divided: rows kept aside, and folds of the others; chosen by a person or by what the columns say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column, as_days, as_numbers, as_words, is_named_identifier
from services.automl.errors import UnusableDataError
from services.automl.splits import Indices, cut_in_time, deal_groups, deal_rows, expanding_windows, keep_apart
from services.automl.task import Task

KINDS = ("auto", "random", "time", "group", "group_time")
_MIN_GROUPS, _MIN_MOMENTS = 10, 4
_MIN_ROWS_PER_OUTCOME = 2  # with one, no interval can be told
_MIN_DETECTED, _MAX_ROWS_OF_DETECTED = 50, 10.0
_MIN_SHARE_OF_MOMENTS = 0.9


@dataclass(frozen=True)
class Split:
    """How rows were split.

    Attributes
    ----------
    kind
        "random", "time", "group" or "group_time".
    gap
        Between what is learned and what is judged, in days, or in units of a time that is a number.
    reason
        A sentence on what was done and why.
    warnings
        Sentences on what else the columns suggest.
    """

    kind: str = "random"
    time: str | None = None
    group: str | None = None
    gap: float = 0.0
    reason: str = "Rows were dealt at random, each outcome in proportion."
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Division:
    """Positions of rows: those kept aside, those to learn from, and the folds as positions among the latter."""

    sealed: Indices
    train: Indices
    learned: tuple[Indices, ...]
    judged: tuple[Indices, ...]


def plan_split(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    target: str,
    wish: Mapping[str, Any] | None,
    *,
    is_kept_aside: bool = True,
) -> Split:
    """The split somebody wishes, or what the columns suggest where nobody does.

    A column that names the same case in several rows is followed. A date is only proposed: whether later cases are to
    be predicted is for people to say.

    Raises
    ------
    UnusableDataError
        There is no such split, or a column it needs is missing.
    """
    wish = wish or {}
    kind = wish.get("kind") or "auto"
    if kind not in KINDS:
        raise UnusableDataError(f"There is no split “{kind}”. Choose one of {', '.join(KINDS)}.")
    if kind == "auto":
        return _suggested(frame, columns)
    time = _named(frame, target, wish.get("time"), "time") if "time" in kind else None
    group = _named(frame, target, wish.get("group"), "group") if "group" in kind else None
    gap = float(wish.get("gap") or 0.0)
    if not (np.isfinite(gap) and gap >= 0):
        raise UnusableDataError("The gap between what is learned and what is judged must be 0 or more.")
    reason = _reason(kind, time, group, gap, is_kept_aside=is_kept_aside)
    return Split(kind, time, group, gap if time else 0.0, reason)


def divide(
    y: NDArray[Any],
    task: Task,
    *,
    times: NDArray[np.float64] | None,
    groups: Indices | None,
    gap: float,
    holdout_rate: float,
    n_folds: int,
    seed: int,
) -> Division:
    """Keep rows aside and deal the others into folds.

    Parameters
    ----------
    y
        What is predicted (n,).
    holdout_rate
        The share of rows kept aside, about; 0 where other rows will test the model.
    times, groups
        Of each row (n,), where the split goes by them.

    Raises
    ------
    UnusableDataError
        There are too few moments or groups, or an outcome is missing on one side.
    """
    if task.is_classification:
        y = pd.factorize(y)[0]  # by their first rows: how classes are called has no say in how rows are dealt
    if times is not None:
        division = _in_time(times, groups, gap, holdout_rate, n_folds)
    else:
        division = _at_random(y, task, groups, holdout_rate, n_folds, seed)
    division = _with_two_outcomes(y, division)
    _check_sides(y, task, division, is_kept_aside=holdout_rate > 0)
    return division


def read_times(values: "pd.Series[Any]", name: str) -> NDArray[np.float64]:
    """Days since 1970, or the numbers of a column that counts time; missing where unknown.

    Raises
    ------
    UnusableDataError
        Most of it is no time.
    """
    numbers = as_numbers(values) if not pd.api.types.is_datetime64_any_dtype(values.dtype) else as_days(values)
    found = numbers if numbers.notna().any() else as_days(values)
    known = values.notna() & as_words(values).notna()
    if not known.any() or float(found[known.to_numpy()].notna().mean()) < _MIN_SHARE_OF_MOMENTS:
        raise UnusableDataError(f"“{name}” does not say when: it is neither a date (2026-05-31) nor a number.")
    return found.to_numpy(dtype=np.float64)


def read_groups(values: "pd.Series[Any]") -> Indices:
    """A number from 0 for each group; a row without one is a group of its own."""
    codes = pd.factorize(as_words(values))[0].astype(np.intp)
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    return codes


def _suggested(frame: pd.DataFrame, columns: Sequence[Column]) -> Split:
    warnings = []
    group = None
    for name, n_groups in _repeated_names(frame, columns):
        if group is None and n_groups >= _MIN_DETECTED and len(frame) / n_groups <= _MAX_ROWS_OF_DETECTED:
            group = name
            warnings.append(
                f"“{name}” has the same value in several rows, so rows with the same value were kept on one side, and "
                "the column itself is not learned from. If they do not belong together, split at random."
            )
        elif group is None:
            warnings.append(
                f"“{name}” looks like a name and has the same value in many rows. If new rows will bring new values of "
                "it, split by group."
            )
    if dates := [column.name for column in columns if column.kind == "date"]:
        warnings.append(
            f"The rows have a date (“{dates[0]}”), and were not split by it. If the model will predict later cases "
            "than it has learned from, split by time."
        )
    kind = "random" if group is None else "group"
    return Split(kind, None, group, 0.0, _reason(kind, None, group, 0.0, is_kept_aside=True), tuple(warnings))


def _repeated_names(frame: pd.DataFrame, columns: Sequence[Column]) -> list[tuple[str, int]]:
    """Columns that are named like an identifier and have values more than once, most different values first."""
    found = []
    for column in columns:
        if column.kind not in ("number", "category", "identifier") or not is_named_identifier(column.name):
            continue
        n_groups, n_known = int(frame[column.name].nunique()), int(frame[column.name].notna().sum())
        is_whole = column.kind != "number" or bool((as_numbers(frame[column.name]).dropna() % 1 == 0).all())
        if is_whole and _MIN_GROUPS <= n_groups < n_known:
            found.append((column.name, n_groups))
    return sorted(found, key=lambda item: -item[1])


def _named(frame: pd.DataFrame, target: str, name: str | None, role: str) -> str:
    if name is None:
        raise UnusableDataError(f"Name the column of the {role}, or let the search choose how to split.")
    if name not in frame.columns or name == target:
        raise UnusableDataError(f"“{name}” cannot be the column of the {role}. Choose a column beside the target.")
    return name


def _reason(kind: str, time: str | None, group: str | None, gap: float, *, is_kept_aside: bool) -> str:
    between = f", with a gap of {gap:g} between" if gap else ""
    judges = f"each fold judges what came after what it learned{between}."
    later = f"The last part by “{time}” was kept aside, and {judges}" if is_kept_aside else f"By “{time}”, {judges}"
    together = f"Rows with the same “{group}” are on one side of every split."
    return {"random": Split.reason, "time": later, "group": together, "group_time": f"{later} {together}"}[kind]


def _at_random(
    y: NDArray[Any], task: Task, groups: Indices | None, holdout_rate: float, n_folds: int, seed: int
) -> Division:
    n_parts = max(2, round(1 / holdout_rate)) if holdout_rate else 0
    if groups is not None:
        _check_number("groups", len(np.unique(groups)), _MIN_GROUPS)
    if not n_parts:
        sealed = np.empty(0, dtype=np.intp)
    elif groups is None:
        sealed = deal_rows(y, n_parts, task=task, seed=seed)[0]
    else:
        sealed = deal_groups(y, groups, n_parts, task=task, seed=seed)[0]
    train = np.setdiff1d(np.arange(len(y)), sealed)
    if groups is None:
        judged = deal_rows(y[train], n_folds, task=task, seed=seed + 1)
    else:
        judged = deal_groups(y[train], pd.factorize(groups[train])[0], n_folds, task=task, seed=seed + 1)
    everything = np.arange(len(train), dtype=np.intp)
    return Division(sealed, train, tuple(np.setdiff1d(everything, part) for part in judged), judged)


def _in_time(
    times: NDArray[np.float64], groups: Indices | None, gap: float, holdout_rate: float, n_folds: int
) -> Division:
    _check_number("moments", len(np.unique(times)), _MIN_MOMENTS)
    start = cut_in_time(times, np.array([1.0 - holdout_rate]))[0] if holdout_rate else np.inf
    sealed, train = np.flatnonzero(times >= start), np.flatnonzero(times < (start - gap if gap else start))
    if groups is not None:
        train, sealed = keep_apart(train, sealed, groups)
    folds = expanding_windows(times[train], n_folds, gap=gap) if len(train) else []
    if groups is not None:
        remaining = pd.factorize(groups[train])[0].astype(np.intp)
        folds = [keep_apart(learned, judged, remaining) for learned, judged in folds]
    folds = [(learned, judged) for learned, judged in folds if len(learned) and len(judged)]
    if not folds or (holdout_rate and not len(sealed)):
        raise UnusableDataError("There are too few rows before the last part to learn from. Choose another split.")
    return Division(sealed, train, tuple(learned for learned, _ in folds), tuple(judged for _, judged in folds))


def _with_two_outcomes(y: NDArray[Any], division: Division) -> Division:
    """Without folds whose models would see one outcome only, such as those of the first days."""
    inside = y[division.train]
    kept = [i for i, rows in enumerate(division.learned) if len(np.unique(inside[rows])) > 1]
    learned, judged = (tuple(parts[i] for i in kept) for parts in (division.learned, division.judged))
    return Division(division.sealed, division.train, learned, judged)


def _check_number(what: str, found: int, needed: int) -> None:
    if found < needed:
        raise UnusableDataError(
            f"The column to split by has {found} different {what}; at least {needed} are needed. Choose another."
        )


def _check_sides(y: NDArray[Any], task: Task, division: Division, *, is_kept_aside: bool) -> None:
    """Something must tell a good model from a bad one, and how surely: both outcomes twice where there are two."""
    inside = y[division.train]
    sides = [inside[np.concatenate([np.empty(0, dtype=np.intp), *division.judged])]]
    if is_kept_aside:
        sides.append(y[division.sealed])
    if any(len(side) == 0 or (task is Task.BINARY and _rarest(side) < _MIN_ROWS_PER_OUTCOME) for side in sides):
        raise UnusableDataError(
            "Split like this, some part has hardly a row of one outcome, so that nothing can be learned or judged "
            "there. Choose another split, or add rows."
        )


def _rarest(y: NDArray[Any]) -> int:
    return int(np.bincount(y.astype(np.intp), minlength=2).min())
