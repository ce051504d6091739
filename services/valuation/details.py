"""What is said beyond the figures of one call: what counts into the plan, the quality of a model, limits, stages."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from services.errors import InvalidInputError
from services.proposals.texts import Text, text_problems
from services.valuation.adoption import Stage
from services.valuation.forecast_cost import ForecastCost
from services.valuation.limits import LARGEST_AMOUNT
from services.valuation.metric_link import METRICS
from services.valuation.uncertainty.estimates import Estimate

FLOWS = {"calls": "What right calls bring", "project": "The cost of the project", "running": "The running cost"}
"""What the figures of a call add to the plan, by name."""

USUAL_QUALITY = Estimate(0.65, 0.85, 0.75)
_LONGEST_FORMULA, _MOST_STAGES = 400, 20


@dataclass(frozen=True, slots=True)
class TodaysRule:
    """How cases are chosen today: actions a month, and the share of them that matter (precision, 0 to 1)."""

    actions_per_month: float
    precision: float

    def __post_init__(self) -> None:
        if not 0 < self.actions_per_month <= LARGEST_AMOUNT or not 0 <= self.precision <= 1:
            raise InvalidInputError(
                "Today's rule acts on more than 0 cases a month and is right in 0% to 100% of them."
            )


@dataclass(frozen=True, slots=True)
class Details:
    """All of it is optional; what is not said has its usual reading.

    Attributes
    ----------
    counted
        Keys of `FLOWS` that count beside the items. None: each counts unless an item states money of its kind, so that
        nothing counts twice unasked.
    quality
        Of all pairs of a case that matters and one that does not, the share that a model may rank right (area under the
        ROC curve, 0.5 to 1): absolute limits. The usual one is a guess, and pages say so.
    action_budget_per_month
        Money for actions, beside the limit on their number; None where there is none.
    metric
        What models are scored by: a key of `METRICS`.
    amount_formula
        The value of a caught case, row by row, as a formula of columns; empty where it is the same for all.
    forecast_cost, forecast_unit
        What a number forecast too low or too high costs, and in which unit it is forecast.
    stages
        Stages before the roll-out that may fail, such as a pilot.
    """

    counted: tuple[str, ...] | None = None
    quality: Estimate = USUAL_QUALITY
    action_budget_per_month: float | None = None
    rule: TodaysRule | None = None
    metric: str = "value"
    amount_formula: str = ""
    forecast_cost: ForecastCost | None = None
    forecast_unit: str = ""
    stages: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        problems = [*_problems(self)]
        if problems:
            raise InvalidInputError(*problems)

    def document(self) -> dict[str, Any]:
        """As plain data, only what differs from the usual."""
        usual = Details()
        plain = asdict(self)
        return {
            field.name: _spelled(plain[field.name])
            for field in fields(self)
            if getattr(self, field.name) != getattr(usual, field.name)
        }


def _spelled(part: Any) -> Any:
    """Plain data in which 480 and 480.0 are one amount with one spelling."""
    if isinstance(part, dict):
        return {name: _spelled(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_spelled(value) for value in part]
    return float(part) if isinstance(part, int) and not isinstance(part, bool) else part


def read_details(document: Mapping[str, Any]) -> Details:
    """The details of a stored document."""
    found: dict[str, Any] = dict(document)
    for name, kind in (("quality", Estimate), ("rule", TodaysRule), ("forecast_cost", ForecastCost)):
        if found.get(name) is not None:
            found[name] = kind(**found[name])
    if found.get("counted") is not None:
        found["counted"] = tuple(found["counted"])
    found["stages"] = tuple(Stage(**stage) for stage in found.get("stages", ()))
    return Details(**found)


def _problems(details: Details) -> Iterator[str]:
    unknown = sorted(set(details.counted or ()) - set(FLOWS))
    if unknown:
        yield f"{', '.join(unknown)} is nothing that could count; {', '.join(FLOWS)} are."
    quality, budget = details.quality, details.action_budget_per_month
    if quality.shape not in ("pert", "triangular") or not 0.5 <= quality.low <= quality.high <= 1:
        yield "A model ranks between 50 of 100 pairs right (a coin toss) and 100 (perfect): low, likely and high."
    if budget is not None and not (math.isfinite(budget) and 0 < budget <= LARGEST_AMOUNT):
        yield "The budget for actions a month must be more than 0; leave it empty where there is no limit."
    if details.metric not in METRICS:
        yield f"Models can be scored by {', '.join(METRICS)}."
    formula, unit = Text(details.amount_formula, _LONGEST_FORMULA), Text(details.forecast_unit)
    yield from text_problems({"The formula": formula, "The unit of the forecast": unit})
    if len(details.stages) > _MOST_STAGES:
        yield f"There are {len(details.stages)} stages; {_MOST_STAGES} are the most. Join some."
