"""A whole look behind an explanation: every family and task, adding up, from training rows alone."""

from dataclasses import replace

import numpy as np
import pytest

from services.automl.task import Task
from services.models.pipeline_file import load_pipeline
from services.stories.deepening import look_behind
from services.stories.report import Told
from services.stories.telling import Asked
from tests.makers_automl import CANDIDATES, finished, prepared

NOBODY = Asked((), (), None)


def looked(family: str, task: Task = Task.BINARY) -> Told:
    return look_behind(load_pipeline(finished(family, task).pipeline_file), family, prepared(task), NOBODY)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "task"),
    [
        ("linear", Task.BINARY),
        ("extra_trees", Task.MULTICLASS),
        ("lightgbm", Task.REGRESSION),
        *(pytest.param(family, task, marks=pytest.mark.heavy) for family in CANDIDATES for task in Task),
    ],
)
def test_every_family_can_be_looked_behind_and_the_report_comes_back_as_it_was_stored(family: str, task: Task) -> None:
    told = looked(family, task)
    assert Told.from_document(told.document()) == told
    assert {shape.column for shape in told.behind.numbers} <= {"months", "charges", "since"}
    assert told.behind.stability.n_refits == 6
    assert told.behind.n_rows <= told.behind.n_train == 320


def test_the_drivers_that_made_the_data_have_the_clear_shapes() -> None:
    told = looked("lightgbm")
    months = next(shape for shape in told.behind.numbers if shape.column == "months")
    assert months.largest is not None
    assert months.largest.change < -30
    assert months.largest.is_clear
    plan = told.behind.categories[0]
    assert plan.values[0].value == "month"
    assert {cohort.column for cohort in told.behind.cohorts} == {"months", "charges", "plan", "since"}


def test_it_says_how_far_it_is_without_naming_a_column() -> None:
    heard: list[tuple[float, str]] = []
    pipeline = load_pipeline(finished("linear").pipeline_file)
    look_behind(pipeline, "linear", prepared(), NOBODY, lambda share, phase: heard.append((share, phase)))
    shares = [share for share, _ in heard]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] <= 1
    words = " ".join(phase for _, phase in heard)
    assert not any(column.name in words for column in prepared().columns)


def test_what_was_kept_aside_stays_closed() -> None:
    preparation, pipeline = prepared(), load_pipeline(finished("linear").pipeline_file)
    emptied = preparation.holdout.x.iloc[:0]
    closed = replace(
        preparation,
        holdout=replace(preparation.holdout, x=emptied, y=np.array([], dtype=int), positions=np.array([], dtype=int)),
    )
    one, other = (look_behind(pipeline, "linear", given, NOBODY).behind for given in (preparation, closed))
    assert replace(one, seconds=0.0) == replace(other, seconds=0.0)


def test_a_repetition_finds_the_same() -> None:
    one, other = looked("extra_trees").behind, looked("extra_trees").behind
    assert replace(one, seconds=0.0) == replace(other, seconds=0.0)
