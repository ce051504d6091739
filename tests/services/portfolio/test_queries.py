"""What needs a person, how projects stand, and one project on one screen."""

import pytest
from sqlmodel import Session

from services.audit.actor import Actor
from services.errors import NotAllowedError, NotFoundError
from services.people.permissions import Role
from services.portfolio.queries import get_audit_page, get_project_overview, list_decisions, list_project_cards
from services.proposals.commands import save_objective
from services.proposals.lever import Lever
from services.proposals.objective import Constraints, Objective
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset

OBJECTIVE = Objective(
    sentence="Fewer customers should leave us",
    metric="Leavers in a quarter",
    unit="%",
    baseline=24.0,
    target=20.0,
    by_when=None,
    how_measured="Billing",
    decision="Whom to call",
    decided_by="Care",
    outcome="Leaves in the next quarter",
    levers=(Lever("Call", "yes_no"),),
    data_needed=(),
    constraints=Constraints(),
)


def _team(session: Session) -> tuple[Actor, Actor, Actor]:
    return (
        make_actor(session, Role.BUSINESS),
        make_actor(session, Role.DATA_SCIENTIST),
        make_actor(session, Role.MANAGER),
    )


def test_a_decision_waits_only_for_those_whose_role_can_take_it(session: Session) -> None:
    ana, tomas, maren = _team(session)
    project = make_project(session, ana, tomas, maren)
    save_objective(session, actor=ana, project_id=project.id, objective=OBJECTIVE, based_on=0)
    assert [card.destination.page for card in list_decisions(session, actor=ana)] == ["valuation"]
    assert list_decisions(session, actor=tomas) == []
    assert list_decisions(session, actor=maren) == []


def test_the_overview_has_eight_stages_four_numbers_and_one_step(session: Session) -> None:
    ana, tomas, _ = _team(session)
    project = make_project(session, ana, tomas)
    save_objective(session, actor=ana, project_id=project.id, objective=OBJECTIVE, based_on=0)
    overview = get_project_overview(session, actor=tomas, project_id=project.id)
    assert [stage.state for stage in overview.stages] == ["done", "now", *["todo"] * 6]
    assert [stage.line for stage in overview.stages[1:]] == ["Next", *["Later"] * 6]
    assert len(overview.numbers) == 4
    assert not overview.next_step.is_mine
    assert overview.next_step.title == "This waits for a business stakeholder."


def test_data_before_money_does_not_skip_the_money(session: Session) -> None:
    ana, tomas, _ = _team(session)
    project = make_project(session, ana, tomas)
    save_objective(session, actor=ana, project_id=project.id, objective=OBJECTIVE, based_on=0)
    make_dataset(session, tomas, project.id)
    overview = get_project_overview(session, actor=ana, project_id=project.id)
    states = {stage.name: stage.state for stage in overview.stages}
    assert states["Data"] == "done"
    assert states["Money"] == "now"
    assert overview.next_step.destination.page == "valuation"


def test_history_is_in_words_newest_first(session: Session) -> None:
    ana, *_ = _team(session)
    project = make_project(session, ana)
    save_objective(session, actor=ana, project_id=project.id, objective=OBJECTIVE, based_on=0)
    overview = get_project_overview(session, actor=ana, project_id=project.id)
    assert [entry.what for entry in overview.history] == ["Wrote the objective.", "Started the project."]
    assert overview.history[0].who == ana.name


def test_a_stranger_sees_neither_cards_nor_overview(session: Session) -> None:
    stranger = make_actor(session, Role.MANAGER)
    project = make_project(session)
    assert list_project_cards(session, actor=stranger) == []
    with pytest.raises(NotFoundError):
        get_project_overview(session, actor=stranger, project_id=project.id)


def test_an_administrator_has_no_decisions(session: Session) -> None:
    make_project(session)
    assert list_decisions(session, actor=make_actor(session, Role.ADMIN)) == []


def test_only_some_roles_read_the_audit_log(session: Session) -> None:
    make_project(session)
    with pytest.raises(NotAllowedError):
        get_audit_page(session, actor=make_actor(session, Role.BUSINESS))
    page = get_audit_page(session, actor=make_actor(session, Role.AUDITOR))
    assert page.chain.is_intact
    assert [line.number for line in page.lines] == list(range(page.chain.n_events, 0, -1))
