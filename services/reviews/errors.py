"""What can go wrong when people sign."""

from services.errors import ConflictError, InvalidInputError, NotAllowedError


class EvidenceMissingError(InvalidInputError):
    """A sign-off needs evidence that nobody has written yet."""


class StaleEvidenceError(ConflictError):
    """The evidence is no longer what the reviewer saw."""


class SelfApprovalError(NotAllowedError):
    """The person wrote a part of the evidence."""


class AlreadyDecidedError(ConflictError):
    """Somebody else decided first, or the round is closed."""
