"""The audit log in words."""

import pytest
from sqlalchemy import Engine, text

from db.session import transaction
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.pages.conftest import OpenPage, text_of


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.ADMIN])
def test_an_empty_log_is_intact(open_page: OpenPage, role: Role) -> None:
    with transaction() as session:
        actor = make_actor(session, role)
    app = open_page("audit", actor)
    assert not app.exception
    assert "0 events are in place and unchanged." in text_of(app)


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.DATA_SCIENTIST])
def test_who_may_not_read_it_is_refused(open_page: OpenPage, role: Role) -> None:
    with transaction() as session:
        actor = make_actor(session, role)
    assert "you may not read the audit log" in open_page("audit", actor).warning[0].value


def test_events_are_sentences(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.AUDITOR)
        project = make_project(session)
    rows = open_page("audit", actor).dataframe[0].value
    assert list(rows["What"]) == ["Started the project."]
    assert list(rows["Project"]) == [project.name]


def test_a_changed_event_is_named(open_page: OpenPage, engine: Engine) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.AUDITOR)
        make_project(session)
        make_project(session)
    _tamper(engine)
    shown = text_of(open_page("audit", actor))
    assert "Event 1 was changed after it was written." in shown


def _tamper(engine: Engine) -> None:
    """What somebody with the database's own rights could do."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
        else:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"
            for (name,) in connection.execute(text(triggers)).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE audit_event SET actor_name = 'Somebody else' WHERE id = 1"))
