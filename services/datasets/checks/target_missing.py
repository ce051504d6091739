"""Rows whose outcome is unknown."""

from collections.abc import Iterator

from services.datasets.checks.fixes import step
from services.datasets.checks.phrases import count, share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

MANY = 0.2


def _find(subject: Subject) -> Iterator[Observation]:
    if subject.target is None:
        raise NotApplicableError("No target is chosen yet.")
    n_missing = subject.profiles[subject.target].n_missing
    if n_missing == 0:
        return
    part = n_missing / subject.n_rows
    condition = {"column": subject.target, "operator": "is_missing"}
    yield Observation(
        "amber" if part < MANY else "red",
        f"“{subject.target}” is unknown in {count(n_missing, 'row')} ({share(part)}). Nothing is learned from them; "
        "if the unknown ones differ from the others, the model is right for the others only.",
        (subject.target,),
        n_missing,
        {"n_missing": n_missing, "share": part},
        (step("Leave these rows out", "exclude_rows", "The outcome is not known.", condition=condition),),
    )


CHECK = Check("target_missing", "Rows without an outcome", "The target is known in every row.", _find)
