"""Which column can be predicted, and which of two classes is the one the business acts on."""

from services.datasets.errors import UnusableTargetError
from services.datasets.profile import ColumnProfile

MAX_CLASSES = 100


def check_target(column: ColumnProfile, n_rows: int) -> None:
    """Refuse a column that nothing can be learned to predict.

    Raises
    ------
    UnusableTargetError
        It is empty, does not vary, names single rows, is free text or a date, or has too many classes.
    """
    fault = _fault(column, n_rows)
    if fault:
        raise UnusableTargetError(f"“{column.name}” cannot be the target: {fault}")


def choose_positive_label(column: ColumnProfile, wanted: str | None) -> str | None:
    """The class the business acts on: `wanted`, by default the rarer one. None unless there are exactly two classes.

    Raises
    ------
    UnusableTargetError
        `wanted` is not a class of the column.
    """
    if not is_binary(column):
        return None
    labels = [label for label, _count in column.top_values]
    if wanted is None:
        return min(reversed(column.top_values), key=lambda value: value[1])[0]
    if wanted not in labels:
        raise UnusableTargetError(f"“{column.name}” has no such class. Choose one of its two classes.")
    return wanted


def is_binary(column: ColumnProfile) -> bool:
    """Whether the column has exactly two different values."""
    return column.n_distinct == 2 and len(column.top_values) == 2


def _fault(column: ColumnProfile, n_rows: int) -> str | None:
    if column.n_distinct == 0:
        return "all its cells are empty. Choose a column that holds the outcome."
    if column.n_distinct == 1:
        return "it has the same value in every row, so there is nothing to predict. Upload rows with both outcomes."
    if column.kind == "identifier":
        return "it names single rows instead of an outcome that repeats. Choose the outcome column."
    if column.kind == "date":
        return "it is a date. Choose a category or a number."
    if column.kind == "text" or (column.kind == "category" and column.n_distinct > MAX_CLASSES):
        return (
            f"it has {column.n_distinct:,} different values in {n_rows:,} rows; "
            f"at most {MAX_CLASSES} classes can be predicted. Group them, or choose another column."
        )
    return None
