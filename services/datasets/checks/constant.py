"""Columns that hold one value, or nothing, in every row."""

from collections.abc import Iterator

from services.datasets.checks.fixes import leave_out
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import Subject


def _find(subject: Subject) -> Iterator[Observation]:
    for name in subject.of_kind("constant"):
        n_distinct = subject.profiles[name].n_distinct
        what = "the same value in every row" if n_distinct else "empty in every row"
        verb = "has" if n_distinct else "is"
        yield Observation(
            "amber",
            f"“{name}” {verb} {what}, so a model learns nothing from it.",
            (name,),
            subject.n_rows,
            {"n_distinct": n_distinct, "n_missing": subject.profiles[name].n_missing},
            (leave_out(name, f"It {verb} {what}."),),
        )


CHECK = Check("constant", "One value in every row", "Every column varies.", _find)
