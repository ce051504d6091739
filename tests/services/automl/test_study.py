"""The memory of a search."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from optuna.storages import BaseStorage
from sqlalchemy import Engine

from db.settings import get_database_settings
from services.automl.candidates import Candidate
from services.automl.family_names import DIRECTED_FAMILIES
from services.automl.preparation import Preparation, prepare
from services.automl.search_space import portfolio
from services.automl.study import ask, open_storage, open_study, tell
from services.automl.training import train_candidate
from tests.makers_datasets import make_frame

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def storage(engine: Engine) -> Iterator[BaseStorage]:
    opened = open_storage(get_database_settings())
    yield opened
    opened.remove_session()


@lru_cache
def preparation() -> Preparation:
    return prepare(make_frame(), target="churn")


@pytest.mark.slow
def test_the_portfolio_is_tried_first_in_its_order(storage: BaseStorage) -> None:
    study = open_study(storage, run_id="run", greater_is_better=True)
    planned = portfolio(preparation())
    asked = [ask(study, number=n, storage=storage, preparation=preparation()) for n in range(1, len(planned) + 1)]
    assert asked == planned


def test_asking_again_about_a_trial_gives_the_same_answer(storage: BaseStorage) -> None:
    study = open_study(storage, run_id="run", greater_is_better=True)
    number = len(portfolio(preparation())) + 1
    first = ask(study, number=number, storage=storage, preparation=preparation())
    elsewhere = open_storage(get_database_settings())
    reopened = open_study(elsewhere, run_id="run", greater_is_better=True)
    assert ask(reopened, number=number, storage=elsewhere, preparation=preparation()) == first
    elsewhere.remove_session()
    assert len(study.trials) == 1


def test_two_workers_are_never_given_the_same_idea(storage: BaseStorage) -> None:
    first = len(portfolio(preparation())) + 1
    ideas = []
    for number in range(first, first + 6):
        study = open_study(storage, run_id="run", greater_is_better=True)
        ideas.append(ask(study, number=number, storage=storage, preparation=preparation()))
    assert all(idea not in ideas[:place] for place, idea in enumerate(ideas))


def test_telling_again_changes_nothing(storage: BaseStorage) -> None:
    study = open_study(storage, run_id="run", greater_is_better=True)
    ask(study, number=1, storage=storage, preparation=preparation())
    ask(study, number=2, storage=storage, preparation=preparation())
    tell(study, number=1, value=0.8)
    tell(study, number=1, value=0.1)
    tell(study, number=2, value=None)
    assert study.best_value == 0.8
    assert [trial.state.name for trial in study.trials] == ["COMPLETE", "FAIL"]


def test_the_study_keeps_out_of_the_portals_tables(storage: BaseStorage, engine: Engine) -> None:
    from db.migrations import current_revision, latest_revision, pending_changes

    with engine.connect() as connection:
        assert current_revision(connection) == latest_revision()
    pending_changes(engine)


def test_workers_that_start_together_create_the_tables_once(engine: Engine) -> None:
    code = (
        "from db.settings import get_database_settings\n"
        "from services.automl.study import open_storage\n"
        "open_storage(get_database_settings())\n"
    )
    started = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ)) for _ in range(2)]
    assert [process.wait() for process in started] == [0, 0]


def test_a_search_for_some_kinds_tries_only_those(storage: BaseStorage) -> None:
    study = open_study(storage, run_id="run", greater_is_better=True)
    families = ("linear", "extra_trees")
    planned = [candidate for candidate in portfolio(preparation()) if candidate.family in families]
    asked = [
        ask(study, number=n, storage=storage, preparation=preparation(), families=families)
        for n in range(1, len(planned) + 8)
    ]
    assert asked[: len(planned)] == planned
    assert {candidate.family for candidate in asked} == set(families)


@pytest.mark.slow
def test_a_restriction_holds_from_the_next_trial_on_until_it_is_taken_back(storage: BaseStorage) -> None:
    study = open_study(storage, run_id="run", greater_is_better=True)
    planned = portfolio(preparation())

    def next_one(number: int, *only: str) -> Candidate:
        candidate = ask(study, number=number, storage=storage, preparation=preparation(), only=only)
        tell(study, number=number, value=0.5 + number / 100)
        return candidate

    first = next_one(1)
    restricted = [next_one(number, "lightgbm") for number in range(2, 14)]
    both = [next_one(number, "lightgbm", "random_forest") for number in range(14, 20)]
    freed = [next_one(number) for number in range(20, 20 + len(planned))]
    assert first == planned[0]
    assert {candidate.family for candidate in restricted} == {"lightgbm"}
    planned_boosting = [candidate for candidate in planned if candidate.family == "lightgbm"]
    assert all(candidate in [first, *restricted[: len(planned_boosting)]] for candidate in planned_boosting)
    assert {candidate.family for candidate in both} == {"lightgbm", "random_forest"}
    assert "linear" in {candidate.family for candidate in freed}  # what was planned and left out is tried now
    everything = [first, *restricted, *both, *freed]
    assert all(candidate in everything for candidate in planned)  # of few values, the sampler may hit one again


@pytest.mark.slow
def test_a_kind_that_is_not_worth_its_time_on_a_table_is_tried_where_somebody_asks_for_it(storage: BaseStorage) -> None:
    frame = make_frame().assign(note=[f"said on the phone that the bill of month {n} was too high" for n in range(200)])
    wordy = prepare(frame, target="churn")
    study = open_study(storage, run_id="run", greater_is_better=True)
    unworthy = ("kernel", "neighbours", "neural_network")
    assert not {candidate.family for candidate in portfolio(wordy)} & {"kernel", "neighbours"}

    def next_one(number: int, *only: str) -> Candidate:
        candidate = ask(study, number=number, storage=storage, preparation=wordy, only=only)
        assert ask(study, number=number, storage=storage, preparation=wordy, only=only) == candidate
        tell(study, number=number, value=0.5 + number / 100)
        return candidate

    next_one(1)
    for number, kind in enumerate(unworthy, start=2):
        assert next_one(number, kind).family == kind
    assert {next_one(number, *unworthy).family for number in range(5, 11)} == set(unworthy)
    assert next_one(11).family in {candidate.family for candidate in portfolio(wordy)}
    outcome = train_candidate(wordy, next_one(12, "kernel"), seconds_limit=120)
    assert outcome.score > 0.5


@pytest.mark.heavy
@pytest.mark.slow
def test_the_sampler_leaves_the_kind_of_model_that_is_beyond_the_limits(storage: BaseStorage) -> None:
    """Extra trees are worth most and always too slow: after some trials they are asked for less than half as often."""
    families = ("extra_trees", "linear")
    asked = {True: 0, False: 0}
    for is_limited in (False, True):
        study = open_study(storage, run_id=f"limited {is_limited}", greater_is_better=True)
        for number in range(1, 41):
            candidate = ask(study, number=number, storage=storage, preparation=preparation(), families=families)
            is_slow = candidate.family == "extra_trees"
            excess = (2.0 if is_slow else -0.5) if is_limited else None
            tell(study, number=number, value=1.0 if is_slow else 0.0, excess=excess)
            asked[is_limited] += is_slow and number > 20
    assert asked[True] < asked[False] / 2


def test_how_far_a_trial_is_beyond_is_kept_with_it(storage: BaseStorage) -> None:
    study = open_study(storage, run_id="run", greater_is_better=True)
    for number, excess in ((1, 2.15), (2, None)):
        ask(study, number=number, storage=storage, preparation=preparation())
        tell(study, number=number, value=0.5, excess=excess)
        tell(study, number=number, value=0.5, excess=excess)
    assert [trial.constraints for trial in study.trials] == [{"limits": 2.15}, {}]


def test_a_kind_of_model_that_cannot_keep_a_direction_is_not_tried_even_where_somebody_asks(
    storage: BaseStorage,
) -> None:
    directed = replace(preparation(), directions={"tenure": -1})
    study = open_study(storage, run_id="run", greater_is_better=True)
    found = [
        ask(study, number=number, storage=storage, preparation=directed, only=("linear", "lightgbm"))
        for number in range(1, 4)
    ]
    assert {candidate.family for candidate in found} == {"lightgbm"}
    assert ask(study, number=4, storage=storage, preparation=directed, only=("linear",)).family in DIRECTED_FAMILIES
