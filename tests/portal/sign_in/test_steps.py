"""The steps of a sign-in, each in its own transaction."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.session import transaction
from db.tables import SignInAttempt, User
from portal.sign_in import steps
from services.people.commands import create_setup_link
from services.people.errors import SignInRefusedError
from services.people.passwords import hash_password
from tests.makers import make_user

PASSWORD = "correct copper lantern"


@pytest.fixture
def person(engine: Engine) -> User:
    with transaction(engine) as session:
        user = make_user(session)
        user.password_hash = hash_password(PASSWORD)
    return user


def _n_attempts(engine: Engine) -> int:
    with transaction(engine) as session:
        return len(session.exec(select(SignInAttempt)).all())


def test_a_wrong_password_stays_counted(engine: Engine, person: User) -> None:
    with pytest.raises(SignInRefusedError):
        steps.with_password(person.email, "another lantern", "192.0.2.7", None)
    assert _n_attempts(engine) == 2  # the account and the address


def test_the_right_password_clears_the_account(engine: Engine, person: User) -> None:
    with pytest.raises(SignInRefusedError):
        steps.with_password(person.email, "another lantern", "192.0.2.7", None)
    assert steps.with_password(person.email, PASSWORD, "192.0.2.8", None).actor.user_id == person.id
    assert _n_attempts(engine) == 1  # the address that failed is still remembered


def test_an_empty_portal_is_set_up_by_its_link(engine: Engine) -> None:
    with transaction(engine) as session:
        token = create_setup_link(session)
    assert steps.may_set_up(token)
    opened = steps.with_set_up(token, "ana@example.com", "Ana Costa", PASSWORD, None)
    assert opened.actor.role == "admin"
    assert not steps.may_set_up(token)
