"""Initiatives and realised benefits in words."""

from collections.abc import Sequence
from datetime import date

from services.portfolio.initiatives.facts import METHODS
from services.portfolio.records.roll_up import say_sums
from services.portfolio.records.sentences import count
from services.portfolio.records.views import BenefitView, InitiativeView, Record
from services.valuation.amounts import format_exact_money, format_money
from services.valuation.project_worth import one_off_amount

DAYS_PER_YEAR = 365.25
WEAK_METHODS = frozenset({"before_after"})


def describe_initiatives(initiatives: Sequence[InitiativeView]) -> str:
    """How many, and the money they may spend."""
    n = len(initiatives)
    budgets: dict[str, float] = {}
    for initiative in initiatives:
        budgets[initiative.currency] = budgets.get(initiative.currency, 0.0) + initiative.budget_amount
    return f"{count(n).capitalize()} initiative{'' if n == 1 else 's'} may spend {say_sums(budgets)}."


def describe_budget(initiative: InitiativeView, records: Sequence[Record]) -> str:
    """What its projects cost to build beside what it may spend; other currencies and unpriced projects are named."""
    if not records:
        return "No project is in it yet."
    own = _prices(initiative, records)
    n_unknown = len(records) - len(own)
    left = initiative.budget_amount - sum(own)
    said = f"Its {count(len(own))} priced project{'' if len(own) == 1 else 's'} cost" + ("s" if len(own) == 1 else "")
    said += f" {format_exact_money(sum(own), initiative.currency)} to build, "
    said += (
        f"{format_exact_money(abs(left), initiative.currency)} {'more than' if left < 0 else 'less than'} its budget."
    )
    if not own:
        said = "None of its projects has a price in the currency of its budget yet."
    elif n_unknown:
        said += f" {count(n_unknown).capitalize()} more {'has' if n_unknown == 1 else 'have'} no price in its currency."
    return said


def is_beyond_budget(initiative: InitiativeView, records: Sequence[Record]) -> bool:
    """Whether building what is priced takes more than the budget."""
    return sum(_prices(initiative, records)) > initiative.budget_amount


def _prices(initiative: InitiativeView, records: Sequence[Record]) -> list[float]:
    """What its projects cost to build, with stages as expected, of those with a price in its currency."""
    figures = [record.assumptions for record in records if record.assumptions]
    return [one_off_amount(one) for one in figures if one.currency == initiative.currency]


def describe_benefits(benefits: Sequence[BenefitView], promised: tuple[float, str] | None) -> str:
    """What was brought in the measured days, beside the part of the yearly promise that falls on as many days.

    Parameters
    ----------
    promised
        Money a year and its currency; None where nothing is signed.
    """
    if not benefits:
        return "Nobody has written down yet what it brought."
    sums: dict[str, float] = {}
    for benefit in benefits:
        sums[benefit.currency] = sums.get(benefit.currency, 0.0) + benefit.amount
    n_days = sum(benefit.n_days for benefit in benefits)
    days = f"{n_days:,} measured day{'' if n_days == 1 else 's'}"
    total = sums[min(sums)] if len(sums) == 1 else None
    is_loss = total is not None and total < 0
    amount = format_money(-total, min(sums)) if is_loss and total is not None else say_sums(sums)
    said = f"It {'lost' if is_loss else 'brought'} {amount} in {days}"
    if promised is None or total is None or min(sums) != promised[1]:
        return f"{said}."
    due = promised[0] * n_days / DAYS_PER_YEAR
    if due <= 0:
        return f"{said}; what was signed promised no gain."
    due_words = f"the {format_money(due, promised[1])} that were promised for as many days"
    if is_loss:
        return f"{said} instead of {due_words}."
    return f"{said}, {round(100 * total / due):,} of 100 of {due_words}."


def describe_evidence(benefits: Sequence[BenefitView]) -> str:
    """How far the figures can be trusted, from how they were measured."""
    if not benefits:
        return ""
    n_weak = sum(benefit.method in WEAK_METHODS for benefit in benefits)
    if n_weak == 0:
        return "All of it was measured against cases left alone or a comparable group."
    which = "All" if n_weak == len(benefits) else f"{n_weak:,} of {len(benefits):,}"
    return f"{which} of the figures compare before with after: what else changed in between is in them, too."


def describe_method(method: str) -> str:
    """The method, capitalised; one that a later release removed as it is stored."""
    words = METHODS.get(method, method)
    return words[:1].upper() + words[1:]


def describe_period(starts_on: date, ends_on: date) -> str:
    """1 Jan 2026 to 31 Jan 2026."""
    return f"{starts_on.day} {starts_on:%b %Y} to {ends_on.day} {ends_on:%b %Y}"
