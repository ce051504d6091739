"""Every check of a model, in the order in which they are asked."""

from collections.abc import Callable

from services.examinations.checks.honesty import disagree, leak, openings, overfit, too_good, unstable
from services.examinations.checks.soundness import calibrated, events, large, slow, twin
from services.examinations.checks.subject import Subject
from services.examinations.checks.worth import guess, plain_rule, todays_rule
from services.examinations.report import Finding

CHECKS: tuple[Callable[[Subject], Finding], ...] = (
    guess,
    leak,
    too_good,
    overfit,
    disagree,
    unstable,
    openings,
    calibrated,
    events,
    plain_rule,
    todays_rule,
    slow,
    large,
    twin,
)


def check(subject: Subject) -> tuple[Finding, ...]:
    """What each check says of a model."""
    return tuple(ask(subject) for ask in CHECKS)
