"""Who is signed in."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from db.types import utc_now
from services.errors import NotAllowedError
from services.people.commands import create_invitation, open_session
from services.people.permissions import Role
from services.people.queries import (
    find_invited,
    find_open_session,
    find_session_actor,
    list_demo_people,
    list_people,
)
from services.people.sessions import ABSOLUTE_LIMIT, IDLE_LIMIT
from tests.makers import actor_of, make_actor, make_user


def test_an_open_session_is_found_by_its_token_and_by_its_id(session: Session) -> None:
    user = make_user(session)
    opened = open_session(session, user_id=user.id, method="password")
    found = find_open_session(session, token=opened.token, request_id="r1")
    assert found is not None
    assert (found.actor.user_id, found.actor.request_id) == (user.id, "r1")
    assert find_session_actor(session, session_id=found.session_id) is not None
    assert find_open_session(session, token=found.session_id) is None  # an id is no token


def test_a_session_ends_when_nobody_uses_it_and_after_a_working_day(session: Session) -> None:
    opened = open_session(session, user_id=make_user(session).id, method="password")
    now = utc_now()
    assert find_open_session(session, token=opened.token, now=now + IDLE_LIMIT) is None
    assert find_open_session(session, token=opened.token, now=now + ABSOLUTE_LIMIT) is None


def test_a_session_is_touched_at_most_once_a_minute(session: Session) -> None:
    opened = open_session(session, user_id=make_user(session).id, method="password")
    now = utc_now()
    early = find_open_session(session, token=opened.token, now=now + timedelta(seconds=30))
    late = find_open_session(session, token=opened.token, now=now + timedelta(seconds=61))
    assert early is not None and not early.is_touch_due
    assert late is not None and late.is_touch_due


def test_an_invitation_lasts_a_week(session: Session) -> None:
    user = make_user(session)
    token = create_invitation(session, actor=make_actor(session, Role.ADMIN), user_id=user.id)
    assert find_invited(session, token=token) == actor_of(user)
    assert find_invited(session, token=token, now=utc_now() + timedelta(days=7, seconds=1)) is None
    assert find_invited(session, token="no such token") is None


def test_only_an_administrator_lists_people(session: Session) -> None:
    administrator = make_actor(session, Role.ADMIN)
    assert [person.id for person in list_people(session, actor=administrator)] == [administrator.user_id]
    with pytest.raises(NotAllowedError):
        list_people(session, actor=make_actor(session, Role.MANAGER))


def test_outside_a_demo_nobody_is_offered_without_a_password(session: Session) -> None:
    make_user(session)
    assert list_demo_people(session) == []
