"""The one plan of a project: what the figures of a call bring and cost, and the items beside them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from services.valuation.adoption import Adoption
from services.valuation.amounts import format_money
from services.valuation.details import FLOWS
from services.valuation.limits import LARGEST_AMOUNT
from services.valuation.plan import Item
from services.valuation.required_quality import Situation, best_use
from services.valuation.uncertainty.estimates import Estimate

if TYPE_CHECKING:
    from services.valuation.assumptions import Assumptions

NAMES = {
    "calls": "Right calls (from Money)",
    "project": "Project cost (from Money)",
    "running": "Running cost (from Money)",
}
_EARNS, _PAID_ONCE, _RUNS = "benefits", "what is paid once", "what is paid all along"
_KINDS = {"calls": _EARNS, "project": _PAID_ONCE, "running": _RUNS}


def money_lines(assumptions: "Assumptions") -> tuple[Item, ...]:
    """The figures of a call as items of the plan, benefits first; none for what does not count or is nothing."""
    counted = counted_flows(assumptions)
    found = []
    if "calls" in counted:
        found.append(_line(assumptions, "calls", calls_per_month(assumptions), is_benefit=True))
    if "project" in counted and assumptions.project_amount > 0:
        found.append(_line(assumptions, "project", _certain(assumptions.project_amount), rhythm="once"))
    if "running" in counted and assumptions.running_amount_per_month > 0:
        found.append(_line(assumptions, "running", _certain(assumptions.running_amount_per_month)))
    return tuple(found)


def counted_flows(assumptions: "Assumptions") -> tuple[str, ...]:
    """Which of `FLOWS` count beside the items: as somebody said, else each whose kind no item states."""
    said = assumptions.details.counted if assumptions.details else None
    if said is not None:
        return said
    kinds = {_kind(item) for item in assumptions.items if _is_in_time(assumptions, item)}
    return tuple(name for name in FLOWS if _KINDS[name] not in kinds)


def calls_per_month(assumptions: "Assumptions") -> Estimate:
    """Money a month of acting on a model's predictions, against the best that is possible without one, before costs.

    Low, likely and high are those of a model of low, likely and high quality (equal-variance binormal ROC curve).
    """
    situation = Situation(assumptions.payoffs, assumptions.base_rate, assumptions.capacity_rate)
    quality = assumptions.quality
    low, likely, high = (
        max(0.0, best_use(situation, auc).value_per_case - situation.value_without_model) * assumptions.cases_per_month
        for auc in (quality.low, quality.mode, quality.high)
    )
    likely = max(low, min(likely, high))  # equal but for rounding
    return Estimate(low, max(high, likely), likely)


def composition_notes(assumptions: "Assumptions") -> tuple[str, ...]:
    """What counts and what does not where Money and an item both state money of one kind; a warning where both do."""
    counted = counted_flows(assumptions)
    found = [
        f"“{item.name}” counts nothing: it comes after the horizon of {assumptions.horizon_months} months."
        for item in assumptions.items
        if not _is_in_time(assumptions, item)
    ]
    for name, title in FLOWS.items():
        beside = [item for item in assumptions.items if _kind(item) == _KINDS[name] and _is_in_time(assumptions, item)]
        if not beside or _amount(assumptions, name) == 0:
            continue
        names = ", ".join(f"“{item.name}”" for item in beside[:3]) + (" and more" if len(beside) > 3 else "")
        amount = format_money(_amount(assumptions, name), assumptions.currency)
        each = "" if name == "project" else " a month"
        if name in counted:
            found.append(
                f"{title} under Money ({amount}{each}) and the items ({names}) both state {_KINDS[name]}, and both "
                "count. If that is the same money, it counts twice: let only one of the two count."
            )
        else:
            found.append(f"The items ({names}) state {_KINDS[name]}, so {amount}{each} from Money does not count.")
    return tuple(found)


def has_double_counting(assumptions: "Assumptions") -> bool:
    """Whether Money and an item both state money of one kind, and both count."""
    kinds = {_kind(item) for item in assumptions.items if _is_in_time(assumptions, item)}
    return any(_KINDS[name] in kinds and _amount(assumptions, name) > 0 for name in counted_flows(assumptions))


def line_problems(assumptions: "Assumptions") -> Iterator[str]:
    """An item must not carry the name of a line that the figures of a call add, and what people type has a limit."""
    taken = {name.casefold() for name in NAMES.values()}
    for item in assumptions.items:
        if item.name.strip().casefold() in taken:
            yield f"“{item.name.strip()}” is the name of a line from Money. Name the item otherwise."
        if max(abs(item.amount.low), abs(item.amount.high)) > LARGEST_AMOUNT:
            yield f"An end of the range of “{item.name.strip()}” is more than a million million; check the figure."


def _kind(item: Item) -> str:
    return _EARNS if item.is_benefit else _PAID_ONCE if item.rhythm == "once" else _RUNS


def _is_in_time(assumptions: "Assumptions", item: Item) -> bool:
    """Whether any of it lies within the horizon; what does not takes the place of nothing."""
    return bool(item.schedule(int(assumptions.horizon_months), assumptions.adoption or Adoption()).any())


def _amount(assumptions: "Assumptions", name: str) -> float:
    if name == "calls":
        return calls_per_month(assumptions).mean
    return assumptions.project_amount if name == "project" else assumptions.running_amount_per_month


def _certain(amount: float) -> Estimate:
    return Estimate(amount, amount)


def _line(
    assumptions: "Assumptions", name: str, amount: Estimate, *, is_benefit: bool = False, rhythm: str = "monthly"
) -> Item:
    return Item(
        NAMES[name],
        is_benefit,
        amount,
        rhythm=rhythm,
        source=assumptions.source,
        currency=assumptions.currency,
    )
