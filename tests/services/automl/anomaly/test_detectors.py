"""Detectors give finite scores, more for what is further away."""

import numpy as np
import pytest
from sklearn.covariance import EllipticEnvelope

from services.automl.anomaly.detectors import Kind, detectors_for, fit_detector, unusualness
from services.automl.columns import Column

NUMBERS = [Column("a", "number"), Column("b", "date")]
ROWS = np.random.default_rng(0).normal(size=(400, 2))


@pytest.mark.parametrize("kind", ["forest", "neighbours", "ellipse"])
def test_a_row_far_away_is_more_unusual_than_every_row_that_was_learned(kind: Kind) -> None:
    detector = fit_detector(ROWS, kind, seed=0)
    assert unusualness(detector, np.array([[30.0, -30.0]]))[0] > unusualness(detector, ROWS).max()


def test_the_mahalanobis_distance_is_the_one_of_the_textbook() -> None:
    """Covariance [[1, .5], [.5, 1]], row (1, −1): squared distance 4."""
    detector = EllipticEnvelope()
    detector.location_, detector.precision_ = np.zeros(2), np.linalg.inv(np.array([[1, 0.5], [0.5, 1]]))
    detector.covariance_, detector.store_precision, detector.n_features_in_ = np.eye(2), True, 2
    assert unusualness(detector, np.array([[1.0, -1.0]])) == pytest.approx([4.0])


def test_equal_rows_have_equal_finite_scores() -> None:
    rows = np.repeat(np.eye(3), 20, axis=0)
    scores = unusualness(fit_detector(rows, "neighbours", seed=0), np.vstack([rows, [[1e200, 0, 0]]]))
    assert np.isfinite(scores).all()


def test_an_ellipse_is_for_numbers_and_needs_rows() -> None:
    assert "ellipse" in detectors_for(NUMBERS, 100)
    assert "ellipse" not in detectors_for(NUMBERS, 19)
    assert "ellipse" not in detectors_for([*NUMBERS, Column("c", "category")], 1_000)
