"""The portfolio: the same as each project says of itself, in few statements, and only what a person may see."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from db.session import reading, transaction
from db.types import utc_now
from services.audit.actor import Actor
from services.errors import NotAllowedError
from services.people.permissions import Role
from services.portfolio.queries import get_home, get_project_overview
from services.portfolio.records.queries import get_portfolio
from services.portfolio.records.views import Column, Record
from services.portfolio.standing import Phase
from services.proposals.commands import save_objective
from services.reviews.commands import decide, revoke
from services.valuation.amounts import format_money
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_fairness import make_assessment, make_fairness
from tests.makers_money import CALLS, RETENTION
from tests.makers_reviews import (
    Case,
    approve,
    ask,
    edit_dataset,
    edit_objective,
    edit_payoffs,
    edit_threshold,
    edit_tolerance,
    join,
    make_case,
)
from tests.statements import counting_statements

MOST_STATEMENTS = 17


def _record(session: Session, actor: Actor, project_id: str) -> Record:
    return next(record for record in get_portfolio(session, actor=actor).records if record.project_id == project_id)


def _agrees(session: Session, actor: Actor, project_id: str) -> Record:
    """The record, after the project's own page, which reads everything by itself, was asked the same."""
    record = _record(session, actor, project_id)
    overview = get_project_overview(session, actor=actor, project_id=project_id)
    assert record.name == overview.name
    assert overview.about.startswith(f"Started by {record.owner_name} on ")
    if record.worth:
        assert overview.numbers[0].value == format_money(record.worth.amount, record.worth.currency)
    else:
        assert overview.numbers[0].value == "–"
    if record.column != Column.STOPPED:
        assert (record.status, record.color) == (overview.status, overview.color)
    assert {name: record.ids.get(name) for name in overview.next_step.destination.ids if name != "project"} == {
        name: found for name, found in overview.next_step.destination.ids.items() if name != "project"
    }
    if record.awaited.names:
        assert record.awaited.is_me == overview.next_step.is_mine
    return record


def test_a_project_on_its_way_to_a_business_case(session: Session) -> None:
    ana, tomas = make_actor(session, Role.BUSINESS), make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, ana, tomas)
    record = _agrees(session, ana, project.id)
    assert (record.column, record.worth, record.since) == (Column.IDEA, None, project.created_at)
    assert record.awaited.is_me
    saved = save_objective(session, actor=ana, project_id=project.id, objective=RETENTION, based_on=0)
    record = _agrees(session, tomas, project.id)
    assert (record.column, record.due_on, record.since) == (Column.CASE, RETENTION.by_when, saved.created_at)
    assert ana.name in record.awaited.names
    assert tomas.name not in record.awaited.names
    assert not record.awaited.is_me
    save_valuation(session, actor=ana, project_id=project.id, assumptions=CALLS, based_on=0)
    record = _agrees(session, tomas, project.id)
    assert (record.column, record.phase) == (Column.MAKING, Phase.DATA)
    assert record.worth is not None
    assert not record.worth.is_measured
    assert record.awaited.is_me


def test_a_model_on_its_way_to_a_signature(session: Session) -> None:
    case = make_case(session)
    record = _agrees(session, case.scientist, case.project_id)
    assert (record.column, record.phase) == (Column.SIGN_OFF, Phase.REQUEST)
    assert record.worth is not None
    assert record.worth.is_measured
    review = ask(session, case)
    record = _agrees(session, case.manager, case.project_id)
    assert (record.phase, record.since) == (Phase.DECISION, review.requested_at)
    assert (record.awaited.names, record.awaited.is_me) == ((case.manager.name,), True)
    decide(
        session,
        actor=case.manager,
        review_id=review.id,
        verdict="approve",
        reason="The evidence holds.",
        manifest_sha256=review.manifest_sha256,
    )
    record = _agrees(session, case.business, case.project_id)
    assert (record.column, record.phase) == (Column.LIVE, Phase.ANSWERING)
    assert record.live_since is not None
    assert record.awaited.whose == "nobody"
    assert [column for column, _ in record.way] == [
        Column.IDEA, Column.CASE, Column.MAKING, Column.SIGN_OFF, Column.LIVE,
    ]  # fmt: skip
    moments = [at for _, at in record.way]
    assert moments == sorted(moments)


@pytest.mark.parametrize("what", ["objective", "payoffs", "data", "threshold", "tolerance", "fairness"])
def test_any_change_of_the_evidence_makes_it_stale_here_too(session: Session, what: str) -> None:
    case = make_case(session)
    approve(session, case)
    if what == "objective":
        edit_objective(session, case.project_id, case.business, target=180.0)
    elif what == "payoffs":
        edit_payoffs(session, case.project_id, case.business, action_amount=30.0)
    elif what == "data":
        edit_dataset(session, case.project_id, case.scientist)
    elif what == "tolerance":
        edit_tolerance(session, case.project_id, case.business)
    elif what == "fairness":
        make_assessment(session, case.scientist, case.model.id, make_fairness())
    else:
        edit_threshold(session, case.model, case.business, 0.7)
    record = _agrees(session, case.business, case.project_id)
    assert (record.phase, record.column) == (Phase.STALE, Column.SIGN_OFF)
    assert record.since > case.model.created_at


def test_a_revoked_model_is_stopped(session: Session) -> None:
    case = make_case(session)
    review = approve(session, case)
    revoke(session, actor=case.manager, review_id=review.id, reason="It harms.")
    record = _agrees(session, case.business, case.project_id)
    assert (record.column, record.status, record.color) == (Column.STOPPED, "Revoked", "red")


def test_a_rejected_model_is_stopped_and_one_to_be_changed_is_not(session: Session) -> None:
    for verdict, column in (("reject", Column.STOPPED), ("request_changes", Column.SIGN_OFF)):
        case = make_case(session)
        review = ask(session, case)
        decide(
            session,
            actor=case.manager,
            review_id=review.id,
            verdict=verdict,
            reason="Not yet.",
            manifest_sha256=review.manifest_sha256,
        )
        assert _agrees(session, case.business, case.project_id).column == column


def test_an_author_is_not_awaited_to_sign(session: Session) -> None:
    case = make_case(session)
    other = join(session, case.project_id, make_actor(session, Role.MANAGER))
    edit_payoffs(session, case.project_id, other, action_amount=25.0)
    ask(session, case)
    assert _agrees(session, other, case.project_id).awaited.names == (case.manager.name,)


def test_nobody_in_the_project_who_can_act_is_said(session: Session) -> None:
    """The project was started by a business stakeholder, who cannot bring data."""
    ana = make_actor(session, Role.BUSINESS)
    project = make_project(session, ana)
    save_objective(session, actor=ana, project_id=project.id, objective=RETENTION, based_on=0)
    save_valuation(session, actor=ana, project_id=project.id, assumptions=CALLS, based_on=0)
    record = _agrees(session, ana, project.id)
    assert (record.awaited.names, record.awaited.whose) == ((), "a data scientist")


def test_only_the_projects_of_the_person_are_counted(session: Session) -> None:
    case = make_case(session)
    make_project(session, case.business)
    assert len(get_portfolio(session, actor=case.business).records) == 2
    assert len(get_portfolio(session, actor=case.manager).records) == 1
    assert get_portfolio(session, actor=case.stranger).records == ()
    assert len(get_portfolio(session, actor=make_actor(session, Role.AUDITOR)).records) == 2
    with pytest.raises(NotAllowedError):
        get_portfolio(session, actor=make_actor(session, Role.ADMIN))


def test_a_lost_evaluation_does_not_close_the_portfolio(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    case: Case = make_case(session)
    case.model.evaluation_sha256 = "0" * 64
    session.add(case.model)
    session.flush()
    record = _record(session, case.business, case.project_id)
    assert record.worth is not None
    assert not record.worth.is_measured


def test_age_is_counted_in_whole_days(session: Session) -> None:
    ana = make_actor(session, Role.BUSINESS)
    project = make_project(session, ana)
    now = utc_now()
    project.created_at = now - timedelta(days=31, hours=5)
    session.add(project)
    session.flush()
    assert _record(session, ana, project.id).days_in_phase(now) == 31


@pytest.mark.parametrize("read", [get_portfolio, get_home])
def test_the_number_of_statements_does_not_grow_with_the_projects(engine: Engine, read: Callable[..., object]) -> None:
    with transaction() as session:
        case = make_case(session)
        approve(session, case)
        edit_payoffs(session, case.project_id, case.business, action_amount=30.0)
    with counting_statements(engine) as few, reading() as session:
        read(session, actor=case.business)
    with transaction() as session:
        for _ in range(4):
            more = make_case(session)
            join(session, more.project_id, case.business)
            approve(session, more)
            edit_payoffs(session, more.project_id, more.business, action_amount=30.0)
    with counting_statements(engine) as many, reading() as session:
        read(session, actor=case.business)
    assert len(many) == len(few) <= MOST_STATEMENTS
    with reading() as session:
        assert len(get_portfolio(session, actor=case.business).records) == 5
