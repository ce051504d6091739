"""The review page: reads like a question, signs exactly what is shown, refuses with a reason."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from db.session import transaction
from db.tables import EvidenceOpening, Project, Review
from services.audit.actor import Actor
from services.datasets.commands import describe_column
from services.people.permissions import Role
from services.reviews.commands import record_opening
from services.reviews.rules import SECTIONS
from tests.makers import make_actor
from tests.makers_interpretations import judge, skip
from tests.makers_reviews import Case, approve, ask, edit_payoffs, join, make_case, understand
from tests.pages.conftest import OpenPage, text_of


def _waiting(engine: Engine) -> tuple[Case, Review]:
    with transaction(engine) as session:
        case = make_case(session)
        return case, ask(session, case)


def _sign(app: AppTest, verdict: str, reason: str) -> AppTest:
    app.radio[0].set_value(verdict)
    app.text_area[0].set_value(reason)
    next(button for button in app.button if button.label == "Sign decision").click()
    return app.run()


def _state(engine: Engine, review: Review) -> str:
    with transaction(engine) as session:
        return session.get_one(Review, review.id).state


def test_a_manager_sees_the_question_its_money_and_all_evidence(engine: Engine, open_page: OpenPage) -> None:
    case, review = _waiting(engine)
    app = open_page("review", case.manager, review=review.id)
    said = text_of(app)
    assert not app.exception
    assert app.title[0].value == review.question
    assert "If you say yes" in said
    assert "a year" in said
    assert [tab.label.rsplit(" ", 1)[-1] for tab in app.tabs] == ["Objective", "Money", "Data", "Model", "Explanation"]
    assert f"{review.manifest_sha256[:4]}·{review.manifest_sha256[4:8]}" in said
    assert not app.radio[0].disabled


def test_the_evidence_says_what_the_business_calls_a_column(engine: Engine, open_page: OpenPage) -> None:
    case, review = _waiting(engine)
    with transaction(engine) as session:
        for column, name in (("tenure", "Time with us"), ("churn", "Customer leaves")):
            describe_column(session, actor=case.business, project_id=case.project_id, column=column, business_name=name)
    app = open_page("review", case.manager, review=review.id)
    assert not app.exception
    assert "“churn” is Customer leaves" in text_of(app).replace("\\", "")  # which column is bound stays to be read
    assert "“tenure” is" not in text_of(app)  # none of the facts names it


def test_the_first_section_counts_as_opened_and_is_recorded_once(engine: Engine, open_page: OpenPage) -> None:
    case, review = _waiting(engine)
    app = open_page("review", case.manager, review=review.id)
    app.run()
    with transaction(engine) as session:
        rows = session.exec(select(EvidenceOpening)).all()
    assert [(row.user_id, row.section) for row in rows] == [(case.manager.user_id, "objective")]
    assert "1 of 5 opened" in text_of(app)


@pytest.mark.parametrize(
    ("verdict", "state"), [("approve", "approved"), ("request_changes", "changes_requested"), ("reject", "rejected")]
)
def test_a_manager_decides_with_a_reason(engine: Engine, open_page: OpenPage, verdict: str, state: str) -> None:
    case, review = _waiting(engine)
    app = _sign(open_page("review", case.manager, review=review.id), verdict, "The money *holds*.")
    assert not app.exception
    assert _state(engine, review) == state


@pytest.mark.parametrize(("verdict", "reason"), [("approve", "  "), (None, "Because")])
def test_an_incomplete_decision_is_refused_and_what_was_typed_is_kept(
    engine: Engine, open_page: OpenPage, verdict: str | None, reason: str
) -> None:
    case, review = _waiting(engine)
    app = open_page("review", case.manager, review=review.id)
    if verdict:
        app.radio[0].set_value(verdict)
    app.text_area[0].set_value(reason)
    next(button for button in app.button if button.label == "Sign decision").click()
    app.run()
    assert app.error
    assert app.text_area[0].value == reason
    assert _state(engine, review) == "in_approval"


def test_high_risk_asks_for_the_sections_that_are_left(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        project = session.get_one(Project, case.project_id)
        project.risk_tier = "high"
        session.add(project)
        understand(session, case)
        skip(session, case.manager, case.model)
        review = ask(session, case)
    app = open_page("review", case.manager, review=review.id)
    assert "Open Money, Data, Model and Explanation to approve" in text_of(app)
    app = _sign(app, "approve", "The money holds.")
    assert "first" in app.error[0].value
    with transaction(engine) as session:
        for section in SECTIONS:
            record_opening(session, actor=case.manager, review_id=review.id, section=section)
    _sign(open_page("review", case.manager, review=review.id), "approve", "The money holds.")
    assert _state(engine, review) == "approved"


def test_what_drives_the_model_is_shown_once_the_manager_has_said_what_they_expect(
    engine: Engine, open_page: OpenPage
) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        judge(session, case.business, case.model)
        review = ask(session, case)
    app = open_page("review", case.manager, review=review.id)
    said = text_of(app)
    assert "shown once you have said what you expect" in said
    assert not [table for table in app.table if "What it does" in table.value]
    assert "The interpretability of this model is accepted" in said
    assert "what we know of our customers" not in said  # a reason may name what drives the model
    with transaction(engine) as session:
        skip(session, case.manager, case.model)
    app = open_page("review", case.manager, review=review.id)
    (drivers,) = [table.value for table in app.table if "What it does" in table.value]
    assert "Longer tenure lowers the risk" in drivers["What it does"].iloc[0]
    assert "what we know of our customers" in text_of(app)


@pytest.mark.parametrize("who", ["business", "scientist"])
def test_an_author_sees_why_they_cannot_decide(engine: Engine, open_page: OpenPage, who: str) -> None:
    case, review = _waiting(engine)
    app = open_page("review", getattr(case, who), review=review.id)
    assert app.radio[0].disabled
    assert "Your role does not sign" in text_of(app)


def test_an_author_who_became_a_manager_reads_what_they_wrote(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        edit_payoffs(session, case.project_id, join(session, case.project_id, case.stranger))
        review = ask(session, case)
    app = open_page("review", case.stranger, review=review.id)
    assert app.radio[0].disabled
    assert "you edited the payoffs on" in text_of(app)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.BUSINESS, Role.DATA_SCIENTIST])
def test_a_stranger_learns_nothing(engine: Engine, open_page: OpenPage, role: Role) -> None:
    _, review = _waiting(engine)
    with transaction(engine) as session:
        stranger: Actor = make_actor(session, role)
    app = open_page("review", stranger, review=review.id)
    assert "There is no such" in app.warning[0].value
    assert review.question not in text_of(app)


def test_an_auditor_reads_but_cannot_sign(engine: Engine, open_page: OpenPage) -> None:
    _, review = _waiting(engine)
    with transaction(engine) as session:
        auditor = make_actor(session, Role.AUDITOR)
    app = open_page("review", auditor, review=review.id)
    assert app.title[0].value == review.question
    assert app.radio[0].disabled


def test_a_changed_payoff_is_told_and_stops_the_decision(engine: Engine, open_page: OpenPage) -> None:
    case, review = _waiting(engine)
    with transaction(engine) as session:
        edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0)
    app = open_page("review", case.manager, review=review.id)
    assert "stale: value of a caught case changed from €190 to €150" in text_of(app)
    assert app.radio[0].disabled


def test_who_asked_can_withdraw(engine: Engine, open_page: OpenPage) -> None:
    case, review = _waiting(engine)
    app = open_page("review", case.scientist, review=review.id)
    next(button for button in app.button if button.label == "Withdraw the question").click()
    app.run()
    assert not app.exception
    assert _state(engine, review) == "withdrawn"


def test_an_approval_can_be_taken_back_with_a_reason(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        case = make_case(session)
        review = approve(session, case)
    app = open_page("review", case.manager, review=review.id)
    app.text_area[0].set_value("Complaints")
    next(button for button in app.button if button.label == "Revoke the approval").click()
    app.run()
    assert not app.exception
    assert _state(engine, review) == "revoked"


def test_without_a_round_the_page_says_where_to_find_one(engine: Engine, open_page: OpenPage) -> None:
    with transaction(engine) as session:
        manager = make_actor(session, Role.MANAGER)
    app = open_page("review", manager)
    assert "Choose one from Home" in app.warning[0].value


def test_a_link_that_names_no_project_opens_it_in_the_sidebar(open_page: OpenPage, engine: Engine) -> None:
    case, review = _waiting(engine)
    app = open_page("review", case.manager, review=review.id)
    assert not app.exception
    assert app.query_params["project"] == case.project_id
