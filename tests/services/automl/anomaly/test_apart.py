"""Rows far apart, here and by chance."""

import numpy as np
import pytest

from services.automl.anomaly.apart import fence, histogram_of, rate_apart_by_chance, thinned


def test_the_fence_is_tukeys() -> None:
    assert fence(np.array([0.0, 1.0, 2.0, 3.0, 4.0])) == 3 + 3 * 2


def test_a_normal_cloud_has_hardly_a_row_far_apart() -> None:
    z = np.random.default_rng(0).normal(size=(300, 3))
    assert rate_apart_by_chance(z, "forest", seed=0, seconds_left=lambda: 0.0) < 0.02


def test_a_histogram_counts_every_row_also_one_beyond_its_end() -> None:
    scores = np.r_[np.linspace(0, 1, 99), 1e6]
    found = histogram_of(scores)
    assert sum(found.counts) == 100
    assert found.counts[-1] == 1
    assert len(found.edges) == len(found.counts) + 1
    assert found.edges[-1] < 10
    assert sum(histogram_of(np.ones(20)).counts) == 20


def test_a_thinned_reference_keeps_its_ends_and_its_shape() -> None:
    found = np.array(thinned(np.random.default_rng(0).normal(size=5_000)))
    assert len(found) == 1_000
    assert (np.diff(found) >= 0).all()
    assert np.median(found) == pytest.approx(0, abs=0.05)
    assert thinned(np.array([2.0, 1.0])) == (1.0, 2.0)
