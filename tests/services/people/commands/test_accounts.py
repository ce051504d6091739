"""Adding and changing people."""

import pytest
from sqlmodel import Session, select

from db.tables import AuditEvent
from services.audit.actor import SYSTEM, Actor
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from services.people.commands import change_role, create_user, disable_user, enable_user
from services.people.permissions import Role
from tests.makers import make_actor, make_user


@pytest.fixture
def administrator(session: Session) -> Actor:
    return make_actor(session, Role.ADMIN)


def _actions(session: Session) -> list[str]:
    return [event.action for event in session.exec(select(AuditEvent))]


def test_a_person_is_added_without_a_password(session: Session, administrator: Actor) -> None:
    user = create_user(session, actor=administrator, email=" Ana@Example.com", name=" Ana  Costa ", role=Role.BUSINESS)
    assert (user.email, user.name, user.role) == ("ana@example.com", "Ana Costa", "business")
    assert user.password_hash is None
    assert _actions(session) == ["person.added"]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_only_an_administrator_manages_people(session: Session, role: str) -> None:
    actor, other = make_actor(session, role), make_user(session)
    with pytest.raises(NotAllowedError):
        create_user(session, actor=actor, email="a@example.com", name="A", role=Role.BUSINESS)
    with pytest.raises(NotAllowedError):
        change_role(session, actor=actor, user_id=other.id, role=Role.MANAGER)
    with pytest.raises(NotAllowedError):
        disable_user(session, actor=actor, user_id=other.id)
    with pytest.raises(NotAllowedError):
        enable_user(session, actor=actor, user_id=other.id)


def test_the_portal_itself_adds_people_from_the_command_line(session: Session) -> None:
    assert create_user(session, actor=SYSTEM, email="a@example.com", name="A", role=Role.ADMIN).id


@pytest.mark.parametrize(
    ("email", "name", "role", "n_problems"),
    [
        ("", "", "", 3),
        ("no address", "Ana", "business", 1),
        ("a@b", "Ana", "business", 1),
        ("a@example.com", "x" * 101, "business", 1),
        ("a@example.com", "Ana", "system", 1),
        ("a@example.com\nbcc: b@example.com", "Ana", "business", 1),
    ],
)
def test_each_fault_of_the_form_is_named(
    session: Session, administrator: Actor, email: str, name: str, role: str, n_problems: int
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        create_user(session, actor=administrator, email=email, name=name, role=role)
    assert len(refused.value.problems) == n_problems


def test_an_address_has_one_account(session: Session, administrator: Actor) -> None:
    user = make_user(session)
    with pytest.raises(InvalidInputError, match="an account already"):
        create_user(session, actor=administrator, email=user.email.upper(), name="B", role=Role.BUSINESS)


def test_an_administrator_cannot_give_themselves_a_right_to_decide(session: Session, administrator: Actor) -> None:
    with pytest.raises(ConflictError):
        change_role(session, actor=administrator, user_id=administrator.user_id, role=Role.MANAGER)
    with pytest.raises(ConflictError):
        disable_user(session, actor=administrator, user_id=administrator.user_id)


def test_each_change_is_one_event_and_no_change_is_none(session: Session, administrator: Actor) -> None:
    user = make_user(session)
    for _ in range(2):
        change_role(session, actor=administrator, user_id=user.id, role=Role.MANAGER)
    for _ in range(2):
        disable_user(session, actor=administrator, user_id=user.id)
    for _ in range(2):
        enable_user(session, actor=administrator, user_id=user.id)
    assert _actions(session) == ["person.role_changed", "person.disabled", "person.enabled"]


def test_an_unknown_person_or_role_is_refused(session: Session, administrator: Actor) -> None:
    with pytest.raises(NotFoundError):
        disable_user(session, actor=administrator, user_id="nobody")
    with pytest.raises(InvalidInputError):
        change_role(session, actor=administrator, user_id=make_user(session).id, role="owner")
