"""What was known of a case before a lever was set, as numbers: all that an effect may be adjusted for.

A column that was known only afterwards may be what the lever did: held still, it would hide the effect. So a control is
only what the dictionary says was known before the decision, and no column is one by default.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column, describe_columns, model_frame
from services.automl.features import features_for, layout_of
from services.proposals.lever import Lever
from services.simulation.cases import Cases

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Controls:
    """Columns known before the lever was set, by name, and as numbers (n, p) without gaps."""

    names: tuple[str, ...]
    numbers: Floats


def missing_controls(cases: Cases, lever: Lever) -> Iterator[str]:
    """A sentence for each column that is said to have decided the lever and cannot be adjusted for."""
    kinds = {column.name: column for column in _columns(cases, lever)}
    for name in lever.deciding_columns:
        if name not in cases.rows.columns:
            yield f"“{name}” decided it and is not in the data."
        elif name in cases.terms.known_after:
            yield f"“{name}” is said to have decided it, but the dictionary says that it is known only afterwards."
        elif name not in cases.terms.known_before:
            yield f"The dictionary does not say that “{name}” was known before the decision."
        elif name not in kinds:
            yield f"“{name}” decided it, but names cases or never differs, so nothing can be adjusted for it."


def controls_of(cases: Cases, lever: Lever) -> Controls:
    """The controls, prepared as the columns of a model are; the outcome has no say in it."""
    columns = _columns(cases, lever)
    names = tuple(column.name for column in columns)
    if not columns:
        return Controls((), np.zeros((len(cases.rows), 0)))
    frame = model_frame(cases.rows[list(names)], columns)
    layout = layout_of(frame, columns)
    words = replace(layout, categories=(*layout.categories, *layout.crowded), crowded=())  # else by the mean outcome
    features = features_for("filled", words, cases.preparation.task, seed=cases.preparation.seed)
    return Controls(names, np.asarray(features.fit_transform(frame), dtype=np.float64))


def _columns(cases: Cases, lever: Lever) -> tuple[Column, ...]:
    """Those known before the decision that can be used, in the order of the data, and never the lever itself."""
    known = {column.name: column for column in cases.preparation.columns}
    may = set(cases.terms.known_before) - set(cases.terms.known_after) - {str(lever.column), cases.preparation.target}
    names = [str(name) for name in cases.rows.columns if name in may]
    others = describe_columns(pd.DataFrame(cases.rows[[name for name in names if name not in known]]))
    found = known | {column.name: column for column in others}
    return tuple(found[name] for name in names if found[name].is_usable)
