"""What a project is worth over its horizon, and which figure about its money is used where.

One plan stands behind all of them: `Assumptions.plan`, with what counts of Money, the items, how benefits arrive and
the stages. The figures differ in what they put into the place of the right calls, and in what they compare with:

| figure | right calls | against | where |
|---|---|---|---|
| expected net present value of the plan | a model of likely quality | the best without a model | Plan, case |
| `worth_over_horizon` | measured, or a share of perfect | the best without a model | prioritisation, feasibility |
| `expected_path` | the same | the best without a model | payback of a project |
| `yearly_cost`, `cash_path` | what is needed, or perfect | acting on nobody | Money, runs |
| `services.portfolio.worth.Worth`, `Stakes` | measured, or perfect | acting on nobody | sign-off, lists, sums |
| `one_off_amount` | none | nothing | budgets, "to build" |

Acting on nobody is the common zero of models, thresholds and simple rules; what could be done without any model is not
the project's merit, so it is taken off before a project is compared with others. Where calls do not count, because
items state the benefits or somebody said so, the plan is taken as it is. Where nobody said how benefits arrive, Money
takes them to arrive at once; the plan, and all that is told from it, lets them grow as `Adoption` does on its own.

References
----------
R. Brealey, S. Myers and F. Allen, *Principles of Corporate Finance*: net present value, costs of stages that may fail.
"""

from dataclasses import dataclass

from services.valuation.adoption import Adoption, staged_value
from services.valuation.assumptions import Assumptions
from services.valuation.business_case import CashPath, path_of
from services.valuation.cash_flow import MONTHS, counted_amount, expected_flows, item_worth, level_factor
from services.valuation.money_lines import counted_flows
from services.valuation.policy import yearly_value
from services.valuation.required_quality import Situation
from services.valuation.staging import expected_stage_amount, roll_out_chance


def yearly_without_model(assumptions: Assumptions) -> float:
    """Money a year, against acting on nobody, of the best that is possible without a model; 0 or more."""
    situation = Situation(assumptions.payoffs, assumptions.base_rate, assumptions.capacity_rate)
    return yearly_value(situation.value_without_model, assumptions.cases_per_month)


def worth_over_horizon(assumptions: Assumptions, yearly_amount: float) -> float:
    """Expected net present value of the plan if calls bring `yearly_amount` a year, after all that counts.

    It is the last of `expected_path`, in closed form, as a portfolio asks for thousands of them.

    Parameters
    ----------
    yearly_amount
        Money a year of full use against acting on nobody, measured or assumed.
    """
    return worth_line(assumptions).at(yearly_amount)


@dataclass(frozen=True, slots=True)
class WorthLine:
    """The worth over the horizon as a straight line in what calls bring a year, against acting on nobody.

    Attributes
    ----------
    at_nothing
        Expected net present value if calls bring nothing.
    per_unit
        What one unit of money a year more adds to it; 0 where calls do not count, or can never arrive.
    """

    at_nothing: float
    per_unit: float

    def at(self, yearly_amount: float) -> float:
        """The expected net present value if calls bring so much a year."""
        return self.at_nothing + self.per_unit * yearly_amount


def worth_line(assumptions: Assumptions) -> WorthLine:
    """All of the plan but what calls bring, and what each unit that they bring adds."""
    n_months, rate = int(assumptions.horizon_months), assumptions.yearly_discount_rate
    adoption, counted = assumptions.adoption or Adoption(), counted_flows(assumptions)
    stages = assumptions.details.stages if assumptions.details else ()
    per_unit = level_factor(adoption, n_months, rate) / MONTHS if "calls" in counted else 0.0
    worth = sum((item_worth(assumptions, item, adoption) for item in assumptions.items), 0.0)
    worth -= assumptions.project_amount if "project" in counted else 0.0
    if "running" in counted:
        worth -= assumptions.running_amount_per_month * level_factor(None, n_months, rate)
    worth -= per_unit * yearly_without_model(assumptions)
    return WorthLine(staged_value(stages, worth), roll_out_chance(stages) * per_unit)


def expected_path(assumptions: Assumptions, yearly_amount: float) -> CashPath:
    """Expected cash in money of today if calls bring `yearly_amount` a year against acting on nobody."""
    adoption = assumptions.adoption or Adoption()
    calls = _calls(assumptions, yearly_amount) * adoption.shares(int(assumptions.horizon_months))
    return path_of(expected_flows(assumptions, calls.tolist(), assumptions.items, adoption), assumptions)


def one_off_amount(assumptions: Assumptions) -> float:
    """What the project takes of a budget: all one-off costs that count, as expected, and the expected cost of stages.

    Not discounted. What is paid once stands here in full, though a stage may fail before: the budget must hold it.
    """
    n_months = int(assumptions.horizon_months)
    items = sum(
        item.quantity * item.amount.mean * item.chance
        for item in assumptions.items
        if not item.is_benefit and item.rhythm == "once" and item.start_month <= n_months
    )
    stages = expected_stage_amount(assumptions.details.stages) if assumptions.details else 0.0
    return max(0.0, counted_amount(assumptions, "project") + items + stages)


def _calls(assumptions: Assumptions, yearly_amount: float) -> float:
    """Money a month beyond what is possible without a model; 0 where calls do not count."""
    if "calls" not in counted_flows(assumptions):
        return 0.0
    return (yearly_amount - yearly_without_model(assumptions)) / MONTHS
