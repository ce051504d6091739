"""Whether the drivers would be the same had other rows been learned from, or had chance fallen otherwise.

The model is fitted anew to what each fold learns from, with its own random state and with another one, and each refit
is explained on the same rows.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from services.automl.candidates import Candidate
from services.automl.preparation import Preparation
from services.automl.training import fit_pipeline
from services.stories.report import Stability, Steadiness
from services.stories.stability_limits import LEAST_OVERLAP, LEAST_RANK_CORRELATION

Floats = NDArray[np.float64]
N_SEEDS = 2
MOST_TOP = 5
Say = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class Refit:
    """The model fitted to what one fold learns from."""

    pipeline: Pipeline
    fold: int
    seed: int


def refit(pipeline: Pipeline, family: str, preparation: Preparation, n_seeds: int, say: Say) -> Iterator[Refit]:
    """Each fold with each random state, one after the other; `say` is told how far it is."""
    n_folds, train = len(preparation.folds), preparation.train
    for seed in range(n_seeds):
        for fold in range(n_folds):
            done = seed * n_folds + fold
            say(done / (n_seeds * n_folds), f"Fitting the model anew, {done + 1} of {n_seeds * n_folds}")
            learned = preparation.learnable(fold)
            fresh = reseeded(pipeline, preparation.seed + 1_000 * seed) if seed else clone(pipeline)
            fitted = fit_pipeline(fresh, Candidate(family), train.x.iloc[learned], train.y[learned])
            yield Refit(fitted, fold, seed)


def reseeded(pipeline: Pipeline, seed: int) -> Pipeline:
    """An unfitted copy whose random parts fall otherwise."""
    fresh = clone(pipeline)
    states = [name for name in fresh.get_params() if name.rpartition("__")[2] == "random_state"]
    return fresh.set_params(**dict.fromkeys(states, seed))


def judge_stability(
    importances: Floats, columns: Sequence[str], *, n_folds: int, n_seeds: int, n_rows: int
) -> Stability:
    """From the mean absolute effects of every refit (r, m) to how steady their order is."""
    n_top = max(1, min(MOST_TOP, (len(columns) + 1) // 2))
    pairs = list(combinations(importances, 2))
    correlations = [_rank_correlation(one, other) for one, other in pairs]
    overlaps = [jaccard(_top(one, n_top), _top(other, n_top)) for one, other in pairs]
    correlation, overlap = float(np.mean(correlations or [1.0])), float(np.mean(overlaps or [1.0]))
    order = np.argsort(-importances.mean(axis=0), kind="stable")
    return Stability(
        n_folds=n_folds,
        n_seeds=n_seeds,
        n_rows=n_rows,
        rank_correlation=correlation,
        n_top=n_top,
        top_overlap=overlap,
        is_amber=correlation < LEAST_RANK_CORRELATION or overlap < LEAST_OVERLAP,
        columns=tuple(
            Steadiness(
                columns[place],
                float(importances[:, place].mean()),
                float(importances[:, place].min()),
                float(importances[:, place].max()),
            )
            for place in order
        ),
    )


def jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    """What two sets share, of what either holds."""
    return len(one & other) / len(one | other) if one | other else 1.0


def _top(importances: Floats, n: int) -> frozenset[int]:
    return frozenset(int(place) for place in np.argsort(-importances, kind="stable")[:n])


def _rank_correlation(one: Floats, other: Floats) -> float:
    """1 where both order the columns alike; where either has no order, whether the other has none, too."""
    flat = [float(np.ptp(values)) == 0 for values in (one, other)]
    if any(flat):
        return 1.0 if all(flat) or len(one) == 1 else 0.0
    return float(stats.spearmanr(one, other).statistic)
