"""What a caught case is worth in each row of a table, computed from its raw columns, and never a feature."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.errors import UnusableDataError
from services.errors import InvalidInputError
from services.formulas.evaluation import compute
from services.formulas.reading import read_formula, read_with_own_names


def amounts_of_rows(formula: str, frame: pd.DataFrame, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
    """What the formula gives in each row (n,), or in those at `rows`; NaN where it has no value.

    Only the columns it names are looked at, so that a large table is not copied for it.

    Raises
    ------
    UnusableDataError
        A column is not there, or words stand where numbers are needed.
    """
    try:
        read = read_formula(formula, list(map(str, frame.columns)))
        columns = {name: frame[name] if rows is None else frame[name].iloc[rows] for name in read.names}
        return compute(read, columns, len(frame) if rows is None else len(rows)).values
    except InvalidInputError as error:
        raise UnusableDataError(not_computable(formula, error)) from None


def columns_of_formula(formula: str, known: Iterable[str] | None = None) -> tuple[str, ...]:
    """The columns that the formula looks at.

    Parameters
    ----------
    known
        Those there are; None takes whatever it names.

    Raises
    ------
    InvalidInputError
        It cannot be read, or names a column that is not known.
    """
    return read_with_own_names(formula).names if known is None else read_formula(formula, known).names


def not_computable(formula: str, error: InvalidInputError) -> str:
    """That money cannot be counted by the amounts of rows, why, and what to do."""
    return (
        f"The value of a caught case by row, {formula}, cannot be computed on these data. {error.problems[0]} "
        "Change the formula on the page Money, or take data that have the column."
    )
