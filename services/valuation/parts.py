"""The figures of a version as parts that can be compared one by one: figures, details, and items by their name."""

from dataclasses import fields
from typing import Any

from services.valuation.assumptions import FIGURE_NAMES, Assumptions
from services.valuation.details import FLOWS, Details, TodaysRule
from services.valuation.forecast_cost import ForecastCost
from services.valuation.plan import Item
from services.valuation.uncertainty.estimates import Estimate

_ITEM, _DETAIL = "item ", "detail "
_DETAILS = {
    "counted": "What counts beside the items",
    "quality": "How many pairs a model may rank right",
    "action_budget_per_month": "The budget for actions a month",
    "rule": "Today's rule",
    "metric": "What models are scored by",
    "amount_formula": "The value of a caught case by row",
    "forecast_cost": "The cost of a wrong forecast",
    "forecast_unit": "The unit of the forecast",
    "stages": "The stages",
}


def parts_of(assumptions: Assumptions) -> dict[str, Any]:
    """Every part by its name: figures first in their usual order, then details, then items."""
    found = {
        field.name: getattr(assumptions, field.name)
        for field in fields(assumptions)
        if field.name not in ("items", "details")
    }
    details = assumptions.details or Details()
    found |= {f"{_DETAIL}{name}": getattr(details, name) for name in _DETAILS}
    return found | {f"{_ITEM}{item.name}": item for item in assumptions.items}


def said_beyond_figures(assumptions: Assumptions) -> dict[str, str]:
    """Details that are not the usual ones, how the benefit arrives, and items, in words by what they are called."""
    usual = {f"{_DETAIL}{name}": getattr(Details(), name) for name in _DETAILS}
    found = {}
    for name, part in parts_of(assumptions).items():
        is_said = name == "adoption" or name.startswith(_ITEM) or (name in usual and part != usual[name])
        words = words_of(name, part) if is_said else None
        if words is not None:
            found[f"Item “{title_of(name)}”" if name.startswith(_ITEM) else title_of(name)] = words
    return found


def assembled(parts: dict[str, Any]) -> Assumptions:
    """The figures again; an item that is None is left out.

    Raises
    ------
    InvalidInputError
        The parts do not go together.
    """
    details = Details(**{name.removeprefix(_DETAIL): part for name, part in parts.items() if name.startswith(_DETAIL)})
    items = tuple(part for name, part in parts.items() if name.startswith(_ITEM) and part is not None)
    figures = {name: part for name, part in parts.items() if not name.startswith((_ITEM, _DETAIL))}
    return Assumptions(**figures, items=items, details=None if details == Details() else details)


def title_of(name: str) -> str:
    """What a part is called; text of a person where it is an item."""
    if name.startswith(_ITEM):
        return name.removeprefix(_ITEM)
    if name.startswith(_DETAIL):
        return _DETAILS[name.removeprefix(_DETAIL)]
    return FIGURE_NAMES.get(name, name.capitalize())


def words_of(name: str, part: Any) -> str | None:
    """A part in words; None where there is none."""
    if part is None or part in ("", ()):
        return None
    name = name.removeprefix(_DETAIL)
    if isinstance(part, Item):
        return _item(part)
    if name in ("success_rate", "base_rate", "yearly_discount_rate"):
        return f"{part * 100:g}%"
    if isinstance(part, int | float):
        return f"{part:,.15g}"
    if name == "adoption":
        return f"{part.curve}, live after month {part.go_live_month}, full after {part.ramp_months} months more"
    if isinstance(part, Estimate):
        return f"{part.low * 100:g} to {part.high * 100:g} of 100, likely {part.mode * 100:g}"
    if isinstance(part, TodaysRule):
        return f"{part.actions_per_month:,.15g} actions a month, {part.precision * 100:g} of 100 right"
    if isinstance(part, ForecastCost):
        return f"a unit too little {part.under_amount:,.15g}, too much {part.over_amount:,.15g}"
    if name == "counted":
        return ", ".join(FLOWS[one] for one in part)
    if name == "stages":
        return "; ".join(f"{one.name}: {one.amount:,.15g}, {one.chance * 100:g}%" for one in part)
    return str(part)


def _item(item: Item) -> str:
    amount = item.amount
    likely = "" if amount.likely is None else f", likely {amount.likely:,.15g}"
    kind = "benefit" if item.is_benefit else "cost"
    parts = [f"{kind}, {item.quantity:,.15g} × {amount.low:,.15g} to {amount.high:,.15g}{likely} ({amount.shape})"]
    end = "" if item.end_month is None else f" to {item.end_month}"
    parts.append(f"{item.rhythm} from month {item.start_month}{end}")
    if item.chance < 1:
        parts.append(f"happens in {item.chance * 100:g} of 100")
    parts.append(f"source: {item.source}" + (f", {item.owner}" if item.owner else ""))
    return "; ".join(parts)
