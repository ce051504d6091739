"""The list of reviews: what waits for whom, and what was decided."""

import pytest
from sqlalchemy import Engine

from db.session import transaction
from services.people.permissions import Role
from tests.makers import make_actor
from tests.makers_reviews import approve, ask, edit_payoffs, make_case
from tests.pages.conftest import OpenPage, text_of


def test_with_nothing_asked_the_page_says_where_it_starts(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        manager = make_actor(session, Role.MANAGER)
    app = open_page("reviews", manager)
    assert not app.exception
    assert "Nothing was asked yet" in text_of(app)


def test_a_waiting_question_is_a_card_for_the_one_who_can_sign(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        review = ask(session, case)
    for actor, heading in ((case.manager, "Waiting for you"), (case.business, "Waiting for somebody else")):
        app = open_page("reviews", actor)
        assert [title.value for title in app.subheader] == [heading]
        assert review.question in text_of(app)
        assert "a year" in text_of(app)
    assert "Nothing waits for you; 1 waits for somebody else" in text_of(app)


def test_review_leads_to_the_question(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        review = ask(session, case)
    app = open_page("reviews", case.manager)
    next(button for button in app.button if button.label == "Review").click()
    app.run()
    assert not app.exception
    assert app.title[0].value == review.question


def test_a_stale_approval_says_what_changed(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        approve(session, case)
        edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0)
    app = open_page("reviews", case.business)
    assert "value of a caught case changed from €190 to €150" in text_of(app)


def test_the_reason_of_a_decision_is_shown_as_it_was_typed(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        approve(session, case)
    said = text_of(open_page("reviews", case.business))
    assert "The money holds" in said


@pytest.mark.parametrize("role", [Role.MANAGER, Role.BUSINESS, Role.DATA_SCIENTIST])
def test_other_projects_are_not_listed(engine: Engine, open_page: OpenPage, role: Role) -> None:
    with transaction(engine) as session:
        review = ask(session, make_case(session))
        stranger = make_actor(session, role)
    assert review.question not in text_of(open_page("reviews", stranger))


def test_an_administrator_has_no_business_here(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        admin = make_actor(session, Role.ADMIN)
    app = open_page("reviews", admin)
    assert "may not see projects" in app.warning[0].value


def test_nobody_is_asked_to_sign_in(engine: Engine, open_page: OpenPage) -> None:
    app = open_page("reviews", None)
    assert "Sign in again" in app.info[0].value
