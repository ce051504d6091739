"""The yearly amounts a model is compared with: acting on nobody, acting on everyone, paying back its cost."""

from services.valuation.assumptions import Assumptions

MONTHS = 12


def yearly_references(assumptions: Assumptions) -> dict[str, float]:
    """Yearly amounts against acting on nobody, in the currency of the assumptions.

    "everyone" acts on every case that capacity allows, chosen without a model. "break_even" is what a model must earn a
    year so that its net present value over the horizon is zero: running costs and the level instalment (annuity) of
    the project's cost at the monthly discount rate.
    """
    payoffs = assumptions.payoffs
    per_case = assumptions.base_rate * payoffs.gain - (1 - assumptions.base_rate) * payoffs.loss
    share = min(assumptions.capacity_rate, 1.0) if assumptions.capacity_rate is not None else 1.0
    return {
        "nothing": 0.0,
        "everyone": per_case * share * assumptions.cases_per_month * MONTHS,
        "break_even": MONTHS * (assumptions.running_amount_per_month + _monthly_instalment(assumptions)),
    }


def _monthly_instalment(assumptions: Assumptions) -> float:
    rate = (1 + assumptions.yearly_discount_rate) ** (1 / MONTHS) - 1
    if rate == 0:
        return assumptions.project_amount / assumptions.horizon_months
    return assumptions.project_amount * rate / (1 - (1 + rate) ** -assumptions.horizon_months)
