"""Small sums that figures of a table are drawn from: at most a few thousand numbers however long the table is."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Missingness:
    """Where cells are empty: `shares[c][b]` of the cells of column c in block b of rows, in the order of the file.

    `columns` are those with most gaps, `first_rows[b]` is the number (from 0) of the first row of block b.
    """

    columns: tuple[str, ...]
    first_rows: tuple[int, ...]
    shares: tuple[tuple[float, ...], ...]
    n_complete_columns: int

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Missingness":
        """The map that was stored."""
        return cls(
            columns=tuple(document["columns"]),
            first_rows=tuple(document["first_rows"]),
            shares=tuple(tuple(row) for row in document["shares"]),
            n_complete_columns=document["n_complete_columns"],
        )


@dataclass(frozen=True, slots=True)
class Correlations:
    """How strongly columns go together, similar ones side by side.

    `strengths[i][j]` lies in [-1, 1]: Spearman between numbers and dates; Cramer's V between categories and the
    correlation ratio between a category and a number, which have no sign. None where too few rows have both.
    `clusters` are groups of two and more.
    """

    columns: tuple[str, ...]
    strengths: tuple[tuple[float | None, ...], ...]
    clusters: tuple[tuple[str, ...], ...]

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Correlations":
        """The clusters that were stored."""
        return cls(
            columns=tuple(document["columns"]),
            strengths=tuple(tuple(row) for row in document["strengths"]),
            clusters=tuple(tuple(cluster) for cluster in document["clusters"]),
        )


@dataclass(frozen=True, slots=True)
class RelationBin:
    """Rows with a value in [low, high] (numbers; dates as seconds since 1970) or with the label; their mean target."""

    label: str
    n_rows: int
    target_mean: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """How the target changes along a column. The target's mean is a share for classes, an amount for numbers.

    `strength` in [0, 1] is the share of the target's variance that lies between the bins.
    """

    column: str
    bins: tuple[RelationBin, ...]
    overall: float
    strength: float

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Relation":
        """The relation that was stored."""
        return cls(**{**document, "bins": tuple(RelationBin(**bin_) for bin_ in document["bins"])})


@dataclass(frozen=True, slots=True)
class Period:
    """A day, week, month, quarter or year from `start` (ISO date): its rows and, if there is a target, its mean."""

    start: str
    n_rows: int
    target_mean: float | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Rows over time by the main date column; periods without rows are in it with 0."""

    column: str
    unit: str  # day, week, month, quarter or year
    periods: tuple[Period, ...]

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Coverage":
        """The coverage that was stored."""
        return cls(**{**document, "periods": tuple(Period(**period) for period in document["periods"])})
