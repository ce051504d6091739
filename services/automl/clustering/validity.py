"""How well groups are separated, judged by the rows themselves: no outcome says which groups are right.

References
----------
Rousseeuw (1987), J. Comput. Appl. Math. 20:53 (silhouette); Davies & Bouldin (1979), IEEE TPAMI 1:224;
Caliński & Harabasz (1974), Communications in Statistics 3:1; Handl, Knowles & Kell (2005), Bioinformatics 21:3201
(connectedness).
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_samples
from sklearn.neighbors import NearestNeighbors

from services.automl.measured import Measured

_N_RESAMPLES = 1_000
_N_NEIGHBOURS = 10
Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


def silhouettes(z: Floats, labels: Labels, *, are_distances: bool = False) -> Floats | None:
    """For each row (n,) how much nearer its own group is than the next: 1 is clear, 0 on the border, −1 is wrong.

    A row in no group has 0. None where there are fewer than two groups, or every grouped row is a group of its own.

    Parameters
    ----------
    z
        Rows (n, d), or their distances (n, n).
    """
    grouped = labels >= 0
    n_groups = len(np.unique(labels[grouped]))
    if n_groups < 2 or n_groups >= int(grouped.sum()):
        return None
    found = np.zeros(len(labels))
    inside = z[np.ix_(grouped, grouped)] if are_distances else z[grouped]
    metric = "precomputed" if are_distances else "euclidean"
    found[grouped] = silhouette_samples(inside, labels[grouped], metric=metric)
    return found


def mean_silhouette(z: Floats, labels: Labels, *, are_distances: bool = False) -> float | None:
    """The mean of `silhouettes`."""
    found = silhouettes(z, labels, are_distances=are_distances)
    return None if found is None else float(found.mean())


def measured_silhouette(z: Floats, labels: Labels, *, seed: int) -> Measured | None:
    """The mean silhouette with a 95% bootstrap interval over rows; the groups themselves are taken as given."""
    found = silhouettes(z, labels)
    if found is None:
        return None
    random = np.random.default_rng(seed)
    means = [found[random.integers(0, len(found), len(found))].mean() for _ in range(_N_RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return Measured(float(found.mean()), float(low), float(high), len(found), "rows, bootstrap, groups as given")


def davies_bouldin(z: Floats, labels: Labels) -> float | None:
    """The mean, over groups, of the spread within against the distance to the most similar one: 0 is best."""
    grouped = labels >= 0
    if len(np.unique(labels[grouped])) < 2:
        return None
    return float(davies_bouldin_score(z[grouped], labels[grouped]))


def calinski_harabasz(z: Floats, labels: Labels) -> float | None:
    """The variance between groups against that within: more is better; for comparing divisions of the same rows."""
    grouped = labels >= 0
    n_groups = len(np.unique(labels[grouped]))
    if n_groups < 2 or n_groups >= int(grouped.sum()):
        return None
    return float(calinski_harabasz_score(z[grouped], labels[grouped]))


def nearest_rows(z: Floats) -> NDArray[np.intp]:
    """The ten rows nearest to each row of z (n, d), without itself: (n, 10), or fewer where there are no more."""
    n = min(_N_NEIGHBOURS, len(z) - 1)
    found: NDArray[np.intp] = NearestNeighbors(n_neighbors=n).fit(z).kneighbors(return_distance=False)
    return found


def connectedness(nearest: NDArray[np.intp], labels: Labels) -> float:
    """How many of the rows nearest to a row are in its own group, on average: 1 where no border runs through a crowd.

    Unlike the silhouette it does not ask for round groups. A row in no group counts as alone.
    """
    same = (labels[nearest] == labels[:, None]) & (labels[:, None] >= 0)
    return float(same.mean())
