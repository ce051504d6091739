"""The shell: who may come in, and where they land."""

import pytest
import streamlit as st
from streamlit.navigation.page import StreamlitPage

from db.session import transaction
from portal.ui import navigation
from services.audit.actor import Actor
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.pages.conftest import OpenPage, text_of


def test_nobody_sees_a_page_without_a_session(open_page: OpenPage) -> None:
    app = open_page("home", None)
    assert not app.exception
    assert "Sign in again" in text_of(app)


def test_a_signed_in_person_reaches_every_stem(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project = make_project(session, actor)
    app = open_page("project", actor, project=project.id)
    assert not app.exception
    assert app.query_params["project"] == project.id


def test_what_was_done_is_not_forgotten_by_a_page_that_is_interrupted(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
    app = open_page("home", actor)
    app.session_state["flash"] = "Saved."
    remembered: list[str] = []
    build = navigation.build_navigation

    def interrupted(seen: Actor) -> StreamlitPage:
        chosen = build(seen)
        draw = chosen.run

        def run() -> None:
            if not remembered:
                remembered.append(st.session_state["flash"])
                st.rerun()  # as a click does that comes while the page is drawn; what was drawn so far may not be sent
            draw()

        monkeypatch.setattr(chosen, "run", run)
        return chosen

    monkeypatch.setattr("portal.ui.navigation.build_navigation", interrupted)
    app.run()
    assert remembered == ["Saved."]
    assert [said.value for said in app.toast] == ["Saved."]
