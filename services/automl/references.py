"""The yearly amounts a model is compared with: acting on nobody, acting on everyone, paying back its cost."""

from services.valuation.assumptions import Assumptions
from services.valuation.cash_flow import yearly_cost

MONTHS = 12


def yearly_references(assumptions: Assumptions, *, mean_amount: float | None = None) -> dict[str, float]:
    """Yearly amounts against acting on nobody, in the currency of the assumptions.

    "everyone" acts on every case that capacity allows, chosen without a model. "break_even" is what a model must earn a
    year so that its net present value over the horizon is zero.

    Parameters
    ----------
    mean_amount
        Mean value of a caught case in the rows where the outcome happens, where each row has its own: chosen without a
        model, cases bring that on average. None where all are worth the same.
    """
    payoffs, gain = assumptions.payoffs, assumptions.payoffs.gain
    if mean_amount is not None:
        gain += assumptions.success_rate * (mean_amount - assumptions.caught_value_amount)
    per_case = assumptions.base_rate * gain - (1 - assumptions.base_rate) * payoffs.loss
    share = 1.0 if assumptions.capacity_rate is None else assumptions.capacity_rate
    return {
        "nothing": 0.0,
        "everyone": per_case * share * assumptions.cases_per_month * MONTHS,
        "break_even": yearly_cost(assumptions),
    }
