"""An outcome that is rare: not a fault, but it decides how success is measured."""

from collections.abc import Iterator

from services.datasets.checks.phrases import share
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

RARE = 0.05  # methods 4.5


def _find(subject: Subject) -> Iterator[Observation]:
    if subject.task != "binary":
        raise NotApplicableError(
            "The target has not exactly two classes." if subject.target else "No target is chosen."
        )
    assert subject.target is not None
    (_often, n_often), (label, n_rare) = subject.profiles[subject.target].top_values
    part = n_rare / (n_rare + n_often)
    if part >= RARE:
        return
    yield Observation(
        "info",
        f"“{subject.target}” is {label} in {share(part)} of the rows. A model that never says so is right in "
        f"{share(1 - part)} of them, so look at money and at the rows found, not at accuracy.",
        (subject.target,),
        n_rare,
        {"n_rare": n_rare, "share": part},
    )


CHECK = Check("imbalance", "A rare outcome", "Neither class is rarer than 5%.", _find)
