"""Copies answer about rows they have not learned from, as they are and as they would be."""

import numpy as np
import pytest

from services.examinations.fold_copies import fit_copies
from services.models.top_loss import out_of_fold
from tests.makers_automl import CANDIDATES
from tests.makers_prepared import Prepared, make_prepared


@pytest.fixture(scope="module")
def model() -> Prepared:
    return make_prepared()


def test_they_say_what_the_search_would_say_out_of_fold(model: Prepared) -> None:
    family = model.candidate.family
    assert np.allclose(model.copies.predictions, out_of_fold(model.pipeline, family, model.preparation))


def test_of_rows_as_they_are_the_answer_is_the_same_in_any_order(model: Prepared) -> None:
    rows = np.array([7, 400, 3, 12])
    x = model.preparation.train.x.iloc[rows]
    assert np.allclose(model.copies.answer(rows, x), model.copies.predictions[rows])


def test_a_changed_row_is_answered_by_the_copy_that_never_saw_it(model: Prepared) -> None:
    row = np.array([5])
    x = model.preparation.train.x.iloc[row].assign(tenure=0.0)
    fold = int(model.copies.fold_of[5])
    expected = model.copies.pipelines[fold].predict_proba(x)
    assert np.allclose(model.copies.answer(row, x), expected)
    assert 5 not in model.preparation.learnable(fold)


def test_rows_that_no_fold_judges_have_no_answer_in_time() -> None:
    table = make_prepared().table.assign(day=lambda frame: np.arange(len(frame)))
    model = make_prepared(table, split={"kind": "time", "time": "day"})
    unjudged = np.setdiff1d(np.arange(len(model.preparation.train)), model.preparation.judged)
    assert len(unjudged)
    assert (model.copies.fold_of[unjudged] == -1).all()
    assert np.isnan(model.copies.answer(unjudged[:3], model.preparation.train.x.iloc[unjudged[:3]])).all()


@pytest.mark.parametrize("family", sorted(CANDIDATES))
def test_every_kind_of_model_can_be_copied_and_says_how_far_it_is(family: str) -> None:
    model = make_prepared(make_prepared().table.head(300), candidate=CANDIDATES[family])
    heard: list[tuple[int, int]] = []
    copies = fit_copies(model.pipeline, family, model.preparation, lambda done, total: heard.append((done, total)))
    assert heard == [(done, 5) for done in range(1, 6)]
    assert np.isfinite(copies.predictions[model.preparation.judged]).all()
