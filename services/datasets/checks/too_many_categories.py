"""Categories with so many values that most are seen a few times only."""

from collections.abc import Iterator

import numpy as np

from services.datasets.checks.phrases import count, share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

MANY, FEW_ROWS = 50, 10
MANY_RARE = 0.1  # of the rows


def _find(subject: Subject) -> Iterator[Observation]:
    names = subject.of_kind("category")
    if not names:
        raise NotApplicableError("No column holds categories.")
    for name in names:
        if subject.profiles[name].n_distinct <= MANY:
            continue
        _values, counts = subject.value_counts(name)
        is_rare = counts < FEW_ROWS
        if not is_rare.any():
            continue
        n_rare, n_rows = int(is_rare.sum()), int(counts[is_rare].sum())
        yield Observation(
            "amber" if n_rows > MANY_RARE * subject.n_rows else "info",
            f"“{name}” has {count(len(counts), 'category', 'categories')}; {n_rare:,} of them are in fewer than "
            f"{FEW_ROWS} rows each ({share(n_rows / subject.n_rows)} of all rows). Could they be grouped?",
            (name,),
            n_rows,
            {"n_categories": len(counts), "n_rare": n_rare, "n_rows_rare": n_rows, "median": float(np.median(counts))},
        )


CHECK = Check("too_many_categories", "Many rare categories", "No column has many rare categories.", _find)
