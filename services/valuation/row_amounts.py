"""What a caught case is worth, row by row: from a formula over columns to the money gained by acting on each row.

The gain of acting on a positive is linear in the value of a caught case, so a row with another value only shifts it:
gain_i = gain + success rate × (value_i − usual value). With the usual value in every row nothing changes, to the bit.

References
----------
C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001, section 1: costs that depend on the example.
A. C. Bahnsen, D. Aouada and B. Ottersten, "Example-dependent cost-sensitive logistic regression for credit scoring",
ICMLA 2014.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.valuation.amounts import format_money
from services.valuation.limits import LARGEST_AMOUNT
from services.valuation.payoffs import PayoffMatrix

FAR_FROM_USUAL = 0.2  # of the usual value: from there on the business case and the rows are about different money
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AmountRule:
    """How the value of a caught case is found in a row.

    Attributes
    ----------
    formula
        Over the columns of the data, the excluded ones as well.
    usual_amount
        What counts where the formula has no value, a negative one, or one that no figure may have.
    success_rate
        Share of caught cases in which acting works, 0 to 1.
    """

    formula: str
    usual_amount: float
    success_rate: float

    def priced(self, amounts: Floats) -> Floats:
        """The value of a caught case that counts in each row (n,), from what the formula gave there."""
        return np.where(is_usable(amounts), amounts, self.usual_amount)

    def gains(self, amounts: Floats, payoffs: PayoffMatrix) -> Floats:
        """Money gained by acting on each row (n,), where the outcome happens there, instead of leaving it alone."""
        gains: Floats = payoffs.gain + self.success_rate * (self.priced(amounts) - self.usual_amount)
        return gains


@dataclass(frozen=True, slots=True)
class AmountSummary:
    """What a formula gave in rows whose outcome is known.

    Attributes
    ----------
    n_without, n_negative, n_too_large
        Rows that were priced at the usual value, by the reason.
    mean_amount
        Mean value of a caught case as it counts, of the rows where the outcome happens; None where there are none.
    """

    formula: str
    usual_amount: float
    n_rows: int
    n_without: int
    n_negative: int
    n_too_large: int
    mean_amount: float | None

    @property
    def n_usual(self) -> int:
        """Rows that were priced at the usual value."""
        return self.n_without + self.n_negative + self.n_too_large

    @property
    def is_far_from_usual(self) -> bool:
        """Whether cases that matter are worth more than 20% more, or less, here than the figures of Money say."""
        if self.mean_amount is None:
            return False
        return abs(self.mean_amount - self.usual_amount) > FAR_FROM_USUAL * self.usual_amount


def is_usable(amounts: Floats) -> NDArray[np.bool_]:
    """Which values (n,) can be the value of a caught case: known, not negative, and no more than any figure may be."""
    with np.errstate(invalid="ignore"):
        return np.asarray((amounts >= 0) & (amounts <= LARGEST_AMOUNT))


def summarise(rule: AmountRule, amounts: Floats, y: NDArray[np.bool_]) -> AmountSummary:
    """What the formula gave in rows (n,) whose outcome is known."""
    priced = rule.priced(amounts)
    return AmountSummary(
        formula=rule.formula,
        usual_amount=rule.usual_amount,
        n_rows=len(amounts),
        n_without=int(np.isnan(amounts).sum()),
        n_negative=int((amounts < 0).sum()),
        n_too_large=int((amounts > LARGEST_AMOUNT).sum()),
        mean_amount=float(priced[y].mean()) if y.any() else None,
    )


def describe_amounts(summary: AmountSummary, currency: str) -> str:
    """That each row has its own value, in which rows it has not and why, and how far that is from the business case."""
    own = f"The value of a caught case is that of its row: {summary.formula}."
    return " ".join(filter(None, (own, _describe_usual(summary, currency), _describe_distance(summary, currency))))


def _describe_usual(summary: AmountSummary, currency: str) -> str:
    if not summary.n_usual:
        return ""
    reasons = [
        f"{count:,} {reason}"
        for count, reason in (
            (summary.n_without, "without a value (something is missing, or is divided by zero)"),
            (summary.n_negative, "with a negative one"),
            (summary.n_too_large, "with more than a million million"),
        )
        if count
    ]
    usual = format_money(summary.usual_amount, currency)
    rows = "row" if summary.n_rows == 1 else "rows"
    return f"Priced at the usual value of {usual} in {summary.n_usual:,} of {summary.n_rows:,} {rows}: " + (
        f"{', '.join(reasons)}."
    )


def _describe_distance(summary: AmountSummary, currency: str) -> str:
    if summary.mean_amount is None or not summary.is_far_from_usual:
        return ""
    found, usual = (format_money(amount, currency) for amount in (summary.mean_amount, summary.usual_amount))
    change = summary.mean_amount / summary.usual_amount - 1 if summary.usual_amount else 0.0
    by = f" ({abs(change):.0%} {'more' if change > 0 else 'less'})" if change else ""
    return (
        f"Cases that matter are worth {found} on average in these rows{by}, where the business case counts with "
        f"{usual}: money a year differs from it accordingly. Check the usual value on the page Money."
    )
