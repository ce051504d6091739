"""Who is calling."""

from datetime import timedelta

from sqlalchemy import Engine

from db.session import transaction
from db.tables import ApiToken, SignInSession
from db.types import utc_now
from portal.guard.access import find_machine, find_person
from services.people.commands import create_api_token, open_session
from services.people.permissions import Role
from tests.makers import make_actor, make_project, make_user


def test_a_persons_use_is_noted_once_a_minute_and_only_when_asked(engine: Engine) -> None:
    with transaction(engine) as session:
        opened = open_session(session, user_id=make_user(session).id, method="test")
        row = session.get_one(SignInSession, opened.actor.session_id)
        row.last_seen_at = before = utc_now() - timedelta(minutes=5)
    assert find_person(opened.token, touch=False) is not None
    with transaction(engine) as session:
        assert session.get_one(SignInSession, opened.actor.session_id).last_seen_at == before
    caller = find_person(opened.token, "request-1")
    assert caller is not None and not caller.is_token and caller.actor.request_id == "request-1"
    with transaction(engine) as session:
        assert session.get_one(SignInSession, opened.actor.session_id).last_seen_at > before


def test_a_machine_is_its_token(engine: Engine) -> None:
    with transaction(engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project = make_project(session, actor)
        token, text = create_api_token(session, actor=actor, project_id=project.id, name="CRM")
    caller = find_machine(text)
    assert caller is not None and caller.is_token
    assert (caller.actor.user_id, caller.project_id) == (actor.user_id, project.id)
    with transaction(engine) as session:
        assert session.get_one(ApiToken, token.id).last_used_at is not None


def test_a_token_is_no_session_and_a_session_no_token(engine: Engine) -> None:
    with transaction(engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        _, text = create_api_token(session, actor=actor, project_id=make_project(session, actor).id, name="CRM")
        opened = open_session(session, user_id=actor.user_id, method="test")
    assert find_person(text) is None
    assert find_machine(opened.token) is None
