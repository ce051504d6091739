"""API tokens."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from db.tables import AuditEvent, Project
from db.types import utc_now
from services.audit.actor import Actor
from services.errors import InvalidInputError, NotAllowedError, NotFoundError
from services.people.commands import create_api_token, disable_user, revoke_api_token, touch_api_token
from services.people.permissions import Permission, Role, is_allowed
from services.people.queries import find_token_actor, list_api_tokens
from tests.makers import make_actor, make_project


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def project(session: Session, scientist: Actor) -> Project:
    return make_project(session, scientist)


def test_a_token_speaks_for_its_owner_in_one_project(session: Session, scientist: Actor, project: Project) -> None:
    row, text = create_api_token(session, actor=scientist, project_id=project.id, name="CRM")
    found = find_token_actor(session, token=text)
    assert found is not None
    assert (found.actor.user_id, found.project_id, found.scopes) == (
        scientist.user_id,
        project.id,
        frozenset({"predict"}),
    )
    assert text.startswith(f"pk_{row.id}_")
    assert text.split("_", 2)[2] not in row.model_dump_json()


@pytest.mark.parametrize("fault", ["", "pk_", "pk_x_y", "{id}", "{text}x", "{id_only}"])
def test_anything_but_the_whole_token_is_nobody(
    session: Session, scientist: Actor, project: Project, fault: str
) -> None:
    row, text = create_api_token(session, actor=scientist, project_id=project.id, name="CRM")
    spelled = fault.format(id=row.id, text=text, id_only=f"pk_{row.id}_{'A' * 43}")
    assert find_token_actor(session, token=spelled) is None


def test_a_token_ends_with_time_by_revocation_and_with_its_owner(
    session: Session, scientist: Actor, project: Project
) -> None:
    first = create_api_token(session, actor=scientist, project_id=project.id, name="A")
    second = create_api_token(session, actor=scientist, project_id=project.id, name="B", days=1)
    assert find_token_actor(session, token=second[1], now=utc_now() + timedelta(days=1)) is None
    revoke_api_token(session, actor=scientist, token_id=first[0].id)
    assert find_token_actor(session, token=first[1]) is None
    disable_user(session, actor=make_actor(session, Role.ADMIN), user_id=scientist.user_id)
    assert find_token_actor(session, token=second[1]) is None


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_lifetime_has_limits(session: Session, scientist: Actor, project: Project, days: int) -> None:
    with pytest.raises(InvalidInputError):
        create_api_token(session, actor=scientist, project_id=project.id, name="A", days=days)


def test_the_default_lifetime_is_ninety_days(session: Session, scientist: Actor, project: Project) -> None:
    row, _ = create_api_token(session, actor=scientist, project_id=project.id, name="A")
    assert row.expires_at - row.created_at == timedelta(days=90)


@pytest.mark.parametrize("scopes", [[], ["admin"], ["predict", "admin"]])
def test_only_known_scopes_are_given(session: Session, scientist: Actor, project: Project, scopes: list[str]) -> None:
    with pytest.raises(InvalidInputError):
        create_api_token(session, actor=scientist, project_id=project.id, name="A", scopes=scopes)


def test_a_project_of_others_gets_no_token(session: Session, scientist: Actor) -> None:
    with pytest.raises(NotFoundError):
        create_api_token(session, actor=scientist, project_id=make_project(session).id, name="A")


@pytest.mark.parametrize("role", Role)
def test_the_role_decides_who_issues_tokens(session: Session, role: str) -> None:
    actor = make_actor(session, role)
    project = make_project(session, actor)
    if is_allowed(actor, Permission.MANAGE_TOKENS):
        assert create_api_token(session, actor=actor, project_id=project.id, name="A")
    else:
        with pytest.raises(NotAllowedError):
            create_api_token(session, actor=actor, project_id=project.id, name="A")


def test_nobody_ends_or_sees_anothers_token(session: Session, scientist: Actor, project: Project) -> None:
    row, _ = create_api_token(session, actor=scientist, project_id=project.id, name="A")
    other = make_actor(session, Role.DATA_SCIENTIST)
    with pytest.raises(NotFoundError):
        revoke_api_token(session, actor=other, token_id=row.id)
    assert list_api_tokens(session, actor=other) == []
    assert [token.id for token in list_api_tokens(session, actor=scientist)] == [row.id]


def test_its_last_use_is_noted_once_a_minute(session: Session, scientist: Actor, project: Project) -> None:
    row, text = create_api_token(session, actor=scientist, project_id=project.id, name="A")
    first = find_token_actor(session, token=text)
    assert first is not None and first.is_touch_due
    touch_api_token(session, token_id=row.id)
    session.expire_all()
    second = find_token_actor(session, token=text)
    assert second is not None and not second.is_touch_due


def test_no_event_holds_the_secret(session: Session, scientist: Actor, project: Project) -> None:
    row, text = create_api_token(session, actor=scientist, project_id=project.id, name="A")
    revoke_api_token(session, actor=scientist, token_id=row.id)
    events = session.exec(select(AuditEvent).where(AuditEvent.object_type == "token")).all()
    assert [event.action for event in events] == ["token.issued", "token.revoked"]
    secret = text.split("_", 2)[2]  # it may hold an underscore itself
    assert len(secret) >= 40
    assert all(secret not in event.model_dump_json() for event in events)
