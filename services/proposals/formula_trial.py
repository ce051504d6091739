"""A formula tried on the first rows of the data, before anybody accepts it."""

import math
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from services.formulas.evaluation import compute
from services.formulas.reading import read_formula

N_ROWS = 5
_WHY_NONE = "a cell is missing, or the formula divides by zero there"


@dataclass(frozen=True, slots=True)
class FormulaTrial:
    """What it gives in each of the first rows.

    Attributes
    ----------
    names
        The columns it uses.
    values
        One for each row; None where the row has no answer.
    data_version
        The version of the data it was tried on; None where there are no data yet.
    """

    names: tuple[str, ...]
    values: tuple[float | None, ...]
    data_version: int | None = None

    @property
    def sentence(self) -> str:
        """What it gives, in words."""
        if self.data_version is None:
            return f"Gives {self.values[0]:,.6g} in every row." if self.values[0] is not None else "Gives no number."
        shown = "; ".join("no value" if value is None else f"{value:,.6g}" for value in self.values)
        lines = f"In the first {len(self.values)} rows of version {self.data_version} of the data: {shown}."
        if not self.n_without:
            return lines
        return f"{lines} {_rows(self.n_without)} without a value: {_WHY_NONE}."

    @property
    def n_without(self) -> int:
        """How many of the rows have no answer."""
        return sum(value is None for value in self.values)

    @property
    def is_answered(self) -> bool:
        """Whether any row has an answer."""
        return self.n_without < len(self.values)

    @property
    def refusal(self) -> str:
        """What to say where no row has an answer."""
        rows = f"any of the first {len(self.values)} rows" if self.names else "any row"
        return f"It has no value in {rows}: {_WHY_NONE}. Say with where(...) what counts then."

    def outside(self, low: float, high: float) -> str:
        """How many rows lie outside what is allowed, as a sentence; empty where none does."""
        n_outside = sum(value is not None and not low <= value <= high for value in self.values)
        if not n_outside:
            return ""
        within = f"outside what is allowed, {low:,.12g} to {high:,.12g}"
        return f"{_rows(n_outside)} {within}." if self.names else f"It lies {within}."


def _rows(n_rows: int) -> str:
    return "1 row" if n_rows == 1 else f"{n_rows} rows"


def column_names(table: Path) -> tuple[str, ...]:
    """The columns of a stored table."""
    return tuple(pq.read_schema(table).names)


def trial_on_rows(text: str, table: Path, *, data_version: int) -> FormulaTrial:
    """Read the formula against the columns of a stored table and compute its first rows; reads no other column."""
    formula = read_formula(text, column_names(table))
    with pq.ParquetFile(table) as file:
        n_rows = min(N_ROWS, file.metadata.num_rows)
        rows = next(file.iter_batches(batch_size=N_ROWS, columns=list(formula.names)), None) if formula.names else None
    frame = rows.to_pandas() if rows is not None else pd.DataFrame(index=range(n_rows))
    return _trial(formula.names, compute(formula, frame, n_rows).values.tolist(), data_version)


def trial_without_rows(text: str) -> FormulaTrial:
    """Where there are no data yet only numbers can be said."""
    formula = read_formula(text, ())
    return _trial((), compute(formula, {}, 1).values.tolist(), None)


def _trial(names: tuple[str, ...], values: list[float], data_version: int | None) -> FormulaTrial:
    return FormulaTrial(names, tuple(None if math.isnan(value) else value for value in values), data_version)
