"""Label noise: the worked example, planted errors, and the refusal to guess."""

import numpy as np
import pytest

from services.labels.noise import confident_joint, find_noise, noise_rate, ranked_issues, thresholds

LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1])
P = np.array([0.1, 0.2, 0.3, 0.9, 0.8, 0.9, 0.05, 0.7])
PROBABILITIES = np.c_[1 - P, P]


def test_the_worked_example() -> None:
    assert thresholds(LABELS, PROBABILITIES) == pytest.approx([0.625, 0.6125])
    assert confident_joint(LABELS, PROBABILITIES).tolist() == [[3, 1], [1, 3]]
    assert ranked_issues(LABELS, PROBABILITIES) == (6, 3)
    assert noise_rate(LABELS, PROBABILITIES) == pytest.approx(0.25)


def test_the_joint_is_that_of_cleanlab() -> None:
    from cleanlab.count import compute_confident_joint

    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 400)
    scores = random.uniform(size=(400, 3)) + 1.5 * np.eye(3)[labels]
    probabilities = scores / scores.sum(axis=1, keepdims=True)
    theirs = compute_confident_joint(labels, probabilities, calibrate=False)
    assert confident_joint(labels, probabilities).tolist() == theirs.tolist()


def test_planted_errors_come_first() -> None:
    random = np.random.default_rng(1)
    truth = random.integers(0, 2, 500)
    p = np.clip(truth * 0.7 + 0.15 + random.normal(0, 0.05, 500), 0.01, 0.99)
    planted = set(range(0, 500, 25))
    labels = np.array([1 - y if row in planted else y for row, y in enumerate(truth)])
    noise = find_noise(labels, np.c_[1 - p, p])
    assert set(noise.suspects) <= planted
    assert len(noise.suspects) >= 18
    assert noise.rate == pytest.approx(0.04, abs=0.01)


def test_a_class_of_four_rows_is_not_judged() -> None:
    with pytest.raises(ValueError, match="five rows"):
        find_noise(LABELS, PROBABILITIES)
