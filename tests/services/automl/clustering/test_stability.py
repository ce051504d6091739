"""Whether two halves of the rows are divided alike."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from services.automl.clustering.clusterers import Clusterer
from services.automl.clustering.stability import MIN_PAIRS, stability


@pytest.mark.parametrize(
    ("one", "other", "index"),
    [
        ([0, 0, 1, 1], [1, 1, 0, 0], 1.0),  # the documentation of scikit-learn: names do not matter
        ([0, 0, 1, 2], [0, 0, 1, 1], 0.5714285714285714),
        ([0, 0, 0, 0], [0, 1, 2, 3], 0.0),
    ],
)
def test_the_index_of_agreement_is_the_published_one(one: list[int], other: list[int], index: float) -> None:
    assert adjusted_rand_score(one, other) == pytest.approx(index)


def test_separated_groups_are_found_again_and_noise_is_not() -> None:
    random = np.random.default_rng(0)
    far = np.vstack([random.normal(size=(60, 2)), random.normal(size=(60, 2)) + 20])
    assert stability(far, Clusterer("k_means", 2), seed=0).value == 1.0
    noise = stability(random.normal(size=(120, 5)), Clusterer("k_means", 5), seed=0)
    assert noise.value < 0.6
    assert noise.low is not None
    assert noise.high is not None
    assert noise.low <= noise.value <= noise.high


def test_one_seed_gives_one_answer() -> None:
    z = np.random.default_rng(1).normal(size=(80, 3))
    first, second = (stability(z, Clusterer("k_means", 3), seed=5, n_pairs=4) for _ in range(2))
    assert first == second


def test_the_clock_leaves_three_halvings() -> None:
    z = np.random.default_rng(1).normal(size=(60, 2))
    found = stability(z, Clusterer("ward", 2), seed=0, seconds_left=lambda: 0.0)
    assert found.n == MIN_PAIRS
