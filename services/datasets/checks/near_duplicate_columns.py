"""Columns that say the same as another: equal cells, or the same order of rows."""

from collections.abc import Iterator

import numpy as np

from services.datasets.checks.fixes import leave_out
from services.datasets.checks.orders import correlate, rank_columns
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.row_hashes import hash_table
from services.datasets.checks.subject import NotApplicableError, Subject

STRONG = 0.95  # methods 9.1: |Spearman|


def _find(subject: Subject) -> Iterator[Observation]:
    usable = [name for name in subject.features if subject.profiles[name].n_distinct > 1]
    if len(usable) < 2:
        raise NotApplicableError("There are fewer than two columns to compare.")
    equal = dict(_equal(subject, usable))
    for name, first in equal.items():
        yield Observation(
            "amber",
            f"“{name}” and “{first}” say the same in every row.",
            (first, name),
            subject.n_rows,
            {"correlation": 1.0},
            (leave_out(name, f"It says the same as “{first}”."),),
        )
    for first, name, strength in _close(subject, [name for name in usable if name not in equal]):
        direction = "rise together" if strength > 0 else "move against each other"
        yield Observation(
            "info",
            f"“{first}” and “{name}” {direction} in nearly every row (rank correlation {strength:.2f}), "
            "so credit for one is shared with the other. Is one of them enough?".replace("-", "−"),
            (first, name),
            subject.n_rows,
            {"correlation": strength},
            (leave_out(name, f"“{first}” says nearly the same."),),
        )


def _equal(subject: Subject, names: list[str]) -> Iterator[tuple[str, str]]:
    digests, firsts = subject.once(hash_table).digests, dict[tuple[str, int], str]()
    for name in names:
        kind = "number" if subject.type_of(name) in "if" else subject.type_of(name)
        first = firsts.setdefault((kind, digests[name]), name)
        if first != name:
            yield name, first


def _close(subject: Subject, names: list[str]) -> Iterator[tuple[str, str, float]]:
    """Pairs with a strong correlation; of a column that follows several, the first pair only."""
    orders = subject.once(rank_columns)
    chosen = set(names)
    correlations = subject.once(correlations_of)
    strong = np.argwhere(np.triu(np.abs(np.nan_to_num(correlations)) >= STRONG, k=1))
    followers = set[int]()
    for left, right in strong.tolist():
        first, name = orders.names[left], orders.names[right]
        if left in followers or right in followers or not {first, name} <= chosen:
            continue
        followers.add(right)
        yield first, name, float(correlations[left, right])


def correlations_of(subject: Subject) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Spearman between all number and date columns."""
    return correlate(subject.once(rank_columns))


CHECK = Check("near_duplicate_columns", "Columns that say the same", "No two columns say the same.", _find)
