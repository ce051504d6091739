"""Whether a model is understood: who may decide that, what stands in the way, and how long a decision holds. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from services.errors import ConflictError, InvalidInputError, NotAllowedError, PortalError


class Verdict(StrEnum):
    """What can be decided."""

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"


VERDICTS = {Verdict.ACCEPTED: "Accepted", Verdict.NOT_ACCEPTED: "Not accepted"}
STALE, DISPUTED = "stale", "disputed"


@dataclass(frozen=True, slots=True)
class Standing:
    """One person before one model: everything a rule depends on, read inside one transaction.

    Attributes
    ----------
    has_answered
        Whether the person has said what they expect, or has skipped that.
    is_additive
        Whether the effects of the explanation add up to the predictions.
    n_unanswered, n_blocking
        Surprises without an answer, and "no" votes that stand in the way.
    """

    is_maker: bool
    has_answered: bool
    is_additive: bool = True
    n_unanswered: int = 0
    n_blocking: int = 0


Guard = Callable[[Standing], PortalError | None]


def refuse_makers(standing: Standing) -> PortalError | None:
    """Nobody judges a model they made."""
    if not standing.is_maker:
        return None
    return NotAllowedError("You started the run that made this model. Somebody else must say whether it is understood.")


def refuse_the_unasked(standing: Standing) -> PortalError | None:
    """Who has not seen the explanation can say nothing about it."""
    if standing.has_answered:
        return None
    return ConflictError("Say first what you expect of this model, or skip that with a reason.")


def refuse_what_does_not_add_up(standing: Standing) -> PortalError | None:
    """An explanation that misses the predictions explains nothing."""
    if standing.is_additive:
        return None
    return ConflictError("The effects do not add up to the predictions, so this explanation cannot be accepted.")


def refuse_unanswered_surprises(standing: Standing) -> PortalError | None:
    """Each difference from what was expected wants an answer."""
    if not standing.n_unanswered:
        return None
    return ConflictError(f"Answer first what nobody has answered: {_counted(standing.n_unanswered, 'surprise')}.")


def refuse_standing_objections(standing: Standing) -> PortalError | None:
    """A "no" blocks until it is answered, and where it is kept until it is withdrawn."""
    if not standing.n_blocking:
        return None
    verb = "stands" if standing.n_blocking == 1 else "stand"
    return ConflictError(f"{_counted(standing.n_blocking, 'vote')} of no {verb} in the way: answer or withdraw it.")


GUARDS: tuple[Guard, ...] = (refuse_makers, refuse_the_unasked)
ACCEPTANCE_GUARDS: tuple[Guard, ...] = (
    refuse_what_does_not_add_up,
    refuse_unanswered_surprises,
    refuse_standing_objections,
)


def find_refusal(standing: Standing, verdict: Verdict | None = None) -> PortalError | None:
    """Why this person may not decide (at all, or this) now; None means they may."""
    guards = GUARDS + (ACCEPTANCE_GUARDS if verdict == Verdict.ACCEPTED else ())
    return next((refusal for guard in guards if (refusal := guard(standing)) is not None), None)


def parse_verdict(verdict: str) -> Verdict:
    """The verdict that was chosen.

    Raises
    ------
    InvalidInputError
        None was.
    """
    try:
        return Verdict(verdict)
    except ValueError:
        raise InvalidInputError("Choose accepted or not accepted.") from None


def state_now(verdict: str, *, is_replaced: bool, n_blocking: int) -> str:
    """What a recorded decision is worth now.

    Parameters
    ----------
    is_replaced
        Whether the explanation or the model is no longer the one decided on. A newer model is another one.
    n_blocking
        "No" votes that stand in the way since.
    """
    if is_replaced:
        return STALE
    return DISPUTED if verdict == Verdict.ACCEPTED and n_blocking else verdict


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"
