"""The value of a caught case, row by row."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.valuation.payoffs import PayoffMatrix
from services.valuation.row_amounts import AmountRule, AmountSummary, describe_amounts, summarise
from tests.makers_money import CALLS

RULE = AmountRule("fee * 12", usual_amount=480.0, success_rate=0.4)
EVERY_KIND = np.array([0.0, 100.0, np.nan, -1.0, 2e12, 1e12])


def test_what_is_no_value_of_a_case_is_priced_at_the_usual_one() -> None:
    assert RULE.priced(EVERY_KIND).tolist() == [0.0, 100.0, 480.0, 480.0, 480.0, 1e12]


@given(amount=st.floats(0, 1e6), success=st.floats(0, 1), usual=st.floats(0, 1e6))
def test_a_gain_is_that_of_figures_with_the_amount_of_the_row(amount: float, success: float, usual: float) -> None:
    """b_TP = success × value − cost, as `Assumptions.payoffs` says it, with the value of the row."""
    figures = replace(CALLS, miss_amount=2_000.0, caught_value_amount=usual, success_rate=success)
    own = replace(figures, caught_value_amount=amount).payoffs.gain
    gains = AmountRule("x", usual, success).gains(np.array([amount]), figures.payoffs)
    assert gains[0] == pytest.approx(own, abs=1e-6)


def test_the_usual_amount_in_every_row_changes_nothing_to_the_bit() -> None:
    payoffs = PayoffMatrix(true_positive=0.1 + 0.2, false_positive=-0.7, false_negative=-1e-3, true_negative=0.0)
    assert set(RULE.gains(np.full(3, 480.0), payoffs)) == {payoffs.gain}
    assert set(RULE.gains(np.full(3, np.nan), payoffs)) == {payoffs.gain}


def test_rows_priced_at_the_usual_value_are_counted_by_the_reason() -> None:
    found = summarise(RULE, EVERY_KIND, np.array([True, True, False, False, False, False]))
    assert (found.n_rows, found.n_without, found.n_negative, found.n_too_large, found.n_usual) == (6, 1, 1, 1, 3)
    assert found.mean_amount == 50.0


def test_without_a_case_that_matters_there_is_no_mean() -> None:
    found = summarise(RULE, np.array([1.0, 2.0]), np.array([False, False]))
    assert found.mean_amount is None
    assert not found.is_far_from_usual
    assert describe_amounts(found, "EUR") == "The value of a caught case is that of its row: fee * 12."


def _summary(**changes: object) -> AmountSummary:
    plain = AmountSummary("fee * 12", 480.0, 800, 0, 0, 0, 480.0)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_what_was_priced_at_the_usual_value_is_said_with_its_reasons() -> None:
    assert describe_amounts(_summary(n_without=2, n_negative=1), "EUR") == (
        "The value of a caught case is that of its row: fee * 12. Priced at the usual value of €480 in 3 of 800 rows: "
        "2 without a value (something is missing, or is divided by zero), 1 with a negative one."
    )


@pytest.mark.parametrize(
    ("mean", "said"),
    [
        (480.0 * 1.2, ""),
        (480.0 * 0.8, ""),
        (
            600.0,
            "worth €600 on average in these rows (25% more), where the business case counts with €480: money a year",
        ),
        (
            240.0,
            "worth €240 on average in these rows (50% less), where the business case counts with €480: money a year",
        ),
    ],
)
def test_a_mean_more_than_a_fifth_from_the_business_case_is_said(mean: float, said: str) -> None:
    found = describe_amounts(_summary(mean_amount=mean), "EUR")
    assert (said in found) if said else found.endswith("fee * 12.")


def test_against_a_usual_value_of_nothing_no_share_is_said() -> None:
    found = describe_amounts(_summary(usual_amount=0.0, mean_amount=20.0), "EUR")
    assert "worth €20 on average in these rows, where the business case counts with €0" in found
