"""What the person who started a run is told."""

import pytest
from sqlmodel import Session

from db.tables import ProjectMember, Run
from services.audit.actor import Actor
from services.automl.commands import Wish, ask_run, continue_run
from services.automl.execution import complete_run, fail_run
from services.notifications.queries import list_notifications
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_models import make_run, make_trial


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def run(session: Session, scientist: Actor) -> Run:
    run = make_run(session, scientist, make_project(session, scientist).id)
    run.state = "running"
    make_trial(session, run, 1, score=0.812)
    return run


def told(session: Session, actor: Actor) -> list[tuple[str, str]]:
    return [(item.kind, item.sentence) for item in list_notifications(session, actor=actor)]


def test_who_started_it_is_told_once_that_it_is_done(session: Session, run: Run, scientist: Actor) -> None:
    run.state = "finishing"
    for _ in range(2):
        complete_run(session, run_id=run.id, generation=1)
    assert told(session, scientist) == [
        ("run.finished", "Model run 1 is done. The best of 1 model is ready: AUC 0.812.")
    ]


def test_a_continued_run_is_told_again(session: Session, run: Run, scientist: Actor) -> None:
    for generation in (1, 2):
        run.state = "finishing"
        complete_run(session, run_id=run.id, generation=generation)
        continue_run(session, actor=scientist, run_id=run.id)
    assert len(told(session, scientist)) == 2


def test_a_failure_is_told_with_its_cause(session: Session, run: Run, scientist: Actor) -> None:
    fail_run(session, run_id=run.id, generation=1, failure="Every variant took too long.")
    assert told(session, scientist) == [
        ("run.failed", "Model run 1 ended without a model. Every variant took too long.")
    ]


@pytest.mark.parametrize(("wish", "word"), [("pause", "paused"), ("cancel", "cancelled")])
def test_what_somebody_else_asks_is_told_with_their_name_and_ones_own_is_not(
    session: Session, run: Run, scientist: Actor, wish: Wish, word: str
) -> None:
    ask_run(session, actor=scientist, run_id=run.id, wish=wish)
    assert told(session, scientist) == []
    colleague = make_actor(session, Role.DATA_SCIENTIST)
    session.add(ProjectMember(project_id=run.project_id, user_id=colleague.user_id, added_by=scientist.user_id))
    run.wish = "none"
    ask_run(session, actor=colleague, run_id=run.id, wish=wish)
    ((kind, sentence),) = told(session, scientist)
    assert kind == f"run.{word}"
    assert sentence.startswith(f"{colleague.name} {word} model run 1")
