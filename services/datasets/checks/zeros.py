"""Amounts that are zero in many rows."""

from collections.abc import Iterator

from services.datasets.checks.fixes import step
from services.datasets.checks.phrases import share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

MANY = 0.75
MIN_VALUES = 20


def _find(subject: Subject) -> Iterator[Observation]:
    names = [name for name in subject.of_kind("number") if subject.profiles[name].n_distinct > MIN_VALUES]
    if not names:
        raise NotApplicableError("No column holds amounts with enough different values.")
    for name in names:
        profile = subject.profiles[name]
        part = profile.n_zeros / max(1, subject.n_rows - profile.n_missing)
        if part >= MANY:
            fix = step(
                "Treat as missing", "replace_with_missing", "Zero stands for “unknown”.", column=name, values=[0]
            )
            yield Observation(
                "info",
                f"“{name}” is 0 in {profile.n_zeros:,} rows ({share(part)}). Did nothing happen there, "
                "or is it unknown?",
                (name,),
                profile.n_zeros,
                {"n_zeros": profile.n_zeros, "share": part},
                (fix,),
            )


CHECK = Check("zeros", "Many zeros", "No amount is zero in three quarters of its rows or more.", _find)
