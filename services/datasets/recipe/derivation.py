"""A column computed from others by a formula that somebody wrote."""

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
