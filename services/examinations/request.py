"""The name of the job, and what an answer to a finding must be."""

from services.errors import InvalidInputError

KIND = "model.examine"
REASON_LENGTH = 600


def checked_reason(reason: str) -> str:
    """The reason without blanks around it.

    Raises
    ------
    InvalidInputError
        There is none, or it is too long.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidInputError("Give a reason in a sentence: whoever reads this later must understand it.")
    if len(reason) > REASON_LENGTH:
        raise InvalidInputError(f"The reason has {len(reason):,} characters; {REASON_LENGTH} are enough.")
    return reason
