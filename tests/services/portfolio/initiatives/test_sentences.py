"""Initiatives and benefits in words."""

from dataclasses import replace
from datetime import date

from services.portfolio.initiatives.sentences import (
    describe_benefits,
    describe_budget,
    describe_evidence,
    describe_initiatives,
    is_beyond_budget,
)
from services.portfolio.records.roll_up import roll_up
from services.portfolio.records.sentences import describe_money, describe_realised
from services.portfolio.records.views import BenefitView, Column
from services.portfolio.worth import Worth
from tests.makers_money import CALLS
from tests.makers_portfolio import NOW, make_initiative, make_record

JANUARY = BenefitView(date(2026, 1, 1), date(2026, 1, 31), "EUR", 900.0, "hold_out", "Report", "Ana", NOW)


def test_budgets_of_different_currencies_are_not_added() -> None:
    both = [make_initiative(), make_initiative(id="b", currency="USD", budget_amount=5_000.0)]
    assert describe_initiatives(both) == "Two initiatives may spend €100k and USD 5k."


def test_the_cost_of_its_projects_stands_beside_the_budget() -> None:
    one, idea = make_record(), make_record("Idea", worth=None, assumptions=None)
    initiative = make_initiative()
    assert describe_budget(initiative, []) == "No project is in it yet."
    assert describe_budget(initiative, [one, idea]) == (
        "Its one priced project costs €90,000 to build, €10,000 less than its budget. "
        "One more has no price in its currency."
    )
    assert describe_budget(initiative, [idea]) == (
        "None of its projects has a price in the currency of its budget yet."
    )
    assert not is_beyond_budget(initiative, [one])
    assert is_beyond_budget(initiative, [one, make_record("Other")])
    abroad = make_record("Abroad", assumptions=replace(CALLS, currency="USD"))
    assert not is_beyond_budget(initiative, [one, abroad])


def test_what_it_brought_is_compared_with_as_many_days_of_the_promise() -> None:
    assert describe_benefits([], None) == "Nobody has written down yet what it brought."
    assert describe_benefits([JANUARY], None) == "It brought €900 in 31 measured days."
    promised = 365.25 * 100.0  # 100 a day
    assert describe_benefits([JANUARY], (promised, "EUR")) == (
        "It brought €900 in 31 measured days, 29 of 100 of the €3.1k that were promised for as many days."
    )
    assert describe_benefits([JANUARY], (promised, "USD")) == "It brought €900 in 31 measured days."
    lost = replace(JANUARY, amount=-450.0)
    assert describe_benefits([lost], (promised, "EUR")) == (
        "It lost €450 in 31 measured days instead of the €3.1k that were promised for as many days."
    )
    assert "promised no gain" in describe_benefits([JANUARY], (-5.0, "EUR"))


def test_weak_evidence_is_called_so() -> None:
    weak = replace(JANUARY, method="before_after")
    assert describe_evidence([]) == ""
    assert describe_evidence([JANUARY]).startswith("All of it was measured against")
    assert describe_evidence([JANUARY, weak]).startswith("1 of 2 of the figures compare before with after")
    assert describe_evidence([weak]).startswith("All of the figures")


def test_what_is_live_no_more_is_told_apart_from_what_was_promised() -> None:
    live = make_record(column=Column.LIVE, worth=Worth(100_000.0, "EUR", is_measured=True))
    stopped = make_record(column=Column.STOPPED, realised={"EUR": 500_000.0})
    said = describe_realised(roll_up([live, stopped]))
    assert said.startswith("What is live promises €100k a year; nobody has measured yet what it brought.")
    assert said.endswith(" What is live no more brought €500k.")
    assert describe_realised(roll_up([stopped])) == "What is live no more brought €500k."
    assert describe_money(roll_up([stopped])).startswith("Realised so far: €500k, measured in one project, €500k of it")
