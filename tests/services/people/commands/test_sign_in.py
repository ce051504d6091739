"""Signing in and out, and what ends a session."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.session import transaction
from db.tables import AuditEvent, SignInAttempt, User
from db.types import utc_now
from services.audit.actor import Actor
from services.errors import NotAllowedError, TooManyRequestsError
from services.people.commands import (
    accept_invitation,
    change_role,
    claim_sign_in,
    complete_sign_in,
    create_invitation,
    disable_user,
    open_session,
    revoke_sessions,
    sign_in,
    sign_in_demo,
    sign_out,
)
from services.people.errors import SignInRefusedError
from services.people.passwords import hash_password
from services.people.permissions import Role
from services.people.queries import find_open_session
from tests.makers import actor_of, make_actor, make_user

PASSWORD = "correct copper lantern"
HASH = hash_password(PASSWORD)
ADDRESS = "192.0.2.7"


@pytest.fixture
def person(session: Session) -> User:
    user = make_user(session)
    user.password_hash = HASH
    session.flush()
    return user


@pytest.fixture
def administrator(session: Session) -> Actor:
    return make_actor(session, Role.ADMIN)


def test_the_right_password_opens_a_session(session: Session, person: User) -> None:
    opened = sign_in(session, email=person.email.upper(), password=PASSWORD, address=ADDRESS)
    assert opened.actor.user_id == person.id
    assert find_open_session(session, token=opened.token) is not None
    assert session.exec(select(SignInAttempt)).all() == []


@pytest.mark.parametrize("email", ["nobody@example.com", ""])
def test_an_unknown_account_and_a_wrong_password_sound_the_same(session: Session, person: User, email: str) -> None:
    with pytest.raises(SignInRefusedError) as unknown:
        sign_in(session, email=email, password=PASSWORD, address=ADDRESS)
    with pytest.raises(SignInRefusedError) as wrong:
        sign_in(session, email=person.email, password="another password", address=ADDRESS)
    assert unknown.value.sentence == wrong.value.sentence


def test_a_disabled_account_and_one_without_a_password_are_refused(session: Session, administrator: Actor) -> None:
    without = make_user(session)
    disabled = make_user(session)
    disabled.password_hash, disabled.is_active = HASH, False
    session.flush()
    for user in (without, disabled):
        with pytest.raises(SignInRefusedError):
            sign_in(session, email=user.email, password=PASSWORD, address=ADDRESS)


def test_each_sign_in_has_a_new_token_and_ends_the_one_before(session: Session, person: User) -> None:
    first = open_session(session, user_id=person.id, method="password")
    second = open_session(session, user_id=person.id, method="password", replaces=first.token)
    assert first.token != second.token
    assert find_open_session(session, token=first.token) is None
    assert find_open_session(session, token=second.token) is not None


def test_a_token_planted_before_sign_in_is_worth_nothing(session: Session, person: User) -> None:
    sign_in(session, email=person.email, password=PASSWORD, address=ADDRESS, replaces="planted")
    assert find_open_session(session, token="planted") is None


def _sign_out(session: Session, actor: Actor, person: User) -> None:
    found = actor_of(person)
    sign_out(session, actor=Actor(found.user_id, found.name, found.role, session_id=actor.session_id))


def _change_password(session: Session, administrator: Actor, person: User) -> None:
    token = create_invitation(session, actor=administrator, user_id=person.id)
    accept_invitation(session, token=token, password="another copper lantern")


ENDINGS: dict[str, Callable[[Session, Actor, User], object]] = {
    "sign-out": lambda session, mine, person: _sign_out(session, mine, person),
    "disabled": lambda session, _, person: disable_user(
        session, actor=make_actor(session, Role.ADMIN), user_id=person.id
    ),
    "password": lambda session, _, person: _change_password(session, make_actor(session, Role.ADMIN), person),
    "role": lambda session, _, person: change_role(
        session, actor=make_actor(session, Role.ADMIN), user_id=person.id, role=Role.AUDITOR
    ),
    "everywhere, by an administrator": lambda session, _, person: revoke_sessions(
        session, actor=make_actor(session, Role.ADMIN), user_id=person.id
    ),
    "everywhere, by the person": lambda session, mine, person: revoke_sessions(session, actor=mine, user_id=person.id),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_session_is_worth_nothing_after(session: Session, person: User, ending: str) -> None:
    opened = open_session(session, user_id=person.id, method="password")
    ENDINGS[ending](session, opened.actor, person)
    assert find_open_session(session, token=opened.token) is None


def test_signing_out_leaves_the_persons_other_browser_alone(session: Session, person: User) -> None:
    here = open_session(session, user_id=person.id, method="password")
    there = open_session(session, user_id=person.id, method="password")
    sign_out(session, actor=here.actor)
    assert find_open_session(session, token=there.token) is not None


def test_nobody_but_an_administrator_signs_others_out(session: Session, person: User) -> None:
    with pytest.raises(NotAllowedError):
        revoke_sessions(session, actor=make_actor(session, Role.MANAGER), user_id=person.id)


def test_two_hundred_guesses_get_ten_checks(session: Session, person: User) -> None:
    now, n_checked = utc_now(), 0
    for second in range(200):
        try:
            claim_sign_in(session, email=person.email, address=f"192.0.2.{second}", now=now + timedelta(seconds=second))
            n_checked += 1
        except TooManyRequestsError as error:
            assert error.retry_after_seconds <= 15 * 60
            assert "Wait" in error.sentence
    assert n_checked <= 10
    after = now + timedelta(seconds=200 + 15 * 60)
    assert sign_in(session, email=person.email, password=PASSWORD, address=ADDRESS, now=after).token


def test_one_address_cannot_try_many_accounts(session: Session) -> None:
    now, n_checked = utc_now(), 0
    for number in range(100):
        try:
            claim_sign_in(session, email=f"{number}@example.com", address=ADDRESS, now=now)
            n_checked += 1
        except TooManyRequestsError:
            pass
    assert n_checked <= 60


def test_an_unknown_account_is_limited_like_a_known_one(session: Session, person: User) -> None:
    def n_allowed(email: str, address: str) -> int:
        count = 0
        for _ in range(20):
            try:
                claim_sign_in(session, email=email, address=address)
                count += 1
            except TooManyRequestsError:
                break
        return count

    assert n_allowed(person.email, "192.0.2.1") == n_allowed("nobody@example.com", "192.0.2.2")


def test_a_password_changed_during_the_check_refuses_the_sign_in(engine: Engine) -> None:
    with transaction(engine) as session:
        user = make_user(session)
        user.password_hash = HASH
    with transaction(engine) as session:
        claim = claim_sign_in(session, email=user.email, address=ADDRESS)
    with transaction(engine) as session:
        session.get_one(User, user.id).password_hash = "another"
    with transaction(engine) as session, pytest.raises(SignInRefusedError):
        complete_sign_in(session, claim=claim)


def test_only_people_of_a_demo_are_entered_without_a_password(session: Session, person: User) -> None:
    with pytest.raises(NotAllowedError):
        sign_in_demo(session, user_id=person.id)
    person.is_demo = True
    session.flush()
    assert sign_in_demo(session, user_id=person.id).actor.user_id == person.id


def test_each_change_is_one_event_without_a_secret(session: Session, person: User) -> None:
    opened = sign_in(session, email=person.email, password=PASSWORD, address=ADDRESS)
    sign_out(session, actor=opened.actor)
    events = session.exec(select(AuditEvent)).all()
    assert [event.action for event in events] == ["person.signed_in", "person.signed_out"]
    written = "".join(event.model_dump_json() for event in events)
    assert opened.token not in written
    assert PASSWORD not in written
