"""The person in front of the screen is asked for once in a script, and again in the next."""

import pytest
import streamlit as st
from sqlalchemy import Engine

from db.session import transaction
from portal.ui.actor import SESSION_CLAIM, get_actor, signed_in
from services.audit.actor import Actor
from services.errors import NotSignedInError
from services.people.commands import sign_out
from tests.makers import make_actor, make_sign_in
from tests.statements import counting_statements


@pytest.fixture
def actor(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Actor:
    with transaction(engine) as session:
        actor = make_actor(session)
        sign_in = make_sign_in(session, actor.user_id)
    monkeypatch.setattr(st, "user", {SESSION_CLAIM: sign_in.id})
    return actor


def test_a_page_in_the_shell_asks_no_second_time(engine: Engine, actor: Actor) -> None:
    with signed_in() as found:
        assert found.user_id == actor.user_id
        with counting_statements(engine) as statements:
            assert get_actor() is found
    assert statements == []


def test_a_fragment_without_the_shell_asks_itself(engine: Engine, actor: Actor) -> None:
    with signed_in():
        pass
    with counting_statements(engine) as statements:
        assert get_actor().user_id == actor.user_id
    assert statements


def test_a_revoked_session_ends_with_the_next_script(engine: Engine, actor: Actor) -> None:
    with signed_in() as found:
        pass
    with transaction(engine) as session:
        sign_out(session, actor=found)
    with pytest.raises(NotSignedInError), signed_in():
        pass
    with pytest.raises(NotSignedInError):
        get_actor()


def test_a_script_that_fails_leaves_nobody_behind(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError), signed_in():
        raise RuntimeError
    monkeypatch.setattr(st, "user", {})
    with pytest.raises(NotSignedInError):
        get_actor()
