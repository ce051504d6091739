"""Columns where nearly every row has the same value."""

from collections.abc import Iterator

from services.datasets.checks.fixes import leave_out
from services.datasets.checks.phrases import count, share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import Subject

NEARLY = 0.99  # methods 9.1


def _find(subject: Subject) -> Iterator[Observation]:
    for name in subject.columns:
        profile = subject.profiles[name]
        n_present = subject.n_rows - profile.n_missing
        if profile.n_distinct < 2 or profile.n_top < NEARLY * n_present or name == subject.target:
            continue
        n_other, part = n_present - profile.n_top, profile.n_top / n_present
        yield Observation(
            "info",
            f"“{name}” has one value in {share(part)} of its cells; only {count(n_other, 'row')} differ"
            f"{'s' if n_other == 1 else ''}. Can so few rows matter?",
            (name,),
            n_other,
            {"share": part, "n_other": n_other},
            (leave_out(name, f"It has one value in {share(part)} of its cells."),),
        )


CHECK = Check("nearly_constant", "Nearly one value", "No column has one value in 99% of its cells.", _find)
