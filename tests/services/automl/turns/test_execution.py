"""Handing out places: everybody gets their turn, and what is over is ended."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from db.session import transaction
from db.tables import Run, Trial, Worker
from db.types import utc_now
from services.audit.actor import Actor
from services.automl.claims import ClaimedTrial, Place
from services.automl.commands import ask_run, resume_run
from services.automl.execution import Closing, close_search, end_trial
from services.automl.run_notes import mark_prepared
from services.automl.turns.execution import hand_out_trial, list_beginnings, list_ended_searches
from services.people.permissions import Role
from tests.makers import Project, make_actor, make_project
from tests.makers_jobs import make_worker
from tests.makers_models import make_run, make_trial

PLACE, OTHER = Place("living"), Place("living", 1)


@pytest.fixture
def arranged(engine: Engine) -> Engine:
    with transaction(engine) as session:
        make_worker(session, "living")
        make_worker(session, "dead", is_alive=False)
    return engine


def make_person(session: Session) -> tuple[Actor, Project]:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    return scientist, make_project(session, scientist)


def queue(n_runs: int = 1, **arguments: Any) -> list[str]:
    with transaction() as session:
        scientist, project = make_person(session)
        return [make_run(session, scientist, project.id, **arguments).id for _ in range(n_runs)]


def hand_out(place: Place = PLACE) -> ClaimedTrial:
    claimed = hand_out_trial(place)
    assert claimed is not None
    return claimed


def end(claimed: ClaimedTrial) -> None:
    with transaction() as session:
        assert end_trial(session, claimed=claimed, state="complete", score=0.8, fold_scores=[0.8])


def ended() -> list[str]:
    with transaction() as session:
        return [run.run_id for run in list_ended_searches(session)]


def test_one_run_gets_every_second_trial_beside_twenty_of_somebody_else(arranged: Engine) -> None:
    many = queue(20)
    (one,) = queue()
    served = []
    for _ in range(10):  # one place: a trial at a time
        claimed = hand_out()
        served.append(claimed.run_id)
        end(claimed)
    assert Counter(served) == {many[0]: 5, one: 5}


def test_with_two_places_each_of_two_people_has_one(arranged: Engine) -> None:
    (mine,), (yours,) = queue(), queue()
    long = hand_out()
    assert long.run_id == mine
    for _ in range(3):
        short = hand_out(OTHER)
        assert short.run_id == yours
        end(short)


def test_what_a_dead_worker_held_counts_for_nobody(arranged: Engine) -> None:
    (mine,), (yours,) = queue(), queue()
    lost = hand_out(Place("dead"))
    assert [hand_out().run_id, hand_out(OTHER).run_id] == [yours, mine]
    with transaction() as session:
        assert session.get_one(Trial, lost.id).worker_id == "living"


def test_a_run_that_is_stopped_gets_no_place(arranged: Engine) -> None:
    (run_id,) = queue()
    end(hand_out())
    with transaction() as session:
        session.get_one(Run, run_id).wish = "stop"
    assert hand_out_trial(PLACE) is None
    assert ended() == [run_id]


def test_nothing_is_handed_out_where_nobody_waits(arranged: Engine) -> None:
    assert hand_out_trial(PLACE) is None
    assert ended() == []


def test_a_search_is_over_when_its_last_trial_has_ended_and_not_before(arranged: Engine) -> None:
    (run_id,) = queue(n_trials=2)
    first, second = hand_out(), hand_out(OTHER)
    assert hand_out_trial(Place("living", 2)) is None
    end(first)
    assert ended() == []
    end(second)
    assert ended() == [run_id]


def test_a_search_is_over_when_its_time_is_up_though_a_trial_hangs(arranged: Engine) -> None:
    (run_id,) = queue(n_trials=2, budget_seconds=100)
    hand_out()
    for seconds, expected in ((99, []), (101, []), (170, [run_id])):
        with transaction() as session:
            make_worker_fresh(session)
            found = list_ended_searches(session, now=utc_now() + timedelta(seconds=seconds))
            assert [run.run_id for run in found] == expected


def make_worker_fresh(session: Session) -> None:
    """The worker of the trial is alive at all times that are looked at."""
    session.get_one(Worker, "living").lease_until = utc_now() + timedelta(hours=1)
    session.flush()


def test_a_trial_of_a_dead_worker_keeps_a_search_open_until_it_is_taken_up(arranged: Engine) -> None:
    (run_id,) = queue(n_trials=1)
    hand_out(Place("dead"))
    assert ended() == []
    end(hand_out())
    assert ended() == [run_id]


def test_a_paused_run_is_ended_and_handed_out_again_when_it_is_resumed(arranged: Engine) -> None:
    with transaction() as session:
        scientist, project = make_person(session)
        run_id = make_run(session, scientist, project.id).id
    opened = hand_out()
    with transaction() as session:
        ask_run(session, actor=scientist, run_id=run_id, wish="pause")
    assert ended() == [run_id]
    with transaction() as session:
        assert close_search(session, run_id=run_id, generation=1) == Closing.OVER
        resume_run(session, actor=scientist, run_id=run_id)
    assert hand_out().id == opened.id
    assert ended() == []


def test_of_one_person_as_many_searches_end_at_a_time_as_there_are_workers(arranged: Engine) -> None:
    many = queue(3, n_trials=1)
    (one,) = queue(n_trials=1)
    for run_id in (*many, one):
        with transaction() as session:
            make_trial(session, session.get_one(Run, run_id), 1)
    assert ended() == [many[0], one]
    with transaction() as session:
        make_worker(session, "another")
    assert ended() == [many[0], many[1], one]


def begun() -> list[str]:
    with transaction() as session:
        return [run.run_id for run in list_beginnings(session)]


def test_nothing_is_tried_or_ended_before_a_worker_has_read_the_data(arranged: Engine) -> None:
    (run_id,) = queue(is_prepared=False)
    assert hand_out_trial(PLACE) is None
    assert (begun(), ended()) == ([run_id], [])
    with transaction() as session:
        mark_prepared(session, run_id=run_id)
    assert (begun(), ended()) == ([], [])
    assert hand_out().run_id == run_id


def test_a_run_that_waits_for_its_data_costs_its_person_no_turn(arranged: Engine) -> None:
    with transaction() as session:
        scientist, project = make_person(session)
        make_run(session, scientist, project.id, is_prepared=False)
        mine = make_run(session, scientist, project.id).id
    (yours,) = queue()
    assert [hand_out().run_id, hand_out(OTHER).run_id] == [mine, yours]


def test_data_are_read_in_turn_and_of_one_person_as_many_at_a_time_as_there_are_workers(arranged: Engine) -> None:
    many = queue(3, is_prepared=False)
    (one,) = queue(is_prepared=False)
    (urgent,) = queue(is_prepared=False)
    with transaction() as session:
        session.get_one(Run, urgent).priority = "high"
    assert begun() == [urgent, many[0], one]


def test_a_run_whose_results_were_all_taken_over_is_ended_at_once(arranged: Engine) -> None:
    (run_id,) = queue(n_trials=1)
    with transaction() as session:
        make_trial(session, session.get_one(Run, run_id), 1)
    assert ended() == [run_id]
    with transaction() as session:
        assert close_search(session, run_id=run_id, generation=1) == Closing.FINISH
        assert session.get_one(Run, run_id).started_at is not None
