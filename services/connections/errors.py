"""What can go wrong with connections, as sentences. None of them holds a password or a value from a table."""

from services.errors import InvalidInputError, PortalError


class AddressRefusedError(InvalidInputError):
    """The portal does not connect to this host."""

    code = "address_refused"


class StatementRefusedError(InvalidInputError):
    """The text is not one question that only reads."""

    code = "statement_refused"


class WritableRoleError(InvalidInputError):
    """The database would let this user change something."""

    code = "writable_role"


class UnusableResultError(InvalidInputError):
    """The question was answered, but the answer is not a table that can be kept without loss."""

    code = "unusable_result"


class UnusableCellsError(UnusableResultError):
    """A column holds what no cell of a table can hold."""

    def __init__(self, column: str, what: str) -> None:
        super().__init__(
            f"Column “{column}” holds {what}, and a table here has one number, text or date per cell. Leave it out, or "
            "turn it into text in the query."
        )


class ConnectionFailedError(PortalError):
    """The database could not be reached, or does not let this user in."""

    status = 502
    code = "connection_failed"


class QueryFailedError(PortalError):
    """The database refused the question, or took too long over it."""

    status = 422
    code = "query_failed"


class TooSlowError(QueryFailedError):
    """The query was ended by the clock."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The query took longer than {seconds:g} seconds and was ended. Ask for fewer rows: narrow it with WHERE."
        )


class SecretUnreadableError(PortalError):
    """A stored password cannot be read with the keys at hand."""

    status = 409
    code = "secret_unreadable"
