"""Workers that die anywhere: whoever goes on tries exactly what was left, and registers one model.

The death is an exception that nobody catches, at a point in the code that is named; what real processes do is in
`tests/portal/test_worker_faults.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from optuna.storages import BaseStorage
from sqlalchemy import Engine, event
from sqlmodel import Session, col, func, select

from db.artifacts import ArtifactMissingError
from db.session import reading, transaction
from db.settings import get_database_settings
from db.tables import AuditEvent, Model, Run, Trial, Worker
from db.types import utc_now
from services.audit.actor import Actor
from services.automl.claims import Place
from services.automl.commands import ask_run, resume_run
from services.automl.execution import Closing, close_search
from services.automl.prepared_tables import PreparationRequest
from services.automl.study import open_storage
from services.automl.trainers import FindInterruption, TrialWork
from services.automl.training import TrialOutcome
from services.automl.turns.execution import list_ended_searches
from services.jobs.child_process import ChildFailedError, ChildInterruptedError
from services.models import finishing_job, training_job
from services.models.results import SearchResult
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_automl import prepared
from tests.makers_jobs import make_worker
from tests.makers_models import make_finished, make_run

N_TRIALS = 3


class KilledError(BaseException):
    """As `kill -9`: nobody catches it, nothing is tidied up."""


@dataclass(frozen=True)
class Fake:
    """A preparation that needs no child."""

    def load(self) -> Any:
        """The one of the makers."""
        return prepared()


class FakeTables:
    """Prepared tables that need no child."""

    @contextmanager
    def use(self, request: PreparationRequest, **options: object) -> Iterator[Fake]:
        """Always the same."""
        yield Fake()


def train(work: TrialWork, find_interruption: FindInterruption) -> TrialOutcome:
    """A trial that takes no time; each has another score."""
    score = 0.5 + int(work.trial_id[:6], 16) / 2**25
    predictions = np.full((len(prepared().train), 2), score)
    return TrialOutcome(
        score=score, fold_scores=(score,), predictions=predictions, value_amount=None, seconds=0.0, parameters={}
    )


def finish_at_once(_run_id: str, _generation: int, ranked: Sequence[SearchResult]) -> Any:
    """A model of the best trial alone, without fitting it."""
    return SimpleNamespace(**vars(make_finished()), members=[(ranked[0].candidate, 1.0)], learns_from_all=False)


@pytest.fixture
def arranged(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A queued run, a worker that will die and one that will go on."""
    tables = FakeTables()
    monkeypatch.setattr(training_job, "get_prepared_tables", lambda: tables)
    monkeypatch.setattr(finishing_job, "_finish_in_child", finish_at_once)
    with transaction(engine) as session:
        for name in ("doomed", "other"):
            make_worker(session, name)
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        make_run(session, scientist, make_project(session, scientist).id, n_trials=N_TRIALS, budget_seconds=1_000)
    return engine


@pytest.fixture
def storage(arranged: Engine) -> Iterator[BaseStorage]:
    opened = open_storage(get_database_settings())
    yield opened
    opened.remove_session()


def run_of(session: Session) -> Run:
    return session.exec(select(Run)).one()


def starter() -> Actor:
    with reading() as session:
        return Actor(user_id=run_of(session).created_by, name="", role=Role.DATA_SCIENTIST)


def work_to_the_end(worker: str, storage: BaseStorage, trainer: Any = train) -> None:
    """What a worker does until there is nothing to do: trials at one place, then the end as the workflow makes it."""
    while training_job.work_on_next_trial(Place(worker), storage, trainer):
        pass
    with reading() as session:
        ended = list_ended_searches(session)
    for run_id, generation, _ in ended:
        with transaction() as session:
            closing = close_search(session, run_id=run_id, generation=generation)
        if closing == Closing.FINISH:
            finishing_job.finish_run(run_id, generation)


def bury(worker: str) -> None:
    with transaction() as session:
        session.get_one(Worker, worker).lease_until = utc_now() - timedelta(seconds=1)


def assert_complete_once() -> None:
    with reading() as session:
        run = run_of(session)
        trials = session.exec(select(Trial).order_by(col(Trial.number))).all()
        n_models = session.exec(select(func.count()).select_from(Model)).one()
        n_ends = len(session.exec(select(AuditEvent.id).where(AuditEvent.action == "run.finished")).all())
    assert (run.state, run.failure) == ("finished", None)
    assert [(trial.number, trial.state) for trial in trials] == [(n, "complete") for n in range(1, N_TRIALS + 1)]
    assert (n_models, n_ends) == (1, 1)


def die_in(module: Any, name: str) -> Callable[[pytest.MonkeyPatch, int], None]:
    """Dies when this is called, before it has done anything."""

    def arrange(monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
        original, calls = getattr(module, name), iter(range(1, 100))

        def dies(*arguments: Any, **options: Any) -> Any:
            if next(calls) == nth:
                raise KilledError
            return original(*arguments, **options)

        monkeypatch.setattr(module, name, dies)

    return arrange


def die_after(module: Any, name: str) -> Callable[[pytest.MonkeyPatch, int], None]:
    """Dies when this has been done, before its caller goes on (and before a transaction that it is a part of ends)."""

    def arrange(monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
        original, calls = getattr(module, name), iter(range(1, 100))

        def dies(*arguments: Any, **options: Any) -> Any:
            result = original(*arguments, **options)
            if next(calls) == nth:
                raise KilledError
            return result

        monkeypatch.setattr(module, name, dies)

    return arrange


POINTS: dict[str, Callable[[pytest.MonkeyPatch, int], None]] = {
    "before a trial is handed out": die_in(training_job, "hand_out_trial"),
    "when a trial was handed out": die_after(training_job, "hand_out_trial"),
    "reading the data": die_in(FakeTables, "use"),
    "choosing what to try": die_in(training_job, "ask"),
    "when it is chosen and not written down": die_after(training_job, "ask"),
    "writing down what is tried": die_after(training_job, "save_candidate"),
    "when the trial has ended": die_in(training_job, "_keep"),
    "storing predictions": die_in(training_job, "store_array"),
    "when predictions are stored": die_after(training_job, "store_array"),
    "writing down the result": die_after(training_job, "end_trial"),
    "telling the study": die_in(training_job, "tell"),
    "between two trials": die_after(training_job, "_try"),
    "finishing": die_in(finishing_job, "_finish_in_child"),
    "when the best is finished": die_after(finishing_job, "_finish_in_child"),
    "registering the model": die_after(finishing_job, "register_model"),
    "ending the run": die_after(finishing_job, "complete_run"),
}


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_dies_anywhere_costs_nothing_but_its_time(
    storage: BaseStorage, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    with monkeypatch.context() as patched:
        POINTS[point](patched, 1)
        with pytest.raises(KilledError):
            work_to_the_end("doomed", storage)
    bury("doomed")
    work_to_the_end("other", storage)
    assert_complete_once()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_trial_that_hangs_or_takes_all_memory_is_one_failed_trial(storage: BaseStorage) -> None:
    causes = iter(["It took longer than 5 s.", "It needed more than 2 GB of memory."])

    def fails_twice(work: TrialWork, find_interruption: FindInterruption) -> TrialOutcome:
        if cause := next(causes, None):
            raise ChildFailedError(cause)
        return train(work, find_interruption)

    work_to_the_end("other", storage, fails_twice)
    with reading() as session:
        run = run_of(session)
        trials = session.exec(select(Trial).order_by(col(Trial.number))).all()
    assert run.state == "finished"
    assert [(trial.state, trial.failure) for trial in trials] == [
        ("failed", "It took longer than 5 s."),
        ("failed", "It needed more than 2 GB of memory."),
        ("complete", None),
    ]


def no_space(*_: object, **__: object) -> Any:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("point", ["store_array", "register_model"])
def test_a_full_disk_pauses_the_run_and_nothing_is_lost_when_there_is_room_again(
    storage: BaseStorage, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(training_job if point == "store_array" else finishing_job, point, no_space)
        work_to_the_end("other", storage)
    with reading() as session:
        run = run_of(session)
    assert run.state == "paused"
    assert run.failure == (
        "No room is left where the portal keeps its files. What was found so far is kept. Make room, then let the run "
        "go on."
    )
    with transaction() as session:
        resume_run(session, actor=starter(), run_id=run.id)
    work_to_the_end("other", storage)
    assert_complete_once()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_table_that_is_gone_from_the_storage_pauses_the_run(
    storage: BaseStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> Any:
        raise ArtifactMissingError("gone")

    monkeypatch.setattr(FakeTables, "use", missing)
    work_to_the_end("other", storage)
    with reading() as session:
        run = run_of(session)
    assert (run.state, "cannot be read from the storage" in (run.failure or "")) == ("paused", True)


def test_a_fault_lets_go_of_the_trial_and_three_end_it(storage: BaseStorage) -> None:
    def breaks(work: TrialWork, find_interruption: FindInterruption) -> TrialOutcome:
        raise RuntimeError

    for _ in range(3):
        with pytest.raises(RuntimeError):
            work_to_the_end("other", storage, breaks)
    with reading() as session:
        (trial,) = session.exec(select(Trial)).all()
        assert (trial.state, trial.worker_id, trial.n_attempts) == ("running", None, 3)
    work_to_the_end("other", storage)
    with reading() as session:
        trials = session.exec(select(Trial).order_by(col(Trial.number))).all()
        assert [trial.state for trial in trials] == ["failed", "complete", "complete"]
        assert run_of(session).state == "finished"


def test_a_trial_that_could_not_be_let_go_of_is_taken_up_again_by_its_own_place(
    storage: BaseStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(work: TrialWork, find_interruption: FindInterruption) -> TrialOutcome:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(training_job, "_release", lambda _claimed: None)  # the database is away
        with pytest.raises(RuntimeError):
            work_to_the_end("other", storage, breaks)
    work_to_the_end("other", storage)
    assert_complete_once()


@pytest.mark.parametrize("wish", ["pause", "stop", "cancel"])
def test_a_wish_in_the_middle_of_a_trial_leaves_nothing_open(storage: BaseStorage, wish: Any) -> None:
    scientist = starter()
    numbers = iter(range(1, 100))

    def asked(work: TrialWork, find_interruption: FindInterruption) -> TrialOutcome:
        if next(numbers) == 2:
            with transaction() as session:
                ask_run(session, actor=scientist, run_id=work.run_id, wish=wish)
            found = find_interruption()
            assert found is not None
            assert found == wish
            raise ChildInterruptedError(found)
        return train(work, find_interruption)

    work_to_the_end("other", storage, asked)
    with reading() as session:
        run = run_of(session)
        states = [trial.state for trial in session.exec(select(Trial).order_by(col(Trial.number)))]
        n_models = session.exec(select(func.count()).select_from(Model)).one()
    assert (run.state, states, n_models) == {
        "pause": ("paused", ["complete", "running"], 0),
        "stop": ("finished", ["complete", "pruned"], 1),
        "cancel": ("cancelled", ["complete", "pruned"], 0),
    }[wish]


def test_nothing_is_left_open_in_the_database(storage: BaseStorage, arranged: Engine) -> None:
    """Every connection that work takes it gives back: a worker that goes on for weeks has none left over."""
    taken: list[object] = []
    event.listen(arranged, "checkout", lambda *_: taken.append(1))
    event.listen(arranged, "checkin", lambda *_: taken.pop())
    work_to_the_end("other", storage)
    assert taken == []
