"""What can go wrong in a search, as sentences. They name columns, never a value from the table."""

from services.errors import InvalidInputError, PortalError


class UnusableDataError(InvalidInputError):
    """Nothing can be learned from this table as it is."""

    code = "unusable_data"


class TrialFailedError(PortalError):
    """One model of a search could not be fitted; the search goes on without it."""

    code = "trial_failed"
