"""The demo company is made once, by the same commands as any other, and never in somebody's own portal."""

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from db.session import reading, transaction
from db.tables import AuditEvent, Project, Run, User
from portal.demo.company import find_demo_run_project, find_person, make_company
from services.audit.queries import get_chain_report
from services.errors import ConflictError
from services.people.permissions import Role
from services.people.queries import list_demo_people
from services.portfolio.queries import get_project_overview, list_decisions
from services.portfolio.standing import Phase
from services.portfolio.steps import TURNS
from tests.makers import make_user


def test_it_has_one_person_for_each_role_and_two_projects(engine: Engine) -> None:
    make_company()
    with reading(engine) as session:
        assert {person.role for person in list_demo_people(session)} == set(Role)
        assert session.exec(select(func.count()).select_from(Project)).one() == 2
        assert session.exec(select(Run.state)).one() == "queued"
        assert get_chain_report(session).is_intact


def test_making_it_again_changes_nothing(engine: Engine) -> None:
    make_company()
    with reading(engine) as session:
        before = session.exec(select(func.count()).select_from(AuditEvent)).one()
    make_company()
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(AuditEvent)).one() == before


def test_it_never_joins_people_who_are_not_of_the_demo(engine: Engine) -> None:
    with transaction(engine) as session:
        make_user(session)
    with pytest.raises(ConflictError, match="people of its own"):
        make_company()
    with reading(engine) as session:
        assert len(session.exec(select(User.id)).all()) == 1


def test_each_person_finds_what_the_story_has_for_them(engine: Engine) -> None:
    make_company()
    with reading(engine) as session:
        ana, tomas = find_person(session, "ana"), find_person(session, "tomas")
        project_id = find_demo_run_project(session)
        assert project_id is not None
        overview = get_project_overview(session, actor=tomas, project_id=project_id)
        assert overview.finding == TURNS[Phase.RUNNING].finding
        assert [card.context.split(" · ")[0] for card in list_decisions(session, actor=ana)] == ["Fewer stock-outs"]
