"""A column computed from others by a formula that somebody wrote."""

from typing import Any

import pandas as pd

from services.datasets.recipe.errors import StepNotPossibleError
from services.errors import InvalidInputError
from services.formulas.evaluation import compute
from services.formulas.reading import read_formula


def derived(table: pd.DataFrame, formula: str) -> "pd.Series[float]":
    """The formula in each row as float64; missing where it has no answer.

    Raises
    ------
    StepNotPossibleError
        A column is not there, or words or dates stand where numbers are needed.
    """
    try:
        computed = compute(read_formula(formula, list(map(str, table.columns))), table, len(table))
    except InvalidInputError as error:
        raise StepNotPossibleError(error.problems[0]) from None
    return pd.Series(computed.values, index=table.index, dtype="float64")


def as_numbers_where_words(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Cells given as text read as numbers where every one that is there is a number, else as they are."""
    if not pd.api.types.is_string_dtype(cells.dtype):
        return cells
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    return cells if bool((numbers.isna() & cells.notna()).any()) else numbers
