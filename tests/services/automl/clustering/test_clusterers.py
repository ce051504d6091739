"""Each way of dividing rows ends in an estimator that says the group of a new row."""

import numpy as np
import pytest

from services.automl.clustering.clusterers import MAX_WARD_ROWS, NO_GROUP, Clusterer, candidates, divide

RANDOM = np.random.default_rng(0)
ROWS = np.vstack([RANDOM.normal(size=(50, 2)), RANDOM.normal(size=(90, 2)) + 15, RANDOM.normal(size=(20, 2)) - 15])
TRUTH = np.repeat([1, 0, 2], [50, 90, 20])
WAYS = [Clusterer("k_means", 3), Clusterer("mixture", 3), Clusterer("ward", 3), Clusterer("density", 0.1)]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.kind)
def test_groups_are_found_and_numbered_by_size(way: Clusterer) -> None:
    division = divide(ROWS, way, seed=0)
    grouped = division.labels != NO_GROUP
    assert grouped.mean() > 0.9
    assert (division.labels[grouped] == TRUTH[grouped]).all()
    assert list(division.sizes) == sorted(division.sizes, reverse=True)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.kind)
def test_the_estimator_says_the_same_of_the_same_rows_and_something_of_others(way: Clusterer) -> None:
    division = divide(ROWS, way, seed=0)
    assert (division.assigner.predict(ROWS) == division.labels).all()
    assert list(division.assigner.predict([[0.0, 0.0], [15.0, 15.0], [-15.0, -15.0]])) == [1, 0, 2]


def test_rows_far_from_every_crowd_are_in_no_group() -> None:
    rows = np.vstack([ROWS, [[200.0, -200.0]]])
    assert divide(rows, Clusterer("density", 0.1), seed=0).labels[-1] == NO_GROUP


def test_the_hierarchy_is_for_few_rows_and_there_are_never_more_groups_than_tenths_of_the_rows() -> None:
    assert "ward" not in {way.kind for way in candidates(MAX_WARD_ROWS + 1)}
    assert max(way.size for way in candidates(40)) == 4
    assert candidates(20)
