"""What a decision is worth: the model's yearly money at the threshold and payoffs that are signed."""

from dataclasses import dataclass

from services.automl.money import amount_formula_of
from services.models.outcomes import Outcome, outcome_at
from services.models.report import Evaluation, MoneyReport
from services.valuation.assumptions import Assumptions

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class Stakes:
    """Money a year against acting on nobody, on rows kept aside.

    `low` and `high` are the ends of the 95% interval; None where the payoffs are no longer those of the evaluation.
    `is_by_usual_value`: the payoffs have a value by row that the model was not judged by, so all cases count alike.
    """

    currency: str
    yearly_value: float
    low: float | None
    high: float | None
    share_acted: float
    recall: float
    precision: float
    is_by_usual_value: bool = False


def price(evaluation: Evaluation, assumptions: Assumptions, threshold: float) -> Stakes | None:
    """The stakes at `threshold`: exact at the one the run proposed, else at the evaluated cut just above it.

    None without money.

    The hold-out gives recall and the share of other cases acted on. Both are properties of the model, so the value
    under other payoffs or another base rate b follows without scoring again: per case it is
    b * recall * gain - (1 - b) * false_positive_rate * loss (Elkan 2001, The foundations of cost-sensitive learning).
    Where rows have amounts by the same formula, the gain is that of the cases caught on average. By another formula the
    hold-out was not priced: then all cases are worth the usual value.
    """
    found = outcome_at(evaluation, threshold)
    if evaluation.money is None or found is None:
        return None
    payoffs, base_rate = assumptions.payoffs, assumptions.base_rate
    false_positive_rate = _share_of_others_acted_on(found, evaluation.money.base_rate)
    formula, gain = amount_formula_of(assumptions), _gain(evaluation.money, found, assumptions)
    per_case = base_rate * found.recall * gain - (1 - base_rate) * false_positive_rate * payoffs.loss
    yearly_value = per_case * assumptions.cases_per_month * MONTHS_PER_YEAR
    acted_right, acted_wrong = base_rate * found.recall, (1 - base_rate) * false_positive_rate
    acted = acted_right + acted_wrong
    is_same = abs(yearly_value - found.yearly_value) <= 1e-6 * max(1.0, abs(found.yearly_value))
    return Stakes(
        currency=assumptions.currency,
        yearly_value=yearly_value,
        low=found.low if is_same else None,
        high=found.high if is_same else None,
        share_acted=acted,
        recall=found.recall,
        precision=acted_right / acted if acted else 0.0,
        is_by_usual_value=bool(formula) and not _is_judged_by(evaluation.money, formula),
    )


def _gain(money: MoneyReport, found: Outcome, assumptions: Assumptions) -> float:
    """Money gained by acting on a case that matters, on average of those acted on."""
    gain = assumptions.payoffs.gain
    if found.caught_amount is None or not _is_judged_by(money, amount_formula_of(assumptions)):
        return gain
    return gain + assumptions.success_rate * (found.caught_amount - assumptions.caught_value_amount)


def _is_judged_by(money: MoneyReport, formula: str) -> bool:
    """Whether rows kept aside were priced by this value by row."""
    return money.amounts is not None and money.amounts.formula == formula


def _share_of_others_acted_on(found: Outcome, base_rate: float) -> float:
    """The false-positive rate of a rule."""
    return found.share_acted * (1 - found.precision) / (1 - base_rate) if base_rate < 1 else 0.0
