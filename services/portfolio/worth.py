"""What a project is worth a year: what its model earns, or before that the most it could.

These amounts are against acting on nobody, before all costs, as models are measured and signatures given. What a
project adds to the best without a model, after all costs, is `services.valuation.project_worth.worth_over_horizon`;
which of the two is used where is said there.
"""

from dataclasses import dataclass

from services.models.report import MoneyReport
from services.portfolio.standing import Standing
from services.portfolio.views import KeyNumber
from services.reviews.stakes import Stakes
from services.valuation.amounts import format_money
from services.valuation.assumptions import Assumptions
from services.valuation.policy import perfect_value, yearly_value
from services.valuation.project_worth import expected_path, one_off_amount, yearly_without_model


@dataclass(frozen=True, slots=True)
class Worth:
    """Money a year of full use against acting on nobody, before all costs. `is_measured`: on rows kept aside."""

    amount: float
    currency: str
    low: float | None = None
    high: float | None = None
    is_measured: bool = False


def find_worth(standing: Standing) -> Worth | None:
    """The signed stakes, else the money of the model, else the most a perfect one could bring; None without figures."""
    return choose_worth(
        standing.review.stakes if standing.review else None,
        standing.model.evaluation.money if standing.model else None,
        standing.valuation.assumptions if standing.valuation else None,
    )


def choose_worth(stakes: Stakes | None, money: MoneyReport | None, assumptions: Assumptions | None) -> Worth | None:
    """The signed stakes, else the money of the model, else the most a perfect one could bring; None without figures."""
    measured = stakes or money
    if measured is not None:
        return Worth(measured.yearly_value, measured.currency, measured.low, measured.high, is_measured=True)
    return None if assumptions is None else Worth(most_amount(assumptions), assumptions.currency)


def key_numbers(standing: Standing, worth: Worth | None, n_days: int) -> tuple[KeyNumber, ...]:
    """The four numbers of a project, each with its meaning; a dash says what is missing."""
    return (
        _worth_number(standing, worth),
        _payback_number(standing, worth),
        _caught_number(standing),
        _age_number(n_days),
    )


def most_amount(assumptions: Assumptions) -> float:
    """Money a year of a model that is always right against acting on nobody, before all costs."""
    per_case = perfect_value(assumptions.payoffs, assumptions.base_rate, capacity_rate=assumptions.capacity_rate)
    return yearly_value(per_case, assumptions.cases_per_month)


def _worth_number(standing: Standing, worth: Worth | None) -> KeyNumber:
    if worth is None:
        return KeyNumber("Worth a year", "–", "Say what calls are worth first")
    before = f"before costs{_beside(standing, worth)}"
    value = format_money(worth.amount, worth.currency)
    if not worth.is_measured:
        return KeyNumber("At most, a year", value, f"With a perfect model, {before}")
    if worth.low is None or worth.high is None:
        return KeyNumber("Worth a year", value, f"On rows kept aside, {before}")
    low, high = format_money(worth.low, worth.currency), format_money(worth.high, worth.currency)
    return KeyNumber("Worth a year", value, f"{low} to {high}, {before}", is_good=worth.low > 0)


def _beside(standing: Standing, worth: Worth) -> str:
    """What of the amount needs no model; nothing where acting on everyone does not pay."""
    if standing.valuation is None or standing.valuation.assumptions.currency != worth.currency:
        return ""
    without = yearly_without_model(standing.valuation.assumptions)
    return f"; {format_money(without, worth.currency)} without a model" if without > 0 else ""


def _payback_number(standing: Standing, worth: Worth | None) -> KeyNumber:
    if standing.valuation is None or worth is None:
        return KeyNumber("Pays back in", "–", "Costs are not known yet")
    assumptions = standing.valuation.assumptions
    months = expected_path(assumptions, worth.amount).payback_months
    cost = f"{format_money(one_off_amount(assumptions), assumptions.currency)} to build"
    if months is None:
        return KeyNumber("Pays back in", "Never", f"Not within {assumptions.horizon_months} months")
    label = "Pays back in" if worth.is_measured else "Pays back, at best, in"
    return KeyNumber(label, f"{_at_least_one(months)} months", cost)


def _at_least_one(months: float) -> str:
    return "< 1" if months < 1 else f"{months:.0f}"


def _caught_number(standing: Standing) -> KeyNumber:
    model = standing.model
    if model is None:
        return KeyNumber("Cases caught", "–", "No model yet")
    if model.evaluation.money is not None:
        caught = round(100 * model.evaluation.money.recall)
        right = round(100 * model.evaluation.money.precision)
        return KeyNumber("Cases caught", f"{caught} of 100", f"{right} of 100 actions are needed")
    score = model.evaluation.score
    return KeyNumber("Score", f"{score.value:.3f}", score.sentence)


def _age_number(n_days: int) -> KeyNumber:
    return KeyNumber("Time so far", f"{n_days} day{'' if n_days == 1 else 's'}", "Since the first sentence")
