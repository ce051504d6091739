import json
from dataclasses import replace

import optuna
import pytest

from services.automl.candidates import Candidate
from services.automl.families import TableShape, families
from services.automl.family_names import FAMILY_LABELS
from services.automl.search_space import enqueue_portfolio, portfolio, suggest
from services.automl.task import Task
from services.automl.training import new_pipeline
from tests.makers_automl import prepared


@pytest.mark.parametrize("task", list(Task))
def test_the_first_three_candidates_are_of_three_families(task: Task) -> None:
    assert len({candidate.family for candidate in portfolio(prepared(task))[:3]}) == 3


@pytest.mark.parametrize("task", list(Task))
def test_a_study_tries_the_portfolio_first_exactly_as_it_is(task: Task) -> None:
    preparation = prepared(task)
    study = optuna.create_study()
    enqueue_portfolio(study, preparation)
    tried = [suggest(study.ask(), preparation) for _ in portfolio(preparation)]
    assert tried == portfolio(preparation)


def test_after_the_portfolio_every_suggestion_can_be_built() -> None:
    for task in Task:
        preparation = prepared(task)
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
        for _ in range(15):
            candidate = suggest(study.ask(), preparation)
            assert Candidate(candidate.family, json.loads(json.dumps(candidate.parameters))) == candidate
            new_pipeline(preparation, candidate)


def test_every_family_has_a_builder_and_a_name() -> None:
    assert set(families()) == set(FAMILY_LABELS)


def test_many_classes_begin_with_a_forest_that_is_there_in_a_second() -> None:
    shape = TableShape(Task.MULTICLASS, n_rows=13_000, n_features=16, n_classes=26, has_text=False, is_skewed=False)
    first, second, *_ = families()["extra_trees"].portfolio(shape)
    assert first["n_trees"] < second["n_trees"] / 2


def test_rows_are_compared_with_each_other_only_where_they_are_few() -> None:
    """13,000 rows took 10 seconds and more than a gigabyte."""
    shape = TableShape(Task.BINARY, n_rows=10_000, n_features=10, n_classes=2, has_text=False, is_skewed=False)
    assert families()["neighbours"].portfolio(shape)
    assert not families()["neighbours"].portfolio(replace(shape, n_rows=13_000))
