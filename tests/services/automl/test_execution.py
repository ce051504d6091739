"""The life of a run: every step may be repeated, and the number of trials is exact."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from db.tables import AuditEvent, Run, Trial, Worker
from db.types import utc_now
from services.audit.actor import Actor
from services.automl.claims import ClaimedTrial, Place
from services.automl.commands import ask_run, extend_run, restrict_run, resume_run
from services.automl.execution import (
    MAX_ATTEMPTS,
    Closing,
    cancel_finishing,
    claim_trial,
    close_search,
    complete_run,
    end_trial,
    fail_beginning,
    fail_run,
    find_interruption,
    release_trial,
    save_candidate,
)
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_jobs import make_worker
from tests.makers_models import make_run

N_TRIALS = 4


@pytest.fixture
def scientist(session: Session) -> Actor:
    make_worker(session, "A")
    make_worker(session, "B")
    make_worker(session, "dead", is_alive=False)
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def run(session: Session, scientist: Actor) -> Run:
    project = make_project(session, scientist)
    return make_run(session, scientist, project.id, n_trials=N_TRIALS, budget_seconds=100)


def claim(session: Session, run: Run, *, worker: str = "A", index: int = 0) -> ClaimedTrial:
    claimed = claim_trial(session, run_id=run.id, place=Place(worker, index))
    assert claimed is not None
    return claimed


def may_claim(session: Session, run: Run, **changes: Any) -> bool:
    """Whether one more place would get a trial."""
    return claim_trial(session, run_id=run.id, place=Place("A", N_TRIALS), **changes) is not None


def end_well(session: Session, claimed: ClaimedTrial) -> bool:
    return end_trial(session, claimed=claimed, state="complete", score=0.8, fold_scores=[0.8])


def close(session: Session, run: Run) -> Closing:
    """What happens when every lane has ended because the time is up."""
    return close_search(session, run_id=run.id, generation=1, now=utc_now() + timedelta(seconds=101))


def actions(session: Session, run: Run) -> list[str]:
    statement = select(AuditEvent.action).where(AuditEvent.object_id == run.id).order_by(col(AuditEvent.id))
    return list(session.exec(statement))


def trials(session: Session, run: Run) -> list[Trial]:
    return list(session.exec(select(Trial).where(Trial.run_id == run.id).order_by(col(Trial.number))))


def test_the_first_claim_starts_the_clock_and_is_recorded(session: Session, run: Run) -> None:
    assert run.state == "queued"
    assert claim(session, run).number == 1
    assert run.state == "running"
    assert run.started_at is not None
    assert run.served_at is not None
    assert actions(session, run) == ["run.queued", "run.started"]


def test_a_trial_whose_worker_died_is_taken_up_with_its_parameters(session: Session, run: Run) -> None:
    first = claim(session, run, worker="dead")
    save_candidate(session, claimed=first, family="linear", parameters={"strength": 1.0}, phase="Trying linear model")
    again = claim(session, run, worker="B")
    assert (again.id, again.family, again.parameters) == (first.id, "linear", {"strength": 1.0})
    assert run.phase == "Trying linear model"
    assert claim(session, run).number == 2


def test_a_trial_that_a_living_worker_holds_is_left_to_it(session: Session, run: Run) -> None:
    places = (("A", 0), ("B", 0), ("A", 1))
    assert [claim(session, run, worker=worker, index=index).number for worker, index in places] == [1, 2, 3]


def test_a_place_that_asks_again_takes_up_what_it_held(session: Session, run: Run) -> None:
    first = claim(session, run)
    assert claim(session, run).id == first.id


def test_a_trial_that_was_let_go_of_is_taken_up(session: Session, run: Run) -> None:
    first = claim(session, run)
    release_trial(session, claimed=first)
    assert claim(session, run, worker="B").id == first.id
    release_trial(session, claimed=first)  # too late: another has it
    assert claim(session, run).number == 2


def test_the_result_of_a_worker_that_was_taken_for_dead_does_not_count(session: Session, run: Run) -> None:
    first = claim(session, run, worker="dead")
    second = claim(session, run, worker="B")
    assert not end_well(session, first)
    assert end_well(session, second)
    assert not end_well(session, second)


def test_a_trial_that_ends_its_workers_is_given_up_and_the_next_one_begins(session: Session, run: Run) -> None:
    attempts = [claim(session, run, worker="dead").number for _ in range(MAX_ATTEMPTS)]
    assert attempts == [1] * MAX_ATTEMPTS
    assert claim(session, run).number == 2
    given_up = trials(session, run)[0]
    assert given_up.state == "failed"
    assert "begun 3 times and never ended" in (given_up.failure or "")


def test_no_place_gets_a_trial_beyond_the_budget(session: Session, run: Run) -> None:
    assert [claim(session, run, index=index).number for index in range(N_TRIALS)] == [1, 2, 3, 4]
    assert not may_claim(session, run)


def test_no_trial_begins_after_the_time_is_up(session: Session, run: Run) -> None:
    end_well(session, claim(session, run))
    late = utc_now() + timedelta(seconds=101)
    assert not may_claim(session, run, now=late)
    assert close_search(session, run_id=run.id, generation=1, now=late) == Closing.FINISH
    assert run.used_seconds == pytest.approx(101, abs=1)


def test_a_trial_gets_no_more_time_than_is_left(session: Session, run: Run) -> None:
    claim(session, run)
    late = utc_now() + timedelta(seconds=90)
    claimed = claim_trial(session, run_id=run.id, place=Place("A"), now=late)
    assert claimed is not None
    assert claimed.seconds_limit == pytest.approx(10, abs=1)


def test_closing_twice_gives_the_same_answer_and_one_event(session: Session, run: Run) -> None:
    end_well(session, claim(session, run))
    assert close(session, run) == Closing.FINISH
    assert close(session, run) == Closing.FINISH
    complete_run(session, run_id=run.id, generation=1)
    complete_run(session, run_id=run.id, generation=1)
    assert close(session, run) == Closing.OVER
    assert actions(session, run) == ["run.queued", "run.started", "run.finished"]


def test_a_pause_keeps_the_open_trial_for_the_next_generation(session: Session, run: Run, scientist: Actor) -> None:
    end_well(session, claim(session, run))
    opened = claim(session, run)
    ask_run(session, actor=scientist, run_id=run.id, wish="pause")
    assert find_interruption(session, run_id=run.id, generation=1) == "pause"
    assert not may_claim(session, run)
    assert close_search(session, run_id=run.id, generation=1) == Closing.OVER
    assert (run.state, run.wish) == ("paused", "none")
    resume_run(session, actor=scientist, run_id=run.id)
    assert find_interruption(session, run_id=run.id, generation=1) == "over"
    again = claim(session, run)
    assert again.id == opened.id
    assert [trial.number for trial in trials(session, run)] == [1, 2]
    assert trials(session, run)[1].n_attempts == 1  # a pause is nobody's fault
    assert not end_well(session, opened)  # what was computed before the pause is not taken for what is computed now
    assert end_well(session, again)


def test_stopping_keeps_what_ended_and_says_why_the_rest_did_not(session: Session, run: Run, scientist: Actor) -> None:
    end_well(session, claim(session, run))
    claim(session, run)
    ask_run(session, actor=scientist, run_id=run.id, wish="stop")
    assert close(session, run) == Closing.FINISH
    session.expire_all()
    assert [(trial.state, trial.failure) for trial in trials(session, run)] == [
        ("complete", None),
        ("pruned", "The search was stopped before this variant ended."),
    ]


def test_cancelling_keeps_no_model(session: Session, run: Run, scientist: Actor) -> None:
    end_well(session, claim(session, run))
    ask_run(session, actor=scientist, run_id=run.id, wish="cancel")
    assert close(session, run) == Closing.OVER
    assert (run.state, run.finished_at is not None) == ("cancelled", True)


def test_a_wish_to_cancel_is_heard_while_the_best_is_finished(session: Session, run: Run, scientist: Actor) -> None:
    end_well(session, claim(session, run))
    assert close(session, run) == Closing.FINISH
    ask_run(session, actor=scientist, run_id=run.id, wish="cancel")
    assert find_interruption(session, run_id=run.id, generation=1) == "cancel"
    cancel_finishing(session, run_id=run.id, generation=1)
    assert run.state == "cancelled"


def test_a_run_without_a_model_fails_with_the_most_frequent_cause(session: Session, run: Run) -> None:
    for cause in ("It needed more than 2 GB of memory.", "It took longer than 15 s.", "It took longer than 15 s."):
        end_trial(session, claimed=claim(session, run), state="failed", failure=cause)
    assert close(session, run) == Closing.OVER
    assert run.state == "failed"
    assert run.failure == "None of the variants gave a model. The most frequent cause: It took longer than 15 s."


def test_a_fault_ends_the_run_once_and_not_a_later_generation(session: Session, run: Run, scientist: Actor) -> None:
    claim(session, run)
    ask_run(session, actor=scientist, run_id=run.id, wish="pause")
    close_search(session, run_id=run.id, generation=1)
    resume_run(session, actor=scientist, run_id=run.id)
    fail_run(session, run_id=run.id, generation=1, failure="Too late.")
    assert (run.state, run.failure) == ("queued", None)
    fail_run(session, run_id=run.id, generation=2, failure="A fault.")
    assert (run.state, run.failure) == ("failed", "A fault.")


def test_time_that_is_added_as_the_search_ends_is_searched(session: Session, run: Run, scientist: Actor) -> None:
    for _ in range(N_TRIALS):
        end_well(session, claim(session, run))
    assert not may_claim(session, run)
    extend_run(session, actor=scientist, run_id=run.id, based_on=100)
    assert close_search(session, run_id=run.id, generation=1) == Closing.AGAIN
    assert (run.state, run.n_reopened) == ("running", 1)  # it can end once more
    assert claim(session, run).number == N_TRIALS + 1


def test_time_that_is_added_early_moves_the_end(session: Session, run: Run, scientist: Actor) -> None:
    end_well(session, claim(session, run))
    extend_run(session, actor=scientist, run_id=run.id, based_on=100)
    assert claim(session, run).number == 2
    assert close_search(session, run_id=run.id, generation=1, now=utc_now() + timedelta(seconds=101)) == Closing.AGAIN
    assert close_search(session, run_id=run.id, generation=1, now=utc_now() + timedelta(seconds=701)) == Closing.FINISH


def test_a_wish_goes_before_time_that_was_added(session: Session, run: Run, scientist: Actor) -> None:
    end_well(session, claim(session, run))
    extend_run(session, actor=scientist, run_id=run.id, based_on=100)
    ask_run(session, actor=scientist, run_id=run.id, wish="stop")
    assert close_search(session, run_id=run.id, generation=1) == Closing.FINISH


def test_the_next_trial_knows_what_may_be_tried(session: Session, run: Run, scientist: Actor) -> None:
    assert (claim(session, run).families, claim(session, run).only_families) == ((), ())
    restrict_run(session, actor=scientist, run_id=run.id, families=["linear"])
    assert claim(session, run).only_families == ("linear",)


@settings(max_examples=15)
@given(steps=st.lists(st.tuples(st.sampled_from(["A", "B", "dead"]), st.booleans()), max_size=25))
def test_whatever_dies_when_no_number_is_given_twice(session: Session, steps: list[tuple[str, bool]]) -> None:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    known = {worker.executor_id for worker in session.exec(select(Worker))}
    for worker in {"A", "B", "dead"} - known:
        make_worker(session, worker, is_alive=worker != "dead")
    run = make_run(session, scientist, make_project(session, scientist).id, n_trials=N_TRIALS, budget_seconds=100)
    for worker, survives in steps:
        claimed = claim_trial(session, run_id=run.id, place=Place(worker))
        if claimed is not None and survives:
            end_well(session, claimed)
    found = trials(session, run)
    assert [trial.number for trial in found] == list(range(1, len(found) + 1))
    assert len(found) <= N_TRIALS
    assert all(trial.n_attempts <= MAX_ATTEMPTS for trial in found)


@pytest.mark.parametrize(("is_prepared", "expected"), [(True, "queued"), (False, "failed")])
def test_a_run_fails_where_reading_its_data_broke_off_and_not_where_they_were_read_meanwhile(
    session: Session, run: Run, is_prepared: bool, expected: str
) -> None:
    run.prepared_at = utc_now() if is_prepared else None
    session.add(run)
    fail_beginning(session, run_id=run.id, generation=1, failure="It broke off.")
    assert run.state == expected


def test_a_run_is_not_claimed_before_its_data_were_read(session: Session, run: Run) -> None:
    run.prepared_at = None
    session.add(run)
    assert not may_claim(session, run)
    assert run.state == "queued"
