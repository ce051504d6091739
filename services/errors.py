"""What can go wrong, as sentences for the person who must act on it."""


class PortalError(Exception):
    """A refusal with a sentence that may be shown as it is: what is so, where, what to do. Never a data value."""

    status = 400
    code = "bad_request"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class InvalidInputError(PortalError):
    """The request cannot be carried out as it is; `problems` has one sentence for each fault."""

    status = 422
    code = "invalid_input"

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class NotSignedInError(PortalError):
    """Nobody is signed in, or the session ended."""

    status = 401
    code = "not_signed_in"


class NotAllowedError(PortalError):
    """The person is known and may not do this."""

    status = 403
    code = "not_allowed"


class NotFoundError(PortalError):
    """It does not exist, or the person may not know whether it does."""

    status = 404
    code = "not_found"


class ConflictError(PortalError):
    """Somebody else was faster, or the state no longer allows it."""

    status = 409
    code = "conflict"


class TooManyRequestsError(PortalError):
    """A rate limit; `retry_after_seconds` says when to come back."""

    status = 429
    code = "too_many_requests"

    def __init__(self, sentence: str, retry_after_seconds: int) -> None:
        super().__init__(sentence)
        self.retry_after_seconds = retry_after_seconds
