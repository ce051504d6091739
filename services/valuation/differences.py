"""What two versions of the figures say differently, for people who compare them or who saved at the same time."""

from dataclasses import dataclass, fields
from typing import Any

from services.valuation.assumptions import FIGURE_NAMES, Assumptions
from services.valuation.plan import Item


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that differs: its name in words, and both readings; None where a version does not have it."""

    title: str
    before: str | None
    after: str | None


def differences(before: Assumptions, after: Assumptions) -> tuple[Difference, ...]:
    """Every figure and item that differs, figures first in their usual order, then items in that of `after`."""
    found = []
    for field in fields(Assumptions):
        if field.name == "items":
            continue
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            title = FIGURE_NAMES.get(field.name, field.name.capitalize())
            found.append(Difference(title, _plain(field.name, old), _plain(field.name, new)))
    old_items, new_items = ({item.name: item for item in one.items} for one in (before, after))
    for name in [*new_items, *(name for name in old_items if name not in new_items)]:
        one, other = old_items.get(name), new_items.get(name)
        if one != other:
            found.append(Difference(name, _item(one), _item(other)))
    return tuple(found)


def _plain(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if name in ("success_rate", "base_rate", "yearly_discount_rate"):
        return f"{value * 100:g}%"
    if isinstance(value, int | float):
        return f"{value:,.15g}"
    if name == "adoption":
        return f"{value.curve}, live after month {value.go_live_month}, full after {value.ramp_months} months more"
    return str(value)


def _item(item: Item | None) -> str | None:
    if item is None:
        return None
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
