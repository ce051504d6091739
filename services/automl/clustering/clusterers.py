"""Ways of dividing rows into groups. Each ends in a plain scikit-learn estimator that says the group of a new row."""

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KNeighborsClassifier

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Kind = Literal["k_means", "mixture", "ward", "density"]

NO_GROUP = -1
MAX_GROUPS = 10
MAX_MIXTURE = 6
MAX_WARD_ROWS = 2_000  # it compares every row with every other
_DENSITY_SHARES = (0.02, 0.05, 0.1)
_NAMES = {
    "k_means": "k-means",
    "mixture": "Gaussian mixture",
    "ward": "hierarchical (Ward)",
    "density": "density (HDBSCAN)",
}


@dataclass(frozen=True)
class Clusterer:
    """A way of dividing rows.

    Attributes
    ----------
    size
        How many groups; of the density, the least share of all rows that a group has.
    """

    kind: Kind
    size: float

    @property
    def name(self) -> str:
        """The method as people call it."""
        return _NAMES[self.kind]

    @property
    def label(self) -> str:
        """With its size."""
        if self.kind == "density":
            return f"{self.name}, groups of {self.size:.0%} of the rows and more"
        return f"{self.name}, {self.size:.0f} groups"


@dataclass(frozen=True)
class Division:
    """Rows divided.

    Attributes
    ----------
    labels
        The group of each row it was fitted to (n,): 0 is the largest, −1 is no group.
    assigner
        Says the group of further rows by `predict`.
    """

    labels: Labels
    assigner: Any

    @property
    def sizes(self) -> tuple[int, ...]:
        """Rows of each group."""
        grouped = self.labels[self.labels >= 0]
        return tuple(int(n) for n in np.bincount(grouped)) if len(grouped) else ()


def candidates(n_rows: int) -> tuple[Clusterer, ...]:
    """What is tried on n rows, the cheap ones first."""
    most = max(2, min(MAX_GROUPS, n_rows // 10))
    sizes = range(2, most + 1)
    found = [Clusterer("k_means", k) for k in sizes]
    found += [Clusterer("density", share) for share in _DENSITY_SHARES]
    found += [Clusterer("mixture", k) for k in sizes if k <= MAX_MIXTURE]
    if n_rows <= MAX_WARD_ROWS:
        found += [Clusterer("ward", k) for k in sizes]
    return tuple(found)


def divide(z: Floats, clusterer: Clusterer, *, seed: int, n_starts: int = 5) -> Division:
    """Divide the rows of z (n, d). Where a method cannot say the group of a new row, its nearest neighbours do.

    Rows on fewer places than groups were asked for make fewer groups.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return _divide(z, clusterer, seed, n_starts)


def _divide(z: Floats, clusterer: Clusterer, seed: int, n_starts: int) -> Division:
    if clusterer.kind == "k_means":
        k_means = KMeans(int(clusterer.size), n_init=n_starts, random_state=seed).fit(z)
        order = _by_size(k_means.labels_)
        k_means.cluster_centers_ = np.ascontiguousarray(k_means.cluster_centers_[order])
        k_means.labels_ = _renamed(k_means.labels_, order).astype(np.int32)
        return Division(k_means.labels_.astype(np.int64), k_means)
    if clusterer.kind == "mixture":
        return _mixture(z, int(clusterer.size), seed, n_starts)
    if clusterer.kind == "ward":
        labels = AgglomerativeClustering(int(clusterer.size)).fit_predict(z)
    else:
        least = max(5, round(clusterer.size * len(z)))
        labels = HDBSCAN(min_cluster_size=least, min_samples=5, copy=True).fit_predict(z)
    labels = _renamed(labels, _by_size(labels))
    neighbours = KNeighborsClassifier(min(5, len(z)), weights="distance", algorithm="brute").fit(z, labels)
    return Division(labels, neighbours)


def _mixture(z: Floats, k: int, seed: int, n_starts: int) -> Division:
    found = GaussianMixture(k, covariance_type="diag", reg_covar=1e-2, n_init=max(1, n_starts // 2), random_state=seed)
    labels = found.fit_predict(z)
    order = _by_size(labels, n_groups=k)
    for name in ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"):
        setattr(found, name, getattr(found, name)[order])
    return Division(_renamed(labels, order), found)


def _by_size(labels: NDArray[Any], n_groups: int | None = None) -> NDArray[np.intp]:
    """The groups, largest first."""
    counts = np.bincount(labels[labels >= 0], minlength=n_groups or 0)
    return np.argsort(-counts, kind="stable")


def _renamed(labels: NDArray[Any], order: NDArray[np.intp]) -> Labels:
    places = np.empty(len(order) + 1, dtype=np.int64)
    places[order], places[-1] = np.arange(len(order)), NO_GROUP
    renamed: Labels = places[labels]
    return renamed
