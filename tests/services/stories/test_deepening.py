"""A whole look behind an explanation: every family and task, adding up, from training rows alone."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from services.automl.preparation import Preparation
from services.automl.task import Task
from services.models.pipeline_file import load_pipeline
from services.proposals.lever import Lever
from services.stories.case_sentences import describe_reasons
from services.stories.changeable import Changeable
from services.stories.deepening import look_behind
from services.stories.report import Told
from services.stories.sentences import describe_behind, describe_shape, describe_stability
from services.stories.telling import Asked
from tests.makers_automl import CANDIDATES, finished, prepared
from tests.makers_prepared import SAME_FOR_ALL, Prepared, make_odd_table, make_plain_table, make_prepared
from tests.makers_stories import make_teller

NOBODY = Asked((), (), None)
CONTRACT = Lever("Contract", "choice", choices=("Monthly", "One year", "Two year"), column="contract")


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


def test_behind_a_model_that_says_the_same_of_everybody_is_nothing_and_that_is_said() -> None:
    model = make_prepared(make_plain_table(600), candidate=SAME_FOR_ALL)
    row = int(model.preparation.train.positions[0]) + 1
    changeable = (Changeable(CONTRACT, is_declared=True),)
    asked = Asked((row,), ("One",), model.threshold, changeable)
    told = look_behind(model.pipeline, "lightgbm", model.preparation, asked)
    behind = told.behind
    assert (behind.n_drivers, behind.numbers, behind.categories, behind.cohorts) == (0, (), (), ())
    assert behind.interactions.pairs == ()
    assert "there is no order to judge" in describe_stability(behind.stability)
    assert describe_behind(behind, make_teller()).startswith("No column moves what this model predicts")
    (story,) = told.cases
    assert (story.reasons, story.counterfactuals) == ((), ())
    assert story.prediction == pytest.approx(story.base_value)
    assert "No column moves it" in describe_reasons(story)
    assert Told.from_document(told.document()) == told


def test_behind_an_empty_column_and_500_categories_the_drivers_are_found_and_every_number_is_one() -> None:
    model = make_prepared(make_odd_table(600))
    table = model.preparation.train.x
    row = int(model.preparation.train.positions[table["gone"].isna().to_numpy().argmax()]) + 1
    changeable = (Changeable(CONTRACT, is_declared=True),)
    told = look_behind(
        model.pipeline, "linear", model.preparation, Asked((row,), ("One",), model.threshold, changeable)
    )
    behind, teller = told.behind, make_teller()
    shown = {shape.column for shape in behind.numbers} | {shape.column for shape in behind.categories}
    assert {"tenure", "contract"} <= shown
    places = [shape for shape in behind.categories if shape.column == "place"]
    assert all(len(shape.values) <= 12 for shape in places), "500 categories are no shape of 500 bars."
    gone = [shape for shape in behind.numbers if shape.column == "gone"]
    assert all("too few rows" in describe_shape(shape, teller) for shape in gone)
    assert "NaN" not in json.dumps(told.document())
    assert Told.from_document(told.document()) == told


def test_a_part_of_one_class_is_a_part_as_any_other() -> None:
    table = make_plain_table(900)
    table.loc[table["contract"] == "Two year", "churn"] = "No"
    told = look_behind(*_given(make_prepared(table)), NOBODY)
    parts = next(cohort for cohort in told.behind.cohorts if cohort.column == "contract").segments
    sure = next(part for part in parts if part.label == "Two year")
    assert sure.effects
    assert all(np.isfinite([one.low, one.difference, one.high]).all() for one in sure.effects)


def _given(model: Prepared) -> tuple[Pipeline, str, Preparation]:
    return model.pipeline, model.candidate.family, model.preparation
