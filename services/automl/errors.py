"""What can go wrong in a search, as sentences. They name columns, never a value from the table."""

from services.errors import InvalidInputError, PortalError


class UnusableDataError(InvalidInputError):
    """Nothing can be learned from this table as it is."""

    code = "unusable_data"


class TrialFailedError(PortalError):
    """One model of a search could not be fitted; the search goes on without it."""

    code = "trial_failed"


class TooSlowError(TrialFailedError):
    """It needs more time than it may take."""


class HopelessError(TrialFailedError):
    """After its first folds a candidate is far behind the best so far; its other folds are not fitted.

    `score` is the metric on the fold after which it gave up.
    """

    def __init__(self, sentence: str, score: float) -> None:
        super().__init__(sentence)
        self.score = score

    def __reduce__(self) -> tuple[type["HopelessError"], tuple[str, float]]:
        """Errors travel from a child as what they are made of."""
        return type(self), (self.sentence, self.score)
