"""A table and its columns in words, for people who do not read statistics."""

from datetime import datetime

from services.datasets.profile import ColumnProfile
from services.datasets.targets import is_binary
from services.datasets.views import Dataset

KIND_LABELS = {
    "number": "number",
    "category": "category",
    "text": "free text",
    "date": "date",
    "identifier": "row name",
    "constant": "one value",
}
SUGGESTED_REASONS = {
    "identifier": "It names a row and says nothing about the next one.",
    "constant": "It has the same value in every row.",
}


def describe_column(column: ColumnProfile, n_rows: int) -> str:
    """What is in a column, in one sentence: "0 to 72, half of them between 9 and 55; 11 of 7,043 are missing."."""
    words = _describe_values(column)
    if column.n_missing == 0:
        return f"{words}."
    return f"{words}; {column.n_missing:,} of {n_rows:,} missing."


def describe_target(dataset: Dataset) -> str:
    """What is predicted: "A model will predict “churn”. It is Yes in 1,869 of 7,043 rows (27%)."."""
    if dataset.target is None:
        return "Choose the column that a model should predict."
    column = dataset.get_column(dataset.target)
    start = f"A model will predict “{column.name}”."
    if dataset.positive_label is not None:
        count = count_of(column, dataset.positive_label)
        known = dataset.n_rows - column.n_missing
        return f"{start} It is {dataset.positive_label} in {count:,} of {known:,} rows ({count / known:.0%})."
    if column.kind == "number":
        return f"{start} It is a number from {format_edge(column.low)} to {format_edge(column.high)}."
    return f"{start} It has {column.n_distinct} classes."


def count_of(column: ColumnProfile, label: str) -> int:
    """How many rows have the value."""
    return dict(column.top_values).get(label, 0)


def format_edge(value: float | str | None) -> str:
    """A number with at most four digits and thousands separators, or a date as day, month, year."""
    if value is None:
        return ""
    if isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return f"{moment.day} {moment:%b %Y}"
    if abs(value) >= 1e15 or 0 < abs(value) < 1e-4:
        return f"{value:.2e}"
    if abs(value) >= 1_000 or value == int(value):
        return f"{value:,.0f}".replace("-", "−")
    return f"{value:.4g}".replace("-", "−")


def needs_attention(column: ColumnProfile) -> bool:
    """Whether something about the column deserves a second look."""
    return bool(column.notes)


def can_be_target(column: ColumnProfile) -> bool:
    """Whether it is worth offering the column as target; `targets.check_target` decides."""
    return column.kind in ("number", "category") and column.n_distinct > 1


def _describe_values(column: ColumnProfile) -> str:
    if column.n_distinct == 0:
        return "Empty in every row"
    if column.kind == "date":
        return f"{format_edge(column.low)} to {format_edge(column.high)}"
    if is_binary(column):
        return " or ".join(f"{label} ({count:,})" for label, count in column.top_values)
    if column.kind == "number":
        return _describe_numbers(column)
    if column.kind == "category":
        label, count = column.top_values[0]
        return f"{column.n_distinct} categories, most often {label} ({count:,})"
    if column.kind == "constant":
        return f"Always {column.top_values[0][0]}" if column.top_values else "One value in every row"
    return f"{column.n_distinct:,} different values{_describe_length(column)}"


def _describe_length(column: ColumnProfile) -> str:
    if column.shortest is None or column.longest is None:
        return ""
    if column.shortest == column.longest:
        return f" of {column.longest:,} characters"
    return f" of {column.shortest:,} to {column.longest:,} characters"


def _describe_numbers(column: ColumnProfile) -> str:
    words = f"{format_edge(column.low)} to {format_edge(column.high)}"
    if not column.quantiles:
        return words
    _low, lower, _median, upper, _high = column.quantiles
    return f"{words}, half of them between {format_edge(lower)} and {format_edge(upper)}"
