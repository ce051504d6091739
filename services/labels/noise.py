"""Which given labels are probably wrong, from OUT-OF-FOLD probabilities. A person decides; nothing is deleted.

References
----------
C. G. Northcutt, L. Jiang and I. L. Chuang, "Confident learning: estimating uncertainty in dataset labels", Journal of
Artificial Intelligence Research 70:1373, 2021; cleanlab is their own code.
"""

from dataclasses import dataclass

import numpy as np
from cleanlab.filter import find_label_issues
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
MIN_ROWS_PER_CLASS = 5


@dataclass(frozen=True)
class Noise:
    """Positions of suspicious rows, the most suspicious first, and the estimated share of wrong labels."""

    suspects: tuple[int, ...]
    rate: float


def thresholds(labels: Codes, probabilities: Floats) -> Floats:
    """t_k, the mean probability of class k over the rows labelled k (k,); labels (n,), probabilities (n, k)."""
    return np.array([probabilities[labels == k, k].mean() for k in range(probabilities.shape[1])])


def confident_joint(labels: Codes, probabilities: Floats) -> NDArray[np.int64]:
    """How often a row labelled i (row) is confidently of class j (column), shape (k, k).

    A row counts for the most probable of the classes whose probability reaches the class's threshold, for none where
    no class does.
    """
    reached = np.where(probabilities >= thresholds(labels, probabilities) - 1e-12, probabilities, -1.0)
    counted = reached.max(axis=1) >= 0
    k = probabilities.shape[1]
    joint = np.zeros((k, k), dtype=np.int64)
    np.add.at(joint, (labels[counted], reached[counted].argmax(axis=1)), 1)
    return joint


def find_noise(labels: Codes, probabilities: Floats) -> Noise:
    """Rows whose label is probably wrong, by self-confidence.

    Raises
    ------
    ValueError
        A class has fewer than five rows: what it looks like is not known.
    """
    if np.bincount(labels, minlength=probabilities.shape[1]).min() < MIN_ROWS_PER_CLASS:
        raise ValueError("Every class needs five rows or more.")
    return Noise(ranked_issues(labels, probabilities), noise_rate(labels, probabilities))


def ranked_issues(labels: Codes, probabilities: Floats) -> tuple[int, ...]:
    """cleanlab's issues, the least self-confident first."""
    found = find_label_issues(labels, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1)
    return tuple(int(row) for row in found)


def noise_rate(labels: Codes, probabilities: Floats) -> float:
    """The estimated share of wrong labels: the confident joint off its diagonal, in the proportions of the labels."""
    joint = confident_joint(labels, probabilities).astype(np.float64)
    given = np.bincount(labels, minlength=len(joint)) / len(labels)
    sums = joint.sum(axis=1, keepdims=True)
    shares = np.divide(joint, sums, out=np.eye(len(joint)), where=sums > 0) * given[:, None]
    return float(1.0 - np.trace(shares))
