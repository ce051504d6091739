"""Positions, and how much of the workers a person or a project has taken."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session

from db.tables import Run
from db.types import utc_now
from services.audit.actor import Actor
from services.automl.commands import resume_run, start_run
from services.automl.turns.queries import find_position, get_turn, list_asking, used_worker_seconds
from services.automl.turns.settings import get_run_settings
from services.errors import NotFoundError, TooManyRequestsError
from services.people.permissions import Role
from tests.makers import Project, make_actor, make_project
from tests.makers_jobs import make_worker
from tests.makers_models import make_run, make_trial


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def project(session: Session, scientist: Actor) -> Project:
    return make_project(session, scientist)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    monkeypatch.undo()
    get_run_settings.cache_clear()


def limit(settings: pytest.MonkeyPatch, name: str, value: float) -> None:
    settings.setenv(f"PORTAL_RUNS_{name}", str(value))
    get_run_settings.cache_clear()


def spend(session: Session, run: Run, seconds: float, *, number: int = 1, hours_ago: float = 1) -> None:
    started = utc_now() - timedelta(hours=hours_ago)
    make_trial(session, run, number, duration_seconds=seconds, started_at=started)


def test_a_turn_says_where_a_run_stands_and_nothing_about_the_others(
    session: Session, scientist: Actor, project: Project
) -> None:
    make_worker(session, "one")
    make_worker(session, "two")
    make_worker(session, "dead", is_alive=False)
    make_run(session, scientist, project.id)
    stranger = make_actor(session, Role.DATA_SCIENTIST)
    run = make_run(session, stranger, make_project(session, stranger).id)
    turn = get_turn(session, actor=stranger, run_id=run.id)
    assert (turn.position, turn.n_waiting, turn.n_workers, turn.n_places) == (2, 2, 2, 2)
    assert (turn.priority, turn.is_over_quota) == ("normal", False)
    with pytest.raises(NotFoundError):
        get_turn(session, actor=scientist, run_id=run.id)
    with pytest.raises(NotFoundError):
        get_turn(session, actor=scientist, run_id="none")


def test_a_run_that_has_all_its_trials_has_no_position(session: Session, scientist: Actor, project: Project) -> None:
    run = make_run(session, scientist, project.id, n_trials=1)
    assert find_position(session, run_id=run.id) == 1
    make_trial(session, run, 1)
    assert find_position(session, run_id=run.id) is None


def test_a_run_takes_no_more_places_than_it_has_lanes(session: Session, scientist: Actor, project: Project) -> None:
    run = make_run(session, scientist, project.id, n_trials=40)
    worker = make_worker(session)
    for number in range(1, 9):
        make_trial(session, run, number, state="running", score=None, worker_id=worker)
    (asking,) = list_asking(session)
    assert (asking.n_at_work, asking.n_free) == (8, 0)


def test_worker_time_of_a_day_is_added_up_over_trials_that_ended_and_one_at_work(
    session: Session, scientist: Actor, project: Project
) -> None:
    run = make_run(session, scientist, project.id)
    spend(session, run, 100)
    spend(session, run, 1_000, number=2, hours_ago=25)
    started = utc_now() - timedelta(seconds=30)
    make_trial(session, run, 3, state="running", score=None, duration_seconds=None, started_at=started)
    make_trial(session, run, 4, duration_seconds=500, reused_from="earlier")  # somebody else's time, long ago
    used = used_worker_seconds(session, of="person", ids=[scientist.user_id, "nobody"])
    assert used == pytest.approx({scientist.user_id: 130, "nobody": 0}, abs=2)
    assert used_worker_seconds(session, of="project", ids=[project.id])[project.id] == pytest.approx(130, abs=2)


@pytest.mark.parametrize(("owner", "words"), [("PERSON", "2 of your runs"), ("PROJECT", "2 runs of this project")])
def test_more_active_runs_than_allowed_are_refused_with_the_number(
    session: Session, scientist: Actor, project: Project, settings: pytest.MonkeyPatch, owner: str, words: str
) -> None:
    limit(settings, f"MOST_ACTIVE_PER_{owner}", 2)
    first, _ = (make_run(session, scientist, project.id) for _ in range(2))
    with pytest.raises(TooManyRequestsError, match=f"{words} are not done yet"):
        start_run(session, actor=scientist, project_id=project.id, dataset_id=first.dataset_version_id)
    first.state = "paused"
    session.add(first)
    make_run(session, scientist, project.id)
    with pytest.raises(TooManyRequestsError, match=words):
        resume_run(session, actor=scientist, run_id=first.id)


@pytest.mark.parametrize(("owner", "whose"), [("PERSON", "Your runs"), ("PROJECT", "The runs of this project")])
def test_a_start_is_refused_when_the_worker_time_of_a_day_is_used_up(
    session: Session, scientist: Actor, project: Project, settings: pytest.MonkeyPatch, owner: str, whose: str
) -> None:
    limit(settings, f"SECONDS_PER_{owner}_PER_DAY", 600)
    run = make_run(session, scientist, project.id)
    spend(session, run, 599)
    make_run(session, scientist, project.id)
    spend(session, run, 1, number=2)
    with pytest.raises(TooManyRequestsError, match=f"{whose} took 10 minutes of workers") as refused:
        make_run(session, scientist, project.id)
    assert refused.value.status == 429


@pytest.mark.parametrize("owner", ["PERSON", "PROJECT"])
def test_a_started_run_over_its_quota_goes_on_behind_everybody_else(
    session: Session, scientist: Actor, project: Project, settings: pytest.MonkeyPatch, owner: str
) -> None:
    run = make_run(session, scientist, project.id, n_trials=3)
    stranger = make_actor(session, Role.DATA_SCIENTIST)
    later = make_run(session, stranger, make_project(session, stranger).id)
    assert find_position(session, run_id=run.id) == 1
    spend(session, run, 601)
    limit(settings, f"SECONDS_PER_{owner}_PER_DAY", 600)
    assert find_position(session, run_id=later.id) == 1
    assert find_position(session, run_id=run.id) == 2
    assert get_turn(session, actor=scientist, run_id=run.id).is_over_quota
