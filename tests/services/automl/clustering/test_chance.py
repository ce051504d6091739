"""What a search finds where there is nothing to find."""

import numpy as np
from numpy.typing import NDArray

from services.automl.clustering.chance import MIN_REPEATS, Comparison, compare_with_chance, smallest_group

RANDOM = np.random.default_rng(0)


def test_two_far_groups_beat_both_kinds_of_rows_without_groups() -> None:
    half = RANDOM.normal(size=(100, 3))
    found = compare(np.vstack([half, half + 12]))
    assert found.shuffled is not None
    assert found.observed > max(found.shuffled.highest, found.cloud.highest)
    assert found.cloud.p_value == 1 / (1 + found.cloud.n_repeats)


def test_one_normal_cloud_does_not_beat_itself() -> None:
    found = compare(np.random.default_rng(0).normal(size=(200, 3)) @ np.array([[2.0, 1, 0], [0, 1, 1], [0, 0, 1]]))
    assert found.observed <= found.cloud.highest


def test_an_even_spread_has_no_groups_although_a_cut_through_it_has_a_high_silhouette() -> None:
    found = compare(np.random.default_rng(0).uniform(size=(300, 1)))
    assert found.observed > 0.55
    assert found.cloud.p_value > 1 / (1 + found.cloud.n_repeats)


def test_categories_that_do_not_go_together_are_no_groups() -> None:
    """Each row stands on one of six points, so that a silhouette is high; shuffled columns stand there too."""
    levels = [np.eye(k)[RANDOM.integers(0, k, 240)] for k in (2, 3)]
    z = np.hstack(levels)
    found = compare_with_chance(z, {"a": (0, 1), "b": (2, 3, 4)}, reduce=None, seed=0, seconds_left=lambda: 60)
    assert found.shuffled is not None
    assert found.shuffled.p_value > 1 / (1 + found.shuffled.n_repeats)
    assert found.cloud.p_value == 1 / (1 + found.cloud.n_repeats)


def test_a_single_column_is_not_shuffled() -> None:
    z = RANDOM.normal(size=(60, 1))
    assert compare_with_chance(z, {"a": (0,)}, reduce=None, seed=0, seconds_left=lambda: 0).shuffled is None


def test_the_clock_leaves_a_few_repeats() -> None:
    assert compare(RANDOM.normal(size=(60, 2)), seconds=0.0).cloud.n_repeats == MIN_REPEATS


def test_outliers_are_no_group() -> None:
    """One row in a thousand, far away, would give the best silhouette of all."""
    z = np.vstack([RANDOM.normal(size=(999, 2)), [[1e4, 1e4]]])
    assert compare(z, seconds=0.0).observed < 0.6
    assert (smallest_group(20), smallest_group(1_000)) == (2, 10)


def compare(z: NDArray[np.float64], seconds: float = 60.0) -> Comparison:
    blocks = {str(column): (column,) for column in range(z.shape[1])}
    return compare_with_chance(z, blocks, reduce=None, seed=0, seconds_left=lambda: seconds)
