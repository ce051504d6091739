"""The work of a run, without the durable shell around it."""

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from optuna.storages import BaseStorage
from sqlalchemy import Engine
from sqlmodel import select

from db.session import reading, transaction
from db.settings import get_database_settings
from db.tables import Run, Trial
from db.types import utc_now
from services.audit.actor import SYSTEM, Actor
from services.automl.claims import Place
from services.automl.commands import ask_run, continue_run, start_run
from services.automl.execution import Closing, close_search
from services.automl.family_names import DIRECTED_FAMILIES
from services.automl.prepared_tables import get_prepared_tables
from services.automl.priced_rows import priced_holdout, priced_judged
from services.automl.project_file import read_project
from services.automl.queries import get_run
from services.automl.sentences import describe_run_amounts
from services.automl.serving_limits import ServingLimits
from services.automl.study import open_storage
from services.automl.views import RunView
from services.datasets.commands import describe_column, exclude_column
from services.models.beginning import begin_run
from services.models.finishing_job import finish_run
from services.models.queries import find_run_model, get_project_file
from services.models.results import list_results
from services.models.run_data import describe_preparation, load_array, load_preparation, store_array
from services.models.training_job import work_on_next_trial
from services.people.permissions import Role
from services.proposals.commands import save_objective
from services.proposals.objective import Constraints
from services.valuation.commands import save_valuation
from services.valuation.details import Details
from tests.makers import make_actor, make_project
from tests.makers_automl import CANDIDATES
from tests.makers_datasets import make_dataset
from tests.makers_jobs import make_worker
from tests.makers_models import make_run
from tests.makers_money import RETENTION
from tests.services.automl.test_references import PLAIN

PLACE = Place("living")


@pytest.fixture
def storage(engine: Engine) -> Iterator[BaseStorage]:
    opened = open_storage(get_database_settings())
    yield opened
    opened.remove_session()


@pytest.fixture
def scientist(engine: Engine) -> Actor:
    with transaction(engine) as session:
        make_worker(session, PLACE.worker_id)
        return make_actor(session, Role.DATA_SCIENTIST)


def queue_run(scientist: Actor, *, has_money: bool = False, **arguments: Any) -> str:
    with transaction() as session:
        business = make_actor(session)
        project = make_project(session, scientist, business)
        if has_money:
            save_valuation(session, actor=business, project_id=project.id, assumptions=PLAIN, based_on=0)
        return make_run(session, scientist, project.id, **arguments).id


def look(run_id: str) -> RunView:
    with reading() as session:
        return get_run(session, actor=SYSTEM, run_id=run_id)


def close(run_id: str) -> Closing:
    with transaction() as session:
        return close_search(session, run_id=run_id, generation=1)


def test_a_run_in_money_ends_with_the_model_that_earns_most(scientist: Actor, storage: BaseStorage) -> None:
    run_id = queue_run(scientist, has_money=True, n_trials=2)
    while work_on_next_trial(PLACE, storage):
        pass
    assert [trial.state for trial in look(run_id).trials] == ["complete", "complete"]
    assert close(run_id) == Closing.FINISH
    finish_run(run_id, 1)
    finish_run(run_id, 1)
    run = look(run_id)
    assert run.state == "finished"
    with reading() as session:
        model = find_run_model(session, actor=SYSTEM, run_id=run_id)
        best = list_results(session, run_id)[0]
    assert model is not None
    assert model.evaluation.money is not None
    assert model.threshold is not None
    assert model.family == best.candidate.family
    assert run.best is not None
    assert best.value_amount == max(trial.value_amount or 0.0 for trial in run.trials) == run.best.value_amount


def test_a_run_by_the_amounts_of_rows_ends_with_the_model_that_earns_most_on_them(
    scientist: Actor, storage: BaseStorage
) -> None:
    """Of an excluded column, with rows that have no amount; from the figures to the model and its project file."""
    formula = "where(tenure > 60, 1 / 0, 40 * charges - 500)"
    with transaction() as session:
        business = make_actor(session)
        project = make_project(session, scientist, business)
        figures = replace(PLAIN, details=Details(amount_formula=formula))
        save_valuation(session, actor=business, project_id=project.id, assumptions=PLAIN, based_on=0)
        dataset = make_dataset(session, scientist, project.id)
        dataset = exclude_column(
            session, actor=scientist, dataset_id=dataset.id, column="charges", reason="Known too late"
        )
        save_valuation(session, actor=business, project_id=project.id, assumptions=figures, based_on=1)
        run_id = start_run(session, actor=scientist, project_id=project.id, dataset_id=dataset.id, n_trials=2).id
    begin_run(run_id, 1, storage)
    while work_on_next_trial(PLACE, storage):
        pass
    assert close(run_id) == Closing.FINISH
    finish_run(run_id, 1)
    run, preparation = look(run_id), load_preparation(run_id)
    judged, holdout = priced_judged(preparation), priced_holdout(preparation)
    assert judged is not None
    assert holdout is not None
    assert preparation.train.amounts is not None
    assert "charges" not in preparation.train.x.columns
    for trial in run.complete_trials:
        assert trial.prediction_sha256 is not None
        scores = load_array(trial.prediction_sha256)[preparation.judged, 1]
        assert trial.value_amount == judged.best_yearly(scores)
        assert trial.value_low is not None
        assert trial.value_low <= trial.value_amount <= (trial.value_high or 0.0)
    with reading() as session:
        model = find_run_model(session, actor=SYSTEM, run_id=run_id)
        project_file = get_project_file(session, actor=SYSTEM, run_id=run_id)
    assert model is not None
    assert model.evaluation.money is not None
    assert model.evaluation.money.amounts == holdout.summary
    assert model.evaluation.money.perfect == holdout.perfect_yearly
    assert read_project(project_file).money == preparation.money
    assert read_project(project_file).types["charges"] == "float64"
    assert "charges" not in read_project(project_file).columns
    said = describe_run_amounts(run)
    assert said.startswith(
        f"The value of a caught case is that of its row: {formula}. Priced at the usual value of €500"
    )
    assert np.array_equal(
        load_array(run.circumstances["amounts"]["amounts_sha256"]), preparation.train.amounts, equal_nan=True
    )


def test_a_trial_is_held_to_what_people_expect_and_its_groups_are_compared(
    scientist: Actor, storage: BaseStorage
) -> None:
    with transaction() as session:
        project = make_project(session, scientist)
        make_dataset(session, scientist, project.id)
        for column, fields in (("tenure", {"expected_direction": "rises"}), ("payment", {"compared": "yes"})):
            describe_column(session, actor=scientist, project_id=project.id, column=column, **fields)
        run_id = make_run(session, scientist, project.id, n_trials=1).id
    assert work_on_next_trial(PLACE, storage)
    (trial,) = look(run_id).trials
    assert trial.family in DIRECTED_FAMILIES
    assert trial.fairness_gap is not None
    assert 0.0 <= trial.fairness_gap <= 1.0
    assert load_preparation(run_id).directions == {"tenure": 1}


@pytest.mark.slow
def test_a_continued_search_registers_another_model_only_where_it_found_a_better_one(
    scientist: Actor, storage: BaseStorage
) -> None:
    run_id = queue_run(scientist, n_trials=1)
    assert work_on_next_trial(PLACE, storage)
    assert close(run_id) == Closing.FINISH
    finish_run(run_id, 1)
    numbers = []
    for generation, score in ((2, 0.01), (3, 0.999)):
        with transaction() as session:
            continue_run(session, actor=scientist, run_id=run_id)
            run = session.get_one(Run, run_id)
            run.state = "finishing"
            trial = session.exec(select(Trial).where(Trial.run_id == run_id, Trial.number == 1)).one()
            parts = trial.model_dump(exclude={"id", "number", "score", "finished_at", "started_at"})
            session.add(Trial(**parts, number=generation, score=score, finished_at=utc_now()))
        finish_run(run_id, generation)
        with reading() as session:
            assert session.get_one(Run, run_id).state == "finished"
            model = find_run_model(session, actor=SYSTEM, run_id=run_id)
        assert model is not None
        numbers.append(model.number)
    assert numbers == [1, 2]


@pytest.mark.slow
def test_a_continued_search_registers_another_model_where_only_its_team_became_better(
    scientist: Actor, storage: BaseStorage
) -> None:
    run_id = queue_run(scientist, n_trials=1)
    assert work_on_next_trial(PLACE, storage)
    assert close(run_id) == Closing.FINISH
    finish_run(run_id, 1)
    y = load_preparation(run_id).train.y
    chances = np.where(np.arange(len(y)) % 2 == 0, np.where(y == 1, 0.99, 0.01), 0.5)  # half of the rows without fault
    with transaction() as session:
        continue_run(session, actor=scientist, run_id=run_id)
        run = session.get_one(Run, run_id)
        run.state = "finishing"
        first = session.exec(select(Trial).where(Trial.run_id == run_id, Trial.number == 1)).one()
        parts = first.model_dump(exclude={"id", "number", "score", "finished_at", "started_at", "prediction_sha256"})
        parts |= {"family": "extra_trees", "parameters": CANDIDATES["extra_trees"].parameters}
        parts["prediction_sha256"] = store_array(np.column_stack([1 - chances, chances]))
        session.add(Trial(**parts, number=2, score=(first.score or 0.0) - 0.001, finished_at=utc_now()))
    finish_run(run_id, 2)
    with reading() as session:
        model = find_run_model(session, actor=SYSTEM, run_id=run_id)
        assert [result.number for result in list_results(session, run_id)] == [1, 2]
    assert model is not None
    assert (model.number, model.family) == (2, "ensemble")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_trial_over_its_memory_keeps_a_plain_cause_and_the_run_says_it(
    scientist: Actor, storage: BaseStorage
) -> None:
    run_id = queue_run(scientist, n_trials=1, trial_memory_mb_limit=1)
    assert work_on_next_trial(PLACE, storage)
    assert close(run_id) == Closing.OVER
    run = look(run_id)
    assert run.trials[0].failure == "It needed more than 1 MB of memory."
    assert run.failure == (
        "None of the variants gave a model. The most frequent cause: It needed more than 1 MB of memory."
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_trial_over_its_time_keeps_a_plain_cause(scientist: Actor, storage: BaseStorage) -> None:
    run_id = queue_run(scientist, n_trials=1, trial_seconds_limit=0.05)
    assert work_on_next_trial(PLACE, storage)
    failure = look(run_id).trials[0].failure
    assert failure is not None
    assert "second" in failure or "longer than" in failure


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_stopping_ends_the_trial_that_is_on_its_way(scientist: Actor, storage: BaseStorage) -> None:
    run_id = queue_run(scientist, n_trials=50)
    assert work_on_next_trial(PLACE, storage)
    worker = threading.Thread(target=_work_until_the_end, args=(storage,))
    worker.start()
    with transaction() as session:
        ask_run(session, actor=scientist, run_id=run_id, wish="stop")
    started = time.monotonic()
    worker.join(timeout=30)
    assert not worker.is_alive()
    assert time.monotonic() - started < 15
    assert close(run_id) == Closing.FINISH


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_trial_that_was_taken_up_again_tries_the_same(scientist: Actor, storage: BaseStorage) -> None:
    run_id = queue_run(scientist, n_trials=1)
    with transaction() as session:
        run = session.get_one(Run, run_id)
        run.state = "running"
        chosen = {"strength": 0.25, "numbers": "ranked"}
        session.add(Trial(run_id=run_id, number=1, lane="1:0", worker_id="dead", family="linear", parameters=chosen))
    assert work_on_next_trial(PLACE, storage)
    trial = look(run_id).trials[0]
    assert (trial.state, trial.family, trial.parameters) == ("complete", "linear", chosen)


def test_a_worker_reads_the_data_of_a_run_once(scientist: Actor, engine: Engine) -> None:
    run_id = queue_run(scientist)
    tables, request = get_prepared_tables(), describe_preparation(run_id)
    with tables.use(request) as first, tables.use(request) as second:
        assert first == second
    assert load_preparation(run_id).train.x.equals(load_preparation(run_id).train.x)


def _work_until_the_end(storage: BaseStorage) -> None:
    while work_on_next_trial(PLACE, storage):
        pass


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_limit_of_the_objective_that_nothing_keeps_ends_the_run_with_the_nearest_named(
    scientist: Actor, storage: BaseStorage
) -> None:
    with transaction() as session:
        business = make_actor(session)
        project = make_project(session, scientist, business)
        objective = replace(RETENTION, constraints=Constraints(max_latency_ms=0.001))
        save_objective(session, actor=business, project_id=project.id, objective=objective, based_on=0)
        run_id = make_run(session, scientist, project.id, n_trials=1).id
    assert work_on_next_trial(PLACE, storage)
    run = look(run_id)
    assert run.limits == ServingLimits(row_ms=0.001)
    assert run.best is None
    beyond = run.trials[0].beyond_limits
    assert beyond is not None
    assert re.fullmatch(r"too slow: \d+ ms, at most 0.001 ms", beyond)
    assert close(run_id) == Closing.FINISH
    finish_run(run_id, 1)
    ended = look(run_id)
    assert ended.state == "failed"
    assert ended.failure is not None
    assert "No model keeps the limits of the objective. The nearest is the " in ended.failure
    assert beyond in ended.failure
