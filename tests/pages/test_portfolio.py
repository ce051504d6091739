"""The portfolio as a table, a board, a matrix and a timeline."""

import pytest

from db.session import transaction
from services.people.permissions import Role
from services.portfolio.initiatives.commands import plan_project, save_initiative
from services.portfolio.initiatives.facts import InitiativeFacts
from tests.makers import make_actor, make_project
from tests.makers_reviews import approve, make_case
from tests.pages.conftest import OpenPage, text_of


def test_without_a_project_the_page_says_where_one_starts(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.BUSINESS)
    app = open_page("portfolio", actor)
    assert not app.exception
    assert "It starts with one sentence on Home." in text_of(app)


def test_an_administrator_is_refused(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.ADMIN)
    assert "As an administrator you may not see projects." in open_page("portfolio", actor).warning[0].value


@pytest.mark.parametrize("view", ["Table", "Board", "Matrix", "Timeline"])
def test_only_my_projects_are_shown_and_added_up(open_page: OpenPage, view: str) -> None:
    with transaction() as session:
        case = make_case(session)
        approve(session, case)
        make_project(session, case.business, sentence="Fewer returns")
        make_project(session, sentence="Somebody else's")
    app = open_page("portfolio", case.business, view=view)
    assert not app.exception
    assert "Two projects: one without a business case, one live." in text_of(app)
    assert "Nobody has measured yet what was realised." in text_of(app)
    if view == "Board":
        assert "**Fewer returns**" in text_of(app)
        assert "Somebody else" not in text_of(app)
    else:
        assert len(app.dataframe[0].value) == 2


def test_a_filter_in_the_address_is_kept(open_page: OpenPage) -> None:
    with transaction() as session:
        ana = make_actor(session)
        make_project(session, ana, sentence="Fewer returns")
        make_project(session, ana, sentence="Fewer <b>stock-outs</b>")
    assert len(open_page("portfolio", ana, find="returns").dataframe[0].value) == 1
    assert "No project fits these filters." in text_of(open_page("portfolio", ana, find="nothing such"))


def test_stage_and_initiative_in_the_address_are_kept_and_said(open_page: OpenPage) -> None:
    with transaction() as session:
        ana = make_actor(session)
        grouped = make_project(session, ana, sentence="Fewer returns")
        make_project(session, ana, sentence="Fewer complaints")
        row = save_initiative(session, actor=ana, facts=InitiativeFacts("Service", ana.email, "EUR", 5.0))
        plan_project(session, actor=ana, project_id=grouped.id, initiative_id=row.id, person_days=None)
    app = open_page("portfolio", ana, initiative="Service", stage="Idea")
    assert not app.exception
    assert len(app.dataframe[0].value) == 1
    assert r"1 of 2 projects\: idea, initiative Service." in text_of(app)
    assert "None of these projects has a price yet." in text_of(open_page("portfolio", ana, view="Matrix"))
