"""A kept picture is never older than the latest change."""

import pytest
import streamlit as st
from sqlalchemy import Engine

from db.session import transaction
from portal.ui.cache import read_home
from services.audit.actor import Actor
from services.projects.commands import add_member, create_project
from tests.makers import actor_of, make_actor, make_user
from tests.statements import counting_statements


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    st.cache_data.clear()


def _count_statements(engine: Engine, actor: Actor) -> int:
    with counting_statements(engine) as statements:
        read_home(actor)
    return len(statements)


def test_a_second_look_asks_only_whether_anything_changed(engine: Engine) -> None:
    with transaction(engine) as session:
        actor = make_actor(session)
        create_project(session, actor=actor, sentence="Fewer parcels late")
    assert _count_statements(engine, actor) > 1
    assert _count_statements(engine, actor) == 1


def test_any_change_is_seen_at_once(engine: Engine) -> None:
    with transaction(engine) as session:
        owner, newcomer = make_actor(session), make_user(session)
        project = create_project(session, actor=owner, sentence="Fewer parcels late")
        email, person, project_id = newcomer.email, actor_of(newcomer), project.id
    assert read_home(person).projects == ()
    with transaction(engine) as session:
        add_member(session, actor=owner, project_id=project_id, email=email)
    assert len(read_home(person).projects) == 1


def test_nobody_gets_the_picture_of_somebody_else(engine: Engine) -> None:
    with transaction(engine) as session:
        owner, stranger = make_actor(session), make_actor(session)
        create_project(session, actor=owner, sentence="Fewer parcels late")
    assert len(read_home(owner).projects) == 1
    assert read_home(stranger).projects == ()
