"""The rule that decides today, as a formula over the columns, so that a model is compared with what is there already.

Of a yes-or-no question it says who is acted on: every row where it is not zero. Of a number it says what is assumed.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.errors import UnusableDataError
from services.automl.task import Task
from services.errors import InvalidInputError
from services.formulas.evaluation import compute
from services.formulas.reading import read_formula

NAME = "rule used today"


def checked_rule(text: str, *, columns: Iterable[str], target: str, task: Task) -> str:
    """The rule without blanks around it; "" where there is none.

    Raises
    ------
    InvalidInputError
        It is no formula over columns that are known before the outcome, or the question has several answers.
    """
    rule = text.strip()
    if not rule:
        return ""
    if task is Task.MULTICLASS:
        raise InvalidInputError(
            "Today's rule can be compared where the question is yes or no, or a number. Leave it empty here."
        )
    if not read_formula(rule, [name for name in columns if name != target]).names:
        raise InvalidInputError("Today's rule looks at no column, so it says the same of every row. Name at least one.")
    return rule


def acted_on(answers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which rows (n,) the rule acts on; not those it has no answer for."""
    return np.asarray(~np.isnan(answers) & (answers != 0))


def describe_answers(classes: Sequence[str], answers: NDArray[np.float64]) -> str:
    """What the rule says of the rows (n,), counted: whom it acts on, or what it assumes."""
    known = answers[~np.isnan(answers)]
    n_unknown = len(answers) - len(known)
    unknown = f"; it has no answer for {n_unknown:,}" if n_unknown else ""
    if classes:
        n_acted = int(acted_on(answers).sum())
        return f"It acts on {n_acted:,} of {len(answers):,} rows, as on “{classes[1]}”{unknown}."
    if not known.size:
        return f"It has no answer for any of {len(answers):,} rows."
    return f"It says {known.mean():,.4g} on average of {len(answers):,} rows{unknown}."


def rule_answers(rule: str, frame: pd.DataFrame) -> NDArray[np.float64]:
    """What the rule says of each row (n,); NaN where it has no answer.

    Raises
    ------
    UnusableDataError
        A column is not there, or words stand where numbers are needed.
    """
    try:
        return compute(read_formula(rule, list(map(str, frame.columns))), frame, len(frame)).values
    except InvalidInputError as error:
        raise UnusableDataError(f"Today's rule cannot be computed. {error.problems[0]}") from None
