"""Amounts where a few large values make most of the sum."""

from collections.abc import Iterator

from services.datasets.checks.phrases import names
from services.datasets.checks.protocol import Check, Observation
from services.datasets.checks.subject import NotApplicableError, Subject

STRONG = 4.0
MIN_VALUES = 20


def _find(subject: Subject) -> Iterator[Observation]:
    amounts = [subject.profiles[name] for name in subject.columns]
    amounts = [one for one in amounts if one.kind == "number" and one.n_distinct > MIN_VALUES]
    if not amounts:
        raise NotApplicableError("No column holds amounts with enough different values.")
    skewed = {one.name: one.skew for one in amounts if one.skew is not None and abs(one.skew) >= STRONG}
    if not skewed:
        return
    worst = sorted(skewed, key=lambda name: -abs(skewed[name]))
    yield Observation(
        "info",
        f"{names(worst)} {'is' if len(worst) == 1 else 'are'} lopsided: a few values lie far out and move the mean. "
        "Compare medians, and charts on a logarithmic axis.",
        evidence={"n_columns": len(worst), "strongest": skewed[worst[0]]},
    )


CHECK = Check("skew", "Lopsided amounts", "No amount is strongly lopsided.", _find)
