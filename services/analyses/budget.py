"""How long an analysis may take. Times in seconds."""

from services.errors import InvalidInputError

DEFAULT_SECONDS = 60
CHOICES = (30, 60, 120, 300, 600)
MIN_SECONDS, MAX_SECONDS = 5, 1_800


def checked_seconds(seconds: float) -> float:
    """The seconds, within the limits.

    Raises
    ------
    InvalidInputError
        They are not.
    """
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        longest = MAX_SECONDS // 60
        raise InvalidInputError(f"An analysis takes {MIN_SECONDS} s to {longest} minutes: choose a time in this range.")
    return float(seconds)
