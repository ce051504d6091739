"""Reports are plain data and come back as they were stored."""

import json

import pytest

from services.stories.report import Told
from tests.makers_stories import make_behind, make_number_shape, make_stability, make_told


@pytest.mark.parametrize(
    "told",
    [
        make_told(),
        make_told(cases=()),
        make_told(behind=make_behind(numbers=(make_number_shape(points=(), largest=None, dependence=()),))),
    ],
)
def test_a_report_comes_back_as_it_was_stored(told: Told) -> None:
    assert Told.from_document(json.loads(json.dumps(told.document(), allow_nan=False))) == told


def test_a_stretch_is_clear_where_its_band_is_on_one_side_of_nothing() -> None:
    largest = make_number_shape().largest
    assert largest is not None
    assert largest.is_clear
    assert not largest.__class__(1.0, 2.0, -1.0, -3.0, 0.5).is_clear


def test_every_fold_is_fitted_with_every_seed() -> None:
    assert make_stability(n_folds=3, n_seeds=2).n_refits == 6
