"""What a search for groups finds where there are none, so that a silhouette can be compared with something.

Any method divides any rows. Two kinds of rows without groups are searched in the same way as the real ones:

- *columns shuffled*: every column keeps its values, but they no longer go together. What is found here comes from
  single columns.
- *one cloud*: rows drawn from a single normal cloud, and evenly from a box, spread alike in the same directions; the
  better of the two counts. What is found here comes from columns that move together without a gap between rows.

References
----------
Tibshirani, Walther & Hastie (2001), JRSS B 63:411 (a box along the main directions); Liu, Hayes, Nobel & Marron (2008),
JASA 103:1281 (a single normal cloud); Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9:39 (the p-value).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics.pairwise import euclidean_distances

from services.automl.clustering.clusterers import Clusterer, divide
from services.automl.clustering.validity import mean_silhouette
from services.automl.unlabelled import Clock

N_REPEATS = 19  # the smallest p-value is then 0.05
MIN_REPEATS = 4
MAX_ROWS = 1_000
SIZES = (2, 3, 4, 6, 8)
Floats = NDArray[np.float64]
Transform = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Reference:
    """What was found in rows without groups.

    Attributes
    ----------
    mean, highest
        Of the best silhouettes of the repeats.
    p_value
        How often chance does as well: (1 + repeats at least as good) / (1 + repeats).
    """

    name: str
    mean: float
    highest: float
    p_value: float
    n_repeats: int


@dataclass(frozen=True)
class Comparison:
    """The best silhouette of k-means on the rows, and that on rows without groups. Both on the same number of rows."""

    observed: float
    n_rows: int
    shuffled: Reference | None
    cloud: Reference


def compare_with_chance(
    z: Floats, blocks: Mapping[str, Sequence[int]], *, reduce: Transform | None, seed: int, seconds_left: Clock
) -> Comparison:
    """Search the rows of z (n, d), and rows without groups, for the best silhouette of k-means.

    Parameters
    ----------
    blocks
        Positions in z by source column. The shuffle moves them together; with a single column it says nothing.
    reduce
        What is done to z before rows are divided.
    """
    random = np.random.default_rng(seed)
    rows = z[random.permutation(len(z))[:MAX_ROWS]]
    project = reduce or _as_it_is
    best = _best_silhouette(project(rows), seed)
    makers: dict[str, Callable[[int], Floats]] = {}
    if len(blocks) > 1:
        makers["shuffled"] = lambda _shape: project(_shuffled(rows, blocks, random))
    makers["cloud"] = lambda shape: _cloud(project(rows), random, is_box=shape == 1)
    found = _repeat(makers, seed, seconds_left)
    shuffled = _reference("columns shuffled", best, found["shuffled"]) if "shuffled" in found else None
    return Comparison(best, len(rows), shuffled, _reference("one cloud", best, found["cloud"]))


def _repeat(makers: Mapping[str, Callable[[int], Floats]], seed: int, seconds_left: Clock) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in makers}
    for number in range(N_REPEATS):
        if number >= MIN_REPEATS and seconds_left() <= 0:
            break
        for name, make in makers.items():
            shapes = (0, 1) if name == "cloud" else (0,)  # a cloud may be round or have edges: the harder one counts
            found[name].append(max(_best_silhouette(make(shape), seed) for shape in shapes))
    return found


def _reference(name: str, observed: float, found: Sequence[float]) -> Reference:
    p_value = (1 + sum(value >= observed for value in found)) / (1 + len(found))
    return Reference(name, float(np.mean(found)), float(max(found)), p_value, len(found))


def _best_silhouette(z: Floats, seed: int) -> float:
    sizes = [k for k in SIZES if k <= len(z) // 10] or [2]
    divisions = (divide(z, Clusterer("k_means", k), seed=seed, n_starts=2) for k in sizes)
    least, distances = smallest_group(len(z)), np.asarray(euclidean_distances(z), dtype=np.float64)
    np.fill_diagonal(distances, 0.0)
    found = [
        mean_silhouette(distances, division.labels, are_distances=True)
        for division in divisions
        if division.sizes and min(division.sizes) >= least
    ]
    return max((value for value in found if value is not None), default=0.0)


def smallest_group(n_rows: int) -> int:
    """Fewer rows than this are outliers and no group."""
    return max(2, round(0.01 * n_rows))


def _shuffled(rows: Floats, blocks: Mapping[str, Sequence[int]], random: np.random.Generator) -> Floats:
    shuffled = rows.copy()
    for places in blocks.values():
        shuffled[:, list(places)] = rows[random.permutation(len(rows))][:, list(places)]
    return shuffled


def _cloud(rows: Floats, random: np.random.Generator, *, is_box: bool) -> Floats:
    """As many rows from one cloud with the same mean and spread along the same main directions."""
    centre = rows.mean(axis=0)
    _, spread, directions = np.linalg.svd(rows - centre, full_matrices=False)
    if is_box:
        along = (rows - centre) @ directions.T
        drawn = random.uniform(along.min(axis=0), along.max(axis=0), along.shape)
        drawn = drawn * (along.std(axis=0) / np.maximum(drawn.std(axis=0), 1e-12))
    else:
        drawn = random.normal(size=(len(rows), len(spread))) * spread / np.sqrt(len(rows))
    return np.asarray(centre + drawn @ directions)


def _as_it_is(z: Floats) -> Floats:
    return z
