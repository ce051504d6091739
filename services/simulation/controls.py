"""What decided a lever and was known before it was set, as numbers: all that its effect may be adjusted for.

A column that was known only afterwards may be what the lever did: held still, it would hide the effect. So a control is
only what is said to have decided the lever and what the dictionary says was known before the decision; no column is one
by default. A category is held still by a column for each of its values, of which there must be enough cases.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column, describe_columns, model_frame
from services.automl.features import MAX_ONE_HOT, features_for, layout_of
from services.automl.values_in_words import share_in_words
from services.proposals.lever import Lever
from services.simulation.cases import Cases

Floats = NDArray[np.float64]
FEWEST_OF_VALUE = 10  # cases of a category, or groups of them, of which each estimate leaves a fifth out
_MOST_RARE = 0.01  # of the cases, with a value of fewer


@dataclass(frozen=True, slots=True, eq=False)
class Controls:
    """Columns that decided the lever, by name, and as numbers (n, p) without gaps."""

    names: tuple[str, ...]
    numbers: Floats


def missing_controls(cases: Cases, lever: Lever) -> Iterator[str]:
    """A sentence for each column that is said to have decided the lever and cannot be adjusted for."""
    kinds = {column.name: column for column in _columns(cases, lever)}
    for name in lever.deciding_columns:
        if name not in cases.rows.columns:
            yield f"“{name}” decided it and is not in the data."
        elif name in cases.terms.lever_columns:
            yield f"“{name}” decided it and is a lever itself: held still, it would hide what this one does through it."
        elif name in cases.terms.from_levers:
            yield f"“{name}” is said to have decided it, but the data compute it from a lever: it may be what that did."
        elif name in cases.terms.known_after:
            yield f"“{name}” is said to have decided it, but the dictionary says that it is known only afterwards."
        elif name not in cases.terms.known_before:
            yield f"The dictionary does not say that “{name}” was known before the decision."
        elif name == cases.preparation.split.group:
            yield f"“{name}” decided it and names the cases that belong together, so no other cases are like them."
        elif name not in kinds:
            yield f"“{name}” decided it, but names cases or never differs, so nothing can be adjusted for it."
        elif kinds[name].kind == "category":
            yield from _too_fine(cases, kinds[name])


def controls_of(cases: Cases, lever: Lever) -> Controls:
    """The controls, prepared as the columns of a model are; the outcome has no say in it."""
    columns = _columns(cases, lever)
    names = tuple(column.name for column in columns)
    if not columns:
        return Controls((), np.zeros((len(cases.rows), 0)))
    frame = model_frame(cases.rows[list(names)], columns)
    numbers = replace(layout_of(frame, columns), categories=(), crowded=())
    features = features_for("filled", numbers, cases.preparation.task, seed=cases.preparation.seed)
    parts = [np.asarray(features.fit_transform(frame), dtype=np.float64)]
    parts += [_one_each(frame[column.name]) for column in columns if column.kind == "category"]
    return Controls(names, np.hstack(parts))


def _too_fine(cases: Cases, column: Column) -> Iterator[str]:
    """Why a category cannot be held still: the mean of few cases of a value is no more than chance."""
    values = model_frame(cases.rows[[column.name]], [column])[column.name]
    groups = cases.groups
    each = pd.Series(np.arange(len(values)) if groups is None else groups)
    n_of_value = each.groupby(values, dropna=False).transform("nunique")
    n_values, rare = int(values.nunique()), float((n_of_value < FEWEST_OF_VALUE).mean())
    if n_values > MAX_ONE_HOT:
        yield (
            f"“{column.name}” decided it and has {n_values:,} values, more than {MAX_ONE_HOT}: too many to compare "
            "only cases of the same one."
        )
    elif rare > _MOST_RARE:
        what = "cases" if groups is None else "groups of cases"
        yield (
            f"In {share_in_words(rare)} of the cases “{column.name}”, which decided it, has a value that fewer than "
            f"{FEWEST_OF_VALUE} {what} share: too few to compare only cases of the same one."
        )


def _one_each(values: "pd.Series[Any]") -> Floats:
    """A column for each value, also for a missing one, (n, k)."""
    codes, found = pd.factorize(values, use_na_sentinel=False)
    return np.eye(len(found))[codes]


def _columns(cases: Cases, lever: Lever) -> tuple[Column, ...]:
    """Those that decided the lever and were known before, if they can be used, in the order of the data."""
    known = {column.name: column for column in cases.preparation.columns}
    may = set(lever.deciding_columns) & set(cases.terms.known_before)
    may -= {*cases.terms.known_after, *cases.terms.lever_columns, *cases.terms.from_levers}
    may -= {str(lever.column), cases.preparation.target}
    names = [str(name) for name in cases.rows.columns if name in may]
    others = describe_columns(pd.DataFrame(cases.rows[[name for name in names if name not in known]]))
    found = known | {column.name: column for column in others}
    return tuple(found[name] for name in names if found[name].is_usable)
