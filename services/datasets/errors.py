"""What can go wrong with data, as sentences. They name columns and lines, never a value from the table."""

from services.errors import InvalidInputError


class UnreadableFileError(InvalidInputError):
    """The file is not a table the portal can read without guessing."""

    code = "unreadable_file"


class ColumnMissingError(InvalidInputError):
    """The table has no column of this name."""

    code = "column_missing"

    def __init__(self, column: str) -> None:
        super().__init__(f"The data have no column called “{column}”. Choose one of the columns listed.")


class UnusableTargetError(InvalidInputError):
    """The column cannot be what a model predicts."""

    code = "unusable_target"
