"""A case valued as the payoffs say, or by a formula."""

import numpy as np
import pandas as pd
import pytest

from services.errors import InvalidInputError
from services.simulation.worth import PREDICTED, Worth

ROWS = pd.DataFrame({"price": [300.0, 500.0], "calls": [0.0, 2.0]})
CHANCES = np.array([0.5, 0.25])


def test_without_a_formula_the_chance_costs_what_is_lost() -> None:
    assert Worth(480.0).of(ROWS, CHANCES).tolist() == [-240.0, -120.0]


def test_a_formula_knows_the_columns_and_the_chance() -> None:
    assert Worth(480.0, "(price - 300) * chance").of(ROWS, CHANCES).tolist() == [0.0, 50.0]
    assert Worth(0.0, "predicted + price", PREDICTED).of(ROWS, CHANCES).tolist() == [300.5, 500.25]


def test_where_it_divides_by_zero_there_is_no_value() -> None:
    found = Worth(480.0, "chance / calls").of(ROWS, CHANCES)
    assert np.isnan(found[0])
    assert found[1] == 0.125


@pytest.mark.parametrize(
    ("formula", "says"), [("chance * nowhere", "nowhere"), ("__import__('os')", "."), ("1 +", ".")]
)
def test_what_cannot_be_read_is_refused_before_anything_is_fitted(formula: str, says: str) -> None:
    with pytest.raises(InvalidInputError, match=says):
        Worth(480.0, formula).check(ROWS.columns)


def test_a_column_called_like_the_answer_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="called “chance”"):
        Worth(480.0, "chance * 2").check(pd.Index(["chance"]))
    Worth(480.0).check(pd.Index(["chance"]))  # without a formula nothing can be confused
