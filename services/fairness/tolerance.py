"""The tolerance: which harm matters, and the largest gap between groups that is accepted, agreed before one looks."""

import math
from collections.abc import Iterator

from services.errors import InvalidInputError
from services.fairness.report import Gap, Gaps, Harm, Standing

HARMS: dict[Harm, str] = {
    "missed": "A case that is missed: who should have been acted on and is not, is worse off",
    "false_alarm": "A false alarm: who is acted on without need, is worse off",
    "error": "A number said too high or too low",
}
REASON_LENGTH = 1_000
SURE = 0.05  # of a test: what chance gives less often is more than chance


def checked_tolerance(harm: str, largest_gap: float, reason: str) -> tuple[Harm, float, str]:
    """The tolerance with its reason tidied.

    Parameters
    ----------
    largest_gap
        A difference of two shares, 0 to 1; of mean errors for a number, in its unit.

    Raises
    ------
    InvalidInputError
        One sentence for each thing that cannot be.
    """
    reason = " ".join(reason.replace("\x00", "").split())
    problems = [*_problems(harm, largest_gap, reason)]
    if problems:
        raise InvalidInputError(*problems)
    return next(known for known in HARMS if known == harm), float(largest_gap), reason


def gap_that_matters(gaps: Gaps, harm: Harm) -> Gap | None:
    """Between which shares the tolerance holds: of those found, of false alarms, or of mean errors."""
    return {"missed": gaps.found, "false_alarm": gaps.alarms, "error": gaps.bias}[harm]


def stand(gap: Gap | None, largest_gap: float) -> Standing:
    """Where the whole interval of the gap lies; "untold" where it lies on both sides or nothing could be compared."""
    if gap is None or gap.low is None or gap.high is None:
        return "untold"
    if gap.high <= largest_gap:
        return "within"
    return "beyond" if gap.low > largest_gap else "untold"


def _problems(harm: str, largest_gap: float, reason: str) -> Iterator[str]:
    if harm not in HARMS:
        yield "Say which harm matters: a missed case, a false alarm, or an error of a number."
    if not math.isfinite(largest_gap) or largest_gap < 0:
        yield "The largest gap is a number, 0 or more."
    elif harm != "error" and largest_gap > 1:
        yield "The largest gap between two shares is at most 100 points."
    if not reason:
        yield "Say in a sentence why this gap is acceptable; everybody in the project reads it."
    elif len(reason) > REASON_LENGTH:
        yield f"The reason has {len(reason):,} characters; {REASON_LENGTH:,} are enough."
