"""Columns with more gaps than values."""

from collections.abc import Iterator

from services.datasets.checks.fixes import leave_out
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import Subject

INFO_SHARE, AMBER_SHARE, RED_SHARE = 0.2, 0.5, 0.95


def _find(subject: Subject) -> Iterator[Observation]:
    for name in subject.columns:
        profile = subject.profiles[name]
        share = profile.n_missing / max(1, subject.n_rows)
        if share < INFO_SHARE or profile.n_distinct == 0 or name == subject.target:
            continue
        yield Observation(
            "red" if share >= RED_SHARE else "amber" if share >= AMBER_SHARE else "info",
            f"“{name}” is empty in {profile.n_missing:,} of {subject.n_rows:,} rows ({share:.0%}). "
            "Is an empty cell an answer of its own, or was it never asked?",
            (name,),
            profile.n_missing,
            {"n_missing": profile.n_missing, "share": share},
            (leave_out(name, f"It is empty in {share:.0%} of the rows."),) if share >= AMBER_SHARE else (),
        )


CHECK = Check("mostly_missing", "Columns with many gaps", "No column is empty in a fifth of its rows or more.", _find)
