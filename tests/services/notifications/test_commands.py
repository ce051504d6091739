"""Telling people something, and what they have read."""

from typing import Any

import pytest
from sqlmodel import Session, col, delete, select

from db.tables import AuditEvent, ProjectMember
from services.audit.actor import Actor
from services.errors import NotFoundError
from services.notifications.commands import mark_all_read, mark_read, notify
from services.notifications.queries import list_notifications
from services.people.permissions import Role
from tests.makers import Project, make_actor, make_project


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def project(session: Session, scientist: Actor) -> Project:
    return make_project(session, scientist)


def tell(session: Session, actor: Actor, project: Project, **changes: Any) -> None:
    told = {"kind": "run.finished", "subject_id": "r", "occasion": "one", "sentence": "It is done.", **changes}
    notify(session, user_id=actor.user_id, project_id=project.id, **told)


def n_events(session: Session) -> int:
    return len(session.exec(select(AuditEvent.id).where(AuditEvent.action == "notification.read")).all())


def test_what_happened_once_is_told_once(session: Session, scientist: Actor, project: Project) -> None:
    for _ in range(2):
        tell(session, scientist, project)
    tell(session, scientist, project, occasion="two", sentence="It is done again.")
    told = list_notifications(session, actor=scientist)
    assert [item.sentence for item in told] == ["It is done again.", "It is done."]
    assert (told[0].project_name, told[0].kind, told[0].subject_id) == (project.name, "run.finished", "r")


def test_what_was_read_is_gone_and_recorded_once(session: Session, scientist: Actor, project: Project) -> None:
    tell(session, scientist, project)
    (told,) = list_notifications(session, actor=scientist)
    for _ in range(2):
        mark_read(session, actor=scientist, notification_id=told.id)
    assert list_notifications(session, actor=scientist) == []
    assert n_events(session) == 1
    tell(session, scientist, project)
    assert list_notifications(session, actor=scientist) == []


def test_everything_is_read_at_once(session: Session, scientist: Actor, project: Project) -> None:
    for occasion in ("one", "two"):
        tell(session, scientist, project, occasion=occasion)
    mark_all_read(session, actor=scientist)
    mark_all_read(session, actor=scientist)
    assert list_notifications(session, actor=scientist) == []
    assert n_events(session) == 1


def test_nobody_reads_or_marks_the_news_of_another(session: Session, scientist: Actor, project: Project) -> None:
    colleague = make_actor(session, Role.DATA_SCIENTIST)
    session.add(ProjectMember(project_id=project.id, user_id=colleague.user_id, added_by=project.created_by))
    tell(session, scientist, project)
    (told,) = list_notifications(session, actor=scientist)
    assert list_notifications(session, actor=colleague) == []
    with pytest.raises(NotFoundError):
        mark_read(session, actor=colleague, notification_id=told.id)
    mark_all_read(session, actor=colleague)
    assert list_notifications(session, actor=scientist) == [told]


def test_news_of_a_project_one_has_left_are_not_shown(session: Session, scientist: Actor, project: Project) -> None:
    tell(session, scientist, project)
    session.execute(delete(ProjectMember).where(col(ProjectMember.user_id) == scientist.user_id))
    assert list_notifications(session, actor=scientist) == []
