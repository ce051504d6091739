"""A few amounts below zero in a column that is positive otherwise."""

from collections.abc import Iterator

from services.datasets.checks.fixes import step
from services.datasets.checks.phrases import count, share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

FEW = 0.02
MIN_VALUES = 20


def _find(subject: Subject) -> Iterator[Observation]:
    names = [name for name in subject.of_kind("number") if subject.profiles[name].n_distinct > MIN_VALUES]
    if not names:
        raise NotApplicableError("No column holds amounts with enough different values.")
    for name in names:
        profile = subject.profiles[name]
        part = profile.n_negatives / max(1, subject.n_rows - profile.n_missing)
        if not 0 < part <= FEW:
            continue
        condition = {"column": name, "operator": "less", "value": 0}
        yield Observation(
            "info",
            f"“{name}” is below zero in {count(profile.n_negatives, 'row')} ({share(part)}) and not in the others. "
            "Can it be?",
            (name,),
            profile.n_negatives,
            {"n_negatives": profile.n_negatives, "share": part},
            (
                step("Leave these rows out", "exclude_rows", "It cannot be below zero.", condition=condition),
                step("Hold at zero", "clip", "It cannot be below zero.", column=name, low=0, high=None),
            ),
        )


CHECK = Check("negatives", "A few amounts below zero", "No amount is below zero in a few rows only.", _find)
