"""What is written down before the first trial, and what a repeated run need not compute again."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from optuna.storages import BaseStorage
from sqlalchemy import Engine

from db.session import reading, transaction
from db.settings import get_database_settings
from db.tables import Run
from services.audit.actor import SYSTEM, Actor
from services.automl.claims import Place
from services.automl.commands import ask_run, repeat_run, resume_run
from services.automl.errors import UnusableDataError
from services.automl.execution import close_search
from services.automl.money import money_goal
from services.automl.priced_rows import priced_judged
from services.automl.queries import get_run
from services.automl.study import open_storage, open_study
from services.automl.views import RunView
from services.models.beginning import begin_run
from services.models.finishing_job import finish_run
from services.models.queries import find_run_model
from services.models.run_data import NO_ROOM, describe_preparation, halting, load_array, load_preparation
from services.models.training_job import work_on_next_trial
from services.people.permissions import Role
from services.projects.commands import add_member
from services.proposals.commands import save_objective
from services.proposals.objective import Constraints, Objective
from services.valuation.commands import save_valuation
from services.valuation.details import Details
from tests.makers import make_actor, make_project
from tests.makers_models import make_run, make_trial
from tests.makers_money import DISCOUNT, RETENTION
from tests.services.automl.test_references import PLAIN


@pytest.fixture
def storage(engine: Engine) -> Iterator[BaseStorage]:
    opened = open_storage(get_database_settings())
    yield opened
    opened.remove_session()


@pytest.fixture
def scientist(engine: Engine) -> Actor:
    with transaction(engine) as session:
        return make_actor(session, Role.DATA_SCIENTIST)


def queue(scientist: Actor, **arguments: object) -> str:
    with transaction() as session:
        project = make_project(session, scientist)
        return make_run(session, scientist, project.id, is_prepared=False, **arguments).id


def look(run_id: str) -> RunView:
    with reading() as session:
        return get_run(session, actor=SYSTEM, run_id=run_id)


def search(run_id: str, storage: BaseStorage) -> None:
    begin_run(run_id, 1, storage)
    while work_on_next_trial(Place("worker"), storage):
        pass
    with transaction() as session:
        assert close_search(session, run_id=run_id, generation=1)


def end(run_id: str) -> None:
    with transaction() as session:
        run = session.get_one(Run, run_id)
        run.state = "finished"
        session.add(run)


def again(scientist: Actor, run_id: str, step: str, **changes: object) -> str:
    with transaction() as session:
        return repeat_run(session, actor=scientist, run_id=run_id, step=step, **changes).id  # type: ignore[arg-type]


@pytest.mark.heavy
@pytest.mark.slow
def test_a_run_of_before_is_priced_anew_by_the_amounts_of_its_rows_when_it_is_repeated(
    scientist: Actor, storage: BaseStorage
) -> None:
    """The figures had the formula when it ran, but nobody heeded it then: its own results stay as they are."""
    with transaction() as session:
        business = make_actor(session)
        project = make_project(session, scientist, business)
        figures = replace(PLAIN, details=Details(amount_formula="40 * tenure"))
        make_run(session, scientist, project.id)
        save_valuation(session, actor=business, project_id=project.id, assumptions=figures, based_on=0)
        run = make_run(session, scientist, project.id, is_prepared=False, n_trials=1)
        run.business_inputs, run_id = {}, run.id
        session.add(run)
    search(run_id, storage)
    end(run_id)
    assert load_preparation(run_id).money == money_goal(PLAIN)
    assert "amounts" not in look(run_id).circumstances
    repeated = again(scientist, run_id, "search", n_trials=2)
    begin_run(repeated, 1, storage)
    (before,), (after,) = look(run_id).trials, look(repeated).trials
    judged, preparation = priced_judged(load_preparation(repeated)), load_preparation(repeated)
    assert judged is not None
    assert after.reused_from == before.id
    assert (after.score, after.prediction_sha256) == (before.score, before.prediction_sha256)
    scores = load_array(after.prediction_sha256 or "")[preparation.judged, 1]
    assert after.value_amount == judged.best_yearly(scores) != before.value_amount
    assert look(repeated).circumstances["amounts"]["n_rows"] == len(preparation.train)


def test_the_circumstances_are_written_down_once(scientist: Actor, storage: BaseStorage) -> None:
    run_id = queue(scientist)
    begin_run(run_id, 1, storage)
    found = look(run_id).circumstances
    preparation = load_preparation(run_id)
    assert found["split"]["n_train"] == len(preparation.train)
    assert np.array_equal(load_array(found["split"]["truth_sha256"]), preparation.train.y)
    assert "scikit-learn" in found["environment"]["libraries"]
    begin_run(run_id, 1, storage)
    assert look(run_id).circumstances == found


def test_a_run_that_was_begun_when_all_rows_were_looked_at_goes_on_with_all(
    scientist: Actor, storage: BaseStorage
) -> None:
    run_id = queue(scientist)
    assert not dict(describe_preparation(run_id).arguments)["is_whole"]
    begin_run(run_id, 1, storage)
    assert not dict(describe_preparation(run_id).arguments)["is_whole"]
    with transaction() as session:
        run = session.get_one(Run, run_id)
        assert run.circumstances is not None
        split = {name: value for name, value in run.circumstances["split"].items() if name != "n_rest"}
        run.circumstances = {**run.circumstances, "split": split}
    assert dict(describe_preparation(run_id).arguments)["is_whole"]


@pytest.mark.slow
def test_a_split_that_somebody_chose_is_followed_and_said_in_the_run_and_in_its_model(
    scientist: Actor, storage: BaseStorage
) -> None:
    run_id = queue(scientist, n_trials=1, split={"kind": "time", "time": "charges", "gap": 2.0})
    search(run_id, storage)
    finish_run(run_id, 1)
    preparation = load_preparation(run_id)
    assert preparation.train.x["charges"].max() < preparation.holdout.x["charges"].min() - 2
    said = "The last part by “charges” was kept aside, and each fold judges what came after what it learned, with a gap"
    assert look(run_id).circumstances["split"]["reason"].startswith(said)
    with reading() as session:
        model = find_run_model(session, actor=SYSTEM, run_id=run_id)
    assert model is not None
    assert model.evaluation.split == preparation.split.reason


@pytest.mark.slow
def test_a_search_that_goes_on_fits_nothing_twice(scientist: Actor, storage: BaseStorage) -> None:
    first = queue(scientist, n_trials=2)
    search(first, storage)
    end(first)
    second = again(scientist, first, "search", n_trials=3)
    search(second, storage)
    before, after = look(first), look(second)
    assert [trial.reused_from for trial in after.trials] == [*(trial.id for trial in before.trials), None]
    for old, new in zip(before.trials, after.trials, strict=False):
        assert (new.parameters, new.score, new.prediction_sha256) == (old.parameters, old.score, old.prediction_sha256)
        assert old.score_low is not None
        assert (new.score_low, new.duration_seconds) == (old.score_low, old.duration_seconds)
    assert after.trials[2].family not in {"", None}
    assert len(open_study(storage, run_id=second, greater_is_better=True).trials) == 3
    end(second)
    third = again(scientist, second, "search", n_trials=2)
    begin_run(third, 1, storage)
    assert [trial.reused_from for trial in look(third).trials] == [trial.id for trial in before.trials]


@pytest.mark.slow
def test_finishing_again_fits_only_the_best_and_prices_it_as_of_now(scientist: Actor, storage: BaseStorage) -> None:
    first = queue(scientist, n_trials=2)
    search(first, storage)
    end(first)
    with transaction() as session:
        business, project_id = make_actor(session), look(first).project_id
        add_member(session, actor=scientist, project_id=project_id, email=business.email)
        save_valuation(session, actor=business, project_id=project_id, assumptions=PLAIN, based_on=0)
    second = again(scientist, first, "finishing")
    search(second, storage)
    finish_run(second, 1)
    found = look(second)
    assert found.state == "finished"
    assert all(trial.reused_from for trial in found.trials)
    assert all(trial.value_amount is not None and trial.value_low is not None for trial in found.trials)
    assert all(trial.value_amount is None for trial in look(first).trials)
    assert found.circumstances["seconds"]["finishing"] > 0
    with reading() as session:
        model = find_run_model(session, actor=SYSTEM, run_id=second)
    assert model is not None
    assert model.evaluation.money is not None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("part", ["split", "environment"])
def test_other_rows_or_other_software_start_the_search_anew(scientist: Actor, storage: BaseStorage, part: str) -> None:
    first = queue(scientist)
    begin_run(first, 1, storage)
    with transaction() as session:
        run = session.get_one(Run, first)
        changed = {"split": {"sha256": "0" * 64}, "environment": {"libraries": {}}}[part]
        run.circumstances = {**(run.circumstances or {}), part: changed}
        make_trial(session, run, 1)
        session.add(run)
    end(first)
    second = again(scientist, first, "search")
    begin_run(second, 1, storage)
    assert look(second).trials == ()
    if part == "split":
        with pytest.raises(UnusableDataError, match="dealt otherwise than in run 1"):
            begin_run(again(scientist, first, "finishing"), 1, storage)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_another_seed_takes_nothing_over(scientist: Actor, storage: BaseStorage) -> None:
    first = queue(scientist)
    begin_run(first, 1, storage)
    with transaction() as session:
        make_trial(session, session.get_one(Run, first), 1)
    end(first)
    second = again(scientist, first, "split")
    begin_run(second, 1, storage)
    assert look(second).trials == ()
    assert look(second).circumstances["split"]["sha256"] != look(first).circumstances["split"]["sha256"]


def searched(scientist: Actor) -> tuple[str, Actor]:
    """A run with a slow variant that was measured, and who may change its objective."""
    run_id = queue(scientist)
    begin_run(run_id, 1, open_storage(get_database_settings()))
    with transaction() as session:
        run = session.get_one(Run, run_id)
        make_trial(session, run, 1, latency_ms=63.0, size_bytes=1e6)
        business = make_actor(session)
        add_member(session, actor=scientist, project_id=run.project_id, email=business.email)
    end(run_id)
    return run_id, business


def decide(business: Actor, run_id: str, objective: Objective, based_on: int = 0) -> None:
    with transaction() as session:
        project_id = session.get_one(Run, run_id).project_id
        save_objective(session, actor=business, project_id=project_id, objective=objective, based_on=based_on)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_taken_over_is_held_against_the_limits_of_now(scientist: Actor, storage: BaseStorage) -> None:
    first, business = searched(scientist)
    assert look(first).trials[0].beyond_limits is None
    decide(business, first, replace(RETENTION, levers=(), constraints=Constraints(max_latency_ms=20.0)))
    second = again(scientist, first, "search")
    begin_run(second, 1, storage)
    assert [trial.beyond_limits for trial in look(second).trials] == ["too slow: 63 ms, at most 20 ms"]
    assert look(second).best is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_models_that_were_told_no_direction_are_not_taken_over_where_a_lever_demands_one(
    scientist: Actor, storage: BaseStorage
) -> None:
    first, business = searched(scientist)
    lever = replace(DISCOUNT, column="charges", direction=1)
    decide(business, first, replace(RETENTION, levers=(lever,), constraints=Constraints()))
    second = again(scientist, first, "search")
    begin_run(second, 1, storage)
    assert look(second).trials == ()
    assert look(second).directions == {"charges": 1}
    with pytest.raises(UnusableDataError, match="have other directions than in run 1"):
        begin_run(again(scientist, first, "finishing"), 1, storage)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_before_the_first_trial_pauses_the_run_until_there_is_room(
    scientist: Actor, storage: BaseStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_values: object) -> str:
        raise OSError(28, "No space left on device")

    run_id = queue(scientist)
    with monkeypatch.context() as patched, halting(run_id, 1):
        patched.setattr("services.models.beginning.store_array", no_space)
        begin_run(run_id, 1, storage)
    assert (look(run_id).state, look(run_id).failure) == ("paused", NO_ROOM)
    with transaction() as session:
        resume_run(session, actor=scientist, run_id=run_id)
    assert look(run_id).failure is None
    begin_run(run_id, 2, storage)
    with reading() as session:
        assert session.get_one(Run, run_id).prepared_at is not None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_cancels_a_run_while_its_data_are_read_ends_the_reading(scientist: Actor, storage: BaseStorage) -> None:
    run_id = queue(scientist)
    with transaction() as session:
        ask_run(session, actor=scientist, run_id=run_id, wish="cancel")
    begin_run(run_id, 1, storage)
    with reading() as session:
        run = session.get_one(Run, run_id)
        assert (run.state, run.prepared_at, run.circumstances) == ("cancelled", None, None)
