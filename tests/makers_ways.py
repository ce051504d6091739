"""Make a case, what it may be set to, and a model whose every answer can be worked out by hand."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from services.automl.columns import Column
from services.proposals.lever import Lever
from services.stories.answering import Ask, Floats
from services.stories.case_settings import CaseSettings, Choices, choices_of
from services.stories.changeable import Changeable

COLUMNS = (Column("price", "number"), Column("calls", "number"), Column("plan", "category"), Column("age", "number"))
NAMES = [column.name for column in COLUMNS]


def make_known(n: int = 600) -> pd.DataFrame:
    random = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "price": random.uniform(10, 50, n),
            "calls": random.integers(0, 9, n).astype(float),
            "plan": pd.Series(random.choice(["basic", "plus"], n), dtype="str"),
            "age": random.uniform(20, 70, n),
        }
    )


KNOWN = make_known()
CASE = pd.DataFrame({"price": [40.0], "calls": [2.0], "plan": pd.Series(["basic"], dtype="str"), "age": [44.0]})
PRICE = Changeable(Lever("Price", "number", low=10.0, high=50.0, step=1.0, column="price"), is_declared=True)
CALLS = Changeable(Lever("Calls", "number", low=0.0, high=8.0, column="calls"), is_declared=False)
PLAN = Changeable(Lever("Plan", "choice", choices=("basic", "plus"), column="plan"), is_declared=True)


def risk(rows: pd.DataFrame) -> Floats:
    """Points: the price, minus two for each call, and ten more on the basic plan."""
    basic = (rows["plan"] == "basic").to_numpy(dtype=np.float64)
    return np.asarray(rows["price"] - 2 * rows["calls"] + 10 * basic, dtype=np.float64)


def make_settings(
    threshold: float, *changeable: Changeable, case: pd.DataFrame = CASE, ask: Ask = risk, known: pd.DataFrame = KNOWN
) -> CaseSettings:
    """The case with what the guard lets these columns be set to."""
    return set_to(threshold, choices_of(changeable, case, known, NAMES, 0), case=case, ask=ask, known=known)


def set_to(
    threshold: float,
    choices: Sequence[Choices],
    *,
    case: pd.DataFrame = CASE,
    ask: Ask = risk,
    known: pd.DataFrame = KNOWN,
    columns: tuple[Column, ...] = COLUMNS,
) -> CaseSettings:
    """The case with these choices, whatever the guard says of them."""
    return CaseSettings(ask, case, choices, 0, columns, known=known, threshold=threshold, seed=0)
