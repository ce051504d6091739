"""Internal measures against published values."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from services.automl.clustering.validity import (
    calinski_harabasz,
    connectedness,
    davies_bouldin,
    mean_silhouette,
    measured_silhouette,
    nearest_rows,
    silhouettes,
)

FOUR = np.array([[0.0], [1.0], [10.0], [11.0]])
TWO_AND_TWO = np.array([0, 0, 1, 1])


@pytest.mark.parametrize(("k", "published"), [(2, 0.7049787496083262), (4, 0.6505186632729437)])
def test_the_silhouettes_of_the_example_of_scikit_learn_are_those_of_its_documentation(
    k: int, published: float
) -> None:
    z, _ = make_blobs(500, n_features=2, centers=4, cluster_std=1, center_box=(-10.0, 10.0), random_state=1)
    labels = KMeans(k, random_state=10, n_init=10).fit_predict(z).astype(np.int64)
    assert mean_silhouette(z, labels) == pytest.approx(published, abs=1e-3)


def test_four_points_in_two_pairs_by_hand() -> None:
    found = silhouettes(FOUR, TWO_AND_TWO)
    assert found is not None
    assert found == pytest.approx([1 - 1 / 10.5, 1 - 1 / 9.5, 1 - 1 / 9.5, 1 - 1 / 10.5])
    assert davies_bouldin(FOUR, TWO_AND_TWO) == pytest.approx((0.5 + 0.5) / 10)
    assert calinski_harabasz(FOUR, TWO_AND_TWO) == pytest.approx(100 / (1 / 2))


def test_distances_give_the_same_as_rows() -> None:
    z = np.random.default_rng(0).normal(size=(40, 3))
    labels = np.arange(40) % 3
    distances = np.linalg.norm(z[:, None] - z[None], axis=2)
    assert mean_silhouette(distances, labels, are_distances=True) == pytest.approx(mean_silhouette(z, labels))


def test_rows_in_no_group_count_as_nought() -> None:
    z = np.vstack([FOUR, [[500.0]]])
    with_one_alone = mean_silhouette(z, np.array([0, 0, 1, 1, -1]))
    without = mean_silhouette(FOUR, TWO_AND_TWO)
    assert without is not None
    assert with_one_alone == pytest.approx(without * 4 / 5)


@pytest.mark.parametrize("labels", [[0, 0, 0, 0], [-1, -1, -1, -1], [0, 1, 2, 3], [-1, -1, 0, 0]])
def test_one_group_or_groups_of_one_have_no_silhouette(labels: list[int]) -> None:
    assert silhouettes(FOUR, np.array(labels)) is None
    assert measured_silhouette(FOUR, np.array(labels), seed=0) is None
    assert calinski_harabasz(FOUR, np.array(labels)) is None


def test_the_interval_of_a_silhouette_holds_it() -> None:
    found = measured_silhouette(FOUR, TWO_AND_TWO, seed=0)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high
    assert found.n == 4


def test_neighbours_are_apart_where_a_border_runs_through_a_crowd() -> None:
    line = np.arange(40.0)[:, None]
    halves = np.repeat([0, 1], 20)
    gap = line + 100 * halves[:, None]
    assert connectedness(nearest_rows(gap), halves) == 1.0
    assert 0.5 < connectedness(nearest_rows(line), halves) < 1.0
    assert connectedness(nearest_rows(gap), np.where(halves == 1, -1, 0)) == 0.5
