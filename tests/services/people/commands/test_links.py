"""One-time links."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from db.tables import AuditEvent, User
from db.types import utc_now
from services.audit.actor import Actor
from services.errors import InvalidInputError, NotAllowedError, NotFoundError
from services.people.commands import (
    accept_invitation,
    accept_set_up,
    create_invitation,
    create_setup_link,
    disable_user,
)
from services.people.errors import AlreadySetUpError, LinkSpentError
from services.people.passwords import is_password_right
from services.people.permissions import Role
from services.people.queries import is_set_up_link
from tests.makers import make_actor, make_user

PASSWORD = "correct copper lantern"


@pytest.fixture
def administrator(session: Session) -> Actor:
    return make_actor(session, Role.ADMIN)


def _set_up(session: Session, token: str, password: str = PASSWORD) -> User:
    return accept_set_up(session, token=token, email="ana@example.com", name="Ana Costa", password=password)


def test_the_first_person_of_an_empty_portal_is_an_administrator(session: Session) -> None:
    token = create_setup_link(session)
    assert is_set_up_link(session, token=token)
    user = _set_up(session, token)
    assert user.role == Role.ADMIN
    assert is_password_right(PASSWORD, user.password_hash)
    with pytest.raises(LinkSpentError):
        _set_up(session, token)


def test_there_is_no_set_up_link_once_there_are_people(session: Session) -> None:
    token = create_setup_link(session)
    make_user(session)
    assert not is_set_up_link(session, token=token)
    with pytest.raises(AlreadySetUpError):
        _set_up(session, token)
    with pytest.raises(AlreadySetUpError):
        create_setup_link(session)


def test_a_new_set_up_link_ends_the_one_before_and_each_ends_after_a_day(session: Session) -> None:
    first, second = create_setup_link(session), create_setup_link(session)
    with pytest.raises(LinkSpentError):
        _set_up(session, first)
    assert not is_set_up_link(session, token=second, now=utc_now() + timedelta(days=1, seconds=1))


def test_a_weak_password_is_refused_and_nobody_is_made(session: Session) -> None:
    token = create_setup_link(session)
    with pytest.raises(InvalidInputError), session.begin_nested():
        _set_up(session, token, password="short")
    assert session.exec(select(User)).all() == []
    assert _set_up(session, token).id


def test_an_invitation_sets_the_password_once(session: Session, administrator: Actor) -> None:
    user = make_user(session)
    token = create_invitation(session, actor=administrator, user_id=user.id)
    assert is_password_right(PASSWORD, accept_invitation(session, token=token, password=PASSWORD).password_hash)
    with pytest.raises(LinkSpentError):
        accept_invitation(session, token=token, password=PASSWORD)


def test_an_invitation_is_no_set_up_link_and_the_other_way_round(session: Session) -> None:
    set_up = create_setup_link(session)
    with pytest.raises(LinkSpentError):
        accept_invitation(session, token=set_up, password=PASSWORD)
    invitation = create_invitation(session, actor=make_actor(session, Role.ADMIN), user_id=make_user(session).id)
    with pytest.raises(LinkSpentError):
        _set_up(session, invitation)


def test_an_invitation_ends_with_a_newer_one_with_time_and_with_access(session: Session, administrator: Actor) -> None:
    user = make_user(session)
    first = create_invitation(session, actor=administrator, user_id=user.id)
    second = create_invitation(session, actor=administrator, user_id=user.id)
    with pytest.raises(LinkSpentError):
        accept_invitation(session, token=first, password=PASSWORD)
    with pytest.raises(LinkSpentError):
        accept_invitation(session, token=second, password=PASSWORD, now=utc_now() + timedelta(days=7, seconds=1))
    disable_user(session, actor=administrator, user_id=user.id)
    with pytest.raises(LinkSpentError):
        accept_invitation(session, token=second, password=PASSWORD)


def test_only_an_administrator_invites_and_only_people_there_are(session: Session, administrator: Actor) -> None:
    with pytest.raises(NotAllowedError):
        create_invitation(session, actor=make_actor(session, Role.MANAGER), user_id=administrator.user_id)
    with pytest.raises(NotFoundError):
        create_invitation(session, actor=administrator, user_id="nobody")


def test_no_event_holds_a_link_or_a_password(session: Session) -> None:
    token = create_setup_link(session)
    user = _set_up(session, token)
    actor = Actor(user.id, user.name, user.role)
    other = make_user(session)
    invitation = create_invitation(session, actor=actor, user_id=other.id)
    accept_invitation(session, token=invitation, password=PASSWORD)
    events = session.exec(select(AuditEvent)).all()
    assert [event.action for event in events] == [
        "portal.set_up_link_made",
        "portal.set_up",
        "person.invited",
        "person.password_chosen",
    ]
    written = "".join(event.model_dump_json() for event in events)
    assert not any(secret in written for secret in (token, invitation, PASSWORD, "argon2"))
