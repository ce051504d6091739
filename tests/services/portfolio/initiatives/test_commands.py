"""Initiatives, the work that is left, and what a project brought: written down, refused, seen by the right people."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from db.tables import Benefit
from db.types import utc_now
from services.audit.queries import list_object_events
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from services.people.permissions import Role
from services.portfolio.initiatives.commands import plan_project, record_benefit, save_initiative
from services.portfolio.initiatives.facts import BenefitFacts, InitiativeFacts
from services.portfolio.initiatives.queries import list_benefits, list_initiatives
from services.portfolio.records.queries import get_portfolio
from services.portfolio.records.roll_up import roll_up
from tests.makers import make_actor, make_project
from tests.makers_reviews import approve, ask, edit_threshold, make_case

JANUARY = BenefitFacts(date(2026, 1, 1), date(2026, 1, 31), "EUR", 900.0, "hold_out", "Report of finance")


def test_an_initiative_is_seen_by_those_who_see_one_of_its_projects(session: Session) -> None:
    ana, tomas, stranger = (make_actor(session, role) for role in (Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER))
    project = make_project(session, ana, tomas)
    facts = InitiativeFacts("  Better   service ", ana.email.upper(), "EUR", 100_000)
    row = save_initiative(session, actor=ana, facts=facts)
    assert list_initiatives(session, actor=tomas) == ()
    plan_project(session, actor=ana, project_id=project.id, initiative_id=row.id, person_days=40)
    (seen,) = list_initiatives(session, actor=tomas)
    assert (seen.name, seen.owner_name, seen.may_change) == ("Better service", ana.name, False)
    assert list_initiatives(session, actor=stranger) == ()
    (record,) = get_portfolio(session, actor=tomas).records
    assert (record.initiative_name, record.person_days) == ("Better service", 40.0)
    with pytest.raises(NotFoundError):
        save_initiative(session, actor=stranger, facts=facts, initiative_id=row.id)


def test_only_its_owner_changes_an_initiative_and_the_same_again_is_no_change(session: Session) -> None:
    ana, other = make_actor(session), make_actor(session)
    project = make_project(session, ana, other)
    facts = InitiativeFacts("Service", ana.email, "EUR", 5.0)
    row = save_initiative(session, actor=ana, facts=facts)
    plan_project(session, actor=ana, project_id=project.id, initiative_id=row.id, person_days=None)
    save_initiative(session, actor=ana, facts=facts, initiative_id=row.id)
    assert len(list_object_events(session, object_type="initiative", object_id=row.id)) == 1
    with pytest.raises(NotAllowedError, match="Only the owner"):
        save_initiative(session, actor=other, facts=facts, initiative_id=row.id)


def test_what_it_brought_is_added_up_and_days_count_once(session: Session) -> None:
    case = make_case(session)
    with pytest.raises(ConflictError, match="ever approved"):
        record_benefit(session, actor=case.business, project_id=case.project_id, facts=JANUARY)
    approve(session, case)
    record_benefit(session, actor=case.business, project_id=case.project_id, facts=JANUARY)
    overlapping = replace(JANUARY, ends_on=JANUARY.ends_on - timedelta(days=1))
    with pytest.raises(ConflictError, match="written down already"):
        record_benefit(session, actor=case.business, project_id=case.project_id, facts=overlapping)
    (listed,) = list_benefits(session, actor=case.manager, project_id=case.project_id)
    assert (listed.amount, listed.n_days, listed.note) == (900.0, 31, "Report of finance")
    with pytest.raises(NotFoundError):
        list_benefits(session, actor=case.stranger, project_id=case.project_id)
    sums = roll_up(get_portfolio(session, actor=case.manager).records)
    assert (sums.realised, sums.n_measured_benefits, sums.measured) == ({"EUR": 900.0}, 1, {})
    assert sums.promised["EUR"] > 0


def test_a_figure_for_the_same_days_takes_the_place_of_the_earlier_one_which_is_kept(session: Session) -> None:
    case = make_case(session)
    approve(session, case)
    for amount in (900.0, 700.0, 650.0):
        facts = replace(JANUARY, amount=amount)
        record_benefit(session, actor=case.business, project_id=case.project_id, facts=facts)
    (listed,) = list_benefits(session, actor=case.manager, project_id=case.project_id)
    assert (listed.amount, listed.is_correction) == (650.0, True)
    assert roll_up(get_portfolio(session, actor=case.manager).records).realised == {"EUR": 650.0}
    rows = session.exec(select(Benefit).order_by(col(Benefit.amount))).all()
    assert [row.amount for row in rows] == [650.0, 700.0, 900.0]
    assert [row.corrects_id for row in rows] == [rows[1].id, rows[2].id, None]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends_on": date(2025, 1, 1)}, "last day is before the first"),
        ({"ends_on": date(2046, 1, 1)}, "longer than ten years"),
        ({"amount": float("nan")}, "must be a number"),
        ({"currency": "euro"}, "three capital letters"),
        ({"method": "felt"}, "how it was measured"),
        ({"note": " "}, "evidence is missing"),
    ],
)
def test_a_benefit_that_cannot_be_is_refused_in_words(changes: dict[str, object], said: str) -> None:
    values = {name: getattr(JANUARY, name) for name in JANUARY.__slots__} | changes
    with pytest.raises(InvalidInputError, match=said):
        BenefitFacts(**values)


@pytest.mark.parametrize("days", [-1.0, float("inf"), 1e9])
def test_work_that_is_no_number_of_days_is_refused(session: Session, days: float) -> None:
    ana = make_actor(session)
    project = make_project(session, ana)
    with pytest.raises(InvalidInputError, match="person-days"):
        plan_project(session, actor=ana, project_id=project.id, initiative_id=None, person_days=days)


def test_days_that_are_still_to_come_brought_nothing(session: Session) -> None:
    case = make_case(session)
    approve(session, case)
    coming = replace(JANUARY, ends_on=utc_now().date() + timedelta(days=1))
    with pytest.raises(InvalidInputError, match="still to come"):
        record_benefit(session, actor=case.business, project_id=case.project_id, facts=coming)


def test_benefits_of_two_currencies_are_both_counted_and_never_added(session: Session) -> None:
    case = make_case(session)
    approve(session, case)
    february = replace(JANUARY, starts_on=date(2026, 2, 1), ends_on=date(2026, 2, 28), currency="USD", amount=70.0)
    for facts in (JANUARY, february):
        record_benefit(session, actor=case.business, project_id=case.project_id, facts=facts)
    records = get_portfolio(session, actor=case.business).records
    assert roll_up(records).realised == {"EUR": 900.0, "USD": 70.0}


@pytest.mark.parametrize("name", ["every initiative", "In no initiative", "IN NO INITIATIVE"])
def test_what_filters_say_is_no_name_of_an_initiative(name: str) -> None:
    with pytest.raises(InvalidInputError, match="Name the initiative otherwise"):
        InitiativeFacts(name, "ana@example.com", "EUR", 5.0)


def test_a_request_that_was_superseded_before_anybody_signed_is_no_approval(session: Session) -> None:
    case = make_case(session)
    first = ask(session, case)
    edit_threshold(session, case.model, case.business, 0.6)
    ask(session, case)
    assert first.state == "superseded"
    with pytest.raises(ConflictError, match="ever approved"):
        record_benefit(session, actor=case.business, project_id=case.project_id, facts=JANUARY)
