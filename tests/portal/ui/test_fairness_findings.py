"""What an assessment of fairness found is drawn by a fragment, which has no shell and asks itself who looks."""

import pytest
import streamlit as st
from sqlalchemy import Engine
from sqlmodel import col, delete
from streamlit.testing.v1 import AppTest

from db.session import reading, transaction
from db.tables import ProjectMember
from portal.ui.actor import SESSION_CLAIM
from services.audit.actor import Actor
from services.interpretations.commands import skip_expectation
from services.people.commands import sign_out
from services.people.permissions import Role
from services.people.queries import find_session_actor
from tests.makers import make_actor, make_sign_in
from tests.makers_fairness import make_assessment, make_compared, make_fairness, make_group
from tests.makers_models import make_model
from tests.pages.conftest import text_of

OTHER = make_compared(columns=("tenure",), groups=(make_group("under 12", 40), make_group("12 or more", 95)))
REPORT = make_fairness(compared=(make_compared(), OTHER))


def alone(assessment_id: str) -> None:
    """The fragment as another tab of it draws it: nobody has asked before who the person is."""
    from portal.ui.fairness_findings import draw_findings
    from tests.portal.ui.test_fairness_findings import REPORT

    draw_findings(assessment_id, REPORT, hides_drivers=False)


@pytest.fixture
def looked(engine: Engine) -> tuple[Actor, AppTest]:
    """A manager who has signed in, and the fragment after its first run."""
    st.cache_resource.clear()
    with transaction(engine) as session:
        person = make_actor(session, Role.MANAGER)
        model, _, scientist = make_model(session, person)
        skip_expectation(session, actor=person, model_id=model.id, reason="Seen before")
        assessment_id = make_assessment(session, scientist, model.id, REPORT)
        sign_in = make_sign_in(session, person.user_id)
    app = AppTest.from_function(alone, default_timeout=30, args=(assessment_id,))
    app.user = {SESSION_CLAIM: sign_in.id}
    app.run()
    with reading(engine) as session:
        actor = find_session_actor(session, session_id=sign_in.id)
    assert actor is not None
    return actor, app


def test_who_may_see_it_sees_the_column_that_is_looked_at(looked: tuple[Actor, AppTest]) -> None:
    _, app = looked
    assert not app.exception
    assert [tab.label for tab in app.tabs] == ["contract", "tenure"]
    assert len(app.get("plotly_chart")) == 1


def test_once_the_session_has_ended_another_tab_draws_nothing(engine: Engine, looked: tuple[Actor, AppTest]) -> None:
    actor, app = looked
    with transaction(engine) as session:
        sign_out(session, actor=actor)
    app.run()
    assert not app.exception
    assert "Your session has ended" in text_of(app)
    assert not app.tabs
    assert not app.dataframe


def test_who_has_left_the_project_is_told_nothing_more(engine: Engine, looked: tuple[Actor, AppTest]) -> None:
    actor, app = looked
    with transaction(engine) as session:
        session.execute(delete(ProjectMember).where(col(ProjectMember.user_id) == actor.user_id))
    app.run()
    assert not app.exception
    assert "not a member" in text_of(app)
    assert not app.tabs
    assert not app.dataframe
