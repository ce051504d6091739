"""Two simulations side by side: only what differs, first what was asked, then what was found."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.automl.values_in_words import share_in_words
from services.simulation.report import SimulationReport
from services.simulation.sentences import finding_of
from services.simulation.views import SimulationView
from services.valuation.amounts import format_money

_NO_LIMIT = "no limit"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs, in the words of each side."""

    name: str
    one: str
    other: str


def differences(one: SimulationView, other: SimulationView) -> list[Difference]:
    """What differs between two finished simulations; empty where they are the same."""
    sides = zip(_facts(one), _facts(other), strict=True)
    return [Difference(name, left, right) for (name, left), (_, right) in sides if left != right]


def _facts(view: SimulationView) -> Iterator[tuple[str, str]]:
    asked, report = view.request, view.report
    assert report is not None
    yield "Model", f"Model {view.model_number}"
    yield "Objective", f"version {view.objective_version}"
    yield "Data", f"version {view.dataset_version}"
    yield "Levers", ", ".join(asked.levers)
    yield (
        "Budget a month",
        _NO_LIMIT if asked.budget_amount is None else format_money(asked.budget_amount, report.currency),
    )
    yield "Cases a month", _NO_LIMIT if asked.capacity is None else f"{asked.capacity:,.0f}"
    yield "Guard", "on" if asked.is_guarded else "off"
    yield "Worth of a case", report.worth
    yield "Groups", asked.segment_column or "none"
    yield "What must hold", "; ".join(one.words for one in asked.constraints) or "nothing"
    yield "Finding", finding_of(report)
    yield "Grade", report.grade
    yield "Gain a year over today's way", _gain(report)
    yield "Cases set anew a year", f"{report.acts:,.0f}"
    yield "Cost a year", format_money(report.spent, report.currency)
    yield "Cases with another setting to choose", share_in_words(report.share_with_choice)
    yield "Settings at the guard's edge", share_in_words(report.share_on_edge)
    yield "Most frequent setting", report.doings[0].what
    own = "each case its own"
    yield "Settings", "; ".join(f"{found.name}: {', '.join(found.then)}" for found in report.segments) or own


def _gain(report: SimulationReport) -> str:
    """Of grade B the lower end only, of grade C nothing: as on the page of each."""
    if report.money is None:
        return "may not be forecast"
    gain = report.money.gains[0]
    if report.grade == "B":
        return f"at least {format_money(gain.low, report.currency)}"
    low, about, high = (format_money(amount, report.currency) for amount in (gain.low, gain.amount, gain.high))
    return f"{about} ({low} to {high})"
