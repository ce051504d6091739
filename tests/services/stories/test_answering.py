"""A model as a function: points of the shown class, or units of the target; rows drawn by chance."""

import numpy as np
import pytest

from services.automl.task import Task
from services.models.pipeline_file import load_pipeline
from services.stories.answering import answers_of, drawn_rows
from tests.makers_automl import finished, prepared


@pytest.mark.parametrize("task", list(Task))
def test_answers_are_on_the_scale_of_the_explanation(task: Task) -> None:
    pipeline, preparation = load_pipeline(finished("lightgbm", task).pipeline_file), prepared(task)
    rows = preparation.train.x.iloc[:20]
    answers = answers_of(pipeline, preparation)(rows)
    if task is Task.REGRESSION:
        assert answers == pytest.approx(pipeline.predict(rows))
    else:
        shown = 1 if task is Task.BINARY else int(np.bincount(preparation.train.y).argmax())
        assert answers == pytest.approx(100 * pipeline.predict_proba(rows)[:, shown])


def test_rows_are_drawn_by_chance_and_the_first_of_them_are_a_sample_too() -> None:
    drawn = drawn_rows(10_000, 2_000, 3)
    assert len(set(drawn.tolist())) == 2_000
    assert abs(float(drawn[:300].mean()) - 5_000) < 600
    assert np.array_equal(drawn, drawn_rows(10_000, 2_000, 3))
    assert sorted(drawn_rows(7, 99, 0).tolist()) == list(range(7))
