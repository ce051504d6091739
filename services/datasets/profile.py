"""What is known of a table: one short description per column, and what was noticed while it was read."""

from dataclasses import dataclass, fields
from typing import Any, Literal

Kind = Literal["number", "category", "text", "date", "identifier", "constant"]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class HistogramBin:
    """How many values lie in [low, high); the last bin includes its high edge. Dates are seconds since 1970."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column of a table.

    `low`, `high`, `mean`, `quantiles` (at `QUANTILES`) and `histogram` describe numbers; dates have `low` and `high` as
    ISO text, and a histogram. `top_values` are the most frequent values as labels with their counts, most frequent
    first; they are complete where `n_distinct` is not larger than their number. `n_top` is how many cells hold the most
    frequent value. `sd`, `skew` (third standardised moment), `n_zeros` and `n_negatives` describe numbers, `shortest`
    and `longest` count the characters of texts. Documents from before these were kept give 0 or None for them.
    """

    name: str
    kind: Kind
    n_missing: int
    n_distinct: int
    low: float | str | None = None
    high: float | str | None = None
    mean: float | None = None
    quantiles: tuple[float, ...] = ()
    histogram: tuple[HistogramBin, ...] = ()
    top_values: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    sd: float | None = None
    skew: float | None = None
    n_zeros: int = 0
    n_negatives: int = 0
    n_top: int = 0
    shortest: int | None = None
    longest: int | None = None

    def document(self) -> dict[str, Any]:
        """Plain data. By hand: `asdict` copies every value, which takes a second for thousands of columns."""
        found = {name: getattr(self, name) for name in _COLUMN_FIELDS}
        bins = tuple({"low": bin_.low, "high": bin_.high, "count": bin_.count} for bin_ in self.histogram)
        return found | {"histogram": bins}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "ColumnProfile":
        """The profile that `document` wrote."""
        bins = document["histogram"]
        return cls(
            **{
                **document,
                "quantiles": tuple(document["quantiles"]),
                "histogram": tuple(HistogramBin(bin_["low"], bin_["high"], bin_["count"]) for bin_ in bins),
                "top_values": tuple((label, count) for label, count in document["top_values"]),
                "notes": tuple(document["notes"]),
            }
        )


_COLUMN_FIELDS = tuple(field.name for field in fields(ColumnProfile))


@dataclass(frozen=True, slots=True)
class TableProfile:
    """A table as a whole; `notes` say how the file was read where that was a choice."""

    n_rows: int
    columns: tuple[ColumnProfile, ...]
    notes: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Plain data, as stored."""
        columns = tuple(column.document() for column in self.columns)
        return {"n_rows": self.n_rows, "columns": columns, "notes": self.notes}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "TableProfile":
        """The profile that `document` wrote."""
        columns = tuple(ColumnProfile.from_document(column) for column in document["columns"])
        return cls(n_rows=document["n_rows"], columns=columns, notes=tuple(document["notes"]))


def label_of(value: object) -> str:
    """How a value is written as a label: whole numbers without decimals, so that 1 and 1.0 are the same class."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
