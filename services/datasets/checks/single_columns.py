"""How well each column alone tells the target: methods 4.4."""

from typing import Any

import numpy as np
import pandas as pd

from services.datasets.checks.orders import MAX_CELLS, MAX_ROWS, MIN_ROWS, Matrix, rank_known, separate
from services.datasets.checks.subject import Numbers, Subject

MIN_CLASS_ROWS = 20
MAX_CLASSES = 20
N_FOLDS = 5
PRIOR_ROWS = 1.0  # rows of the average that are added to each category, so that rare ones stay near it
MAX_GROUP_SHARE = 0.5  # different values per row, above which a column has no groups

Codes = np.ndarray[Any, np.dtype[np.intp]]


def score_columns(subject: Subject) -> dict[str, float]:
    """From 0.5 to 1 (area under the ROC curve) for classes, from 0 to 1 (R squared) for amounts.

    Numbers and dates are used as they are, categories and numbers with few values by the mean target of the other
    folds. With more than two classes it is the mean over classes against the rest, weighted by their rows. Columns with
    too few rows are left out.

    Raises
    ------
    NotApplicableError
        There is no target that varies.
    """
    known = np.flatnonzero(~np.isnan(subject.outcome))
    n_wanted = min(MAX_ROWS, max(MIN_ROWS, MAX_CELLS // max(1, len(subject.columns))))
    if len(known) > n_wanted:
        known = np.sort(np.random.default_rng(0).choice(known, n_wanted, replace=False))
    scores = _score_orders(subject)
    for name in subject.columns:
        if name != subject.target and _is_grouped(subject, name):
            codes = pd.factorize(subject.sample[name].iloc[known], use_na_sentinel=False)[0]
            found = _score_groups(codes, known, subject)
            if found > scores.get(name, -1.0):
                scores[name] = found
    return scores


def auc_of(scores: Numbers, is_class: "np.ndarray[Any, np.dtype[np.bool_]]") -> float:
    """The area under the ROC curve, ties counted half; NaN where one side has too few rows."""
    n_class, n_rest = int(is_class.sum()), int((~is_class).sum())
    if min(n_class, n_rest) < MIN_CLASS_ROWS:
        return float("nan")
    ranks = pd.Series(scores).rank().to_numpy(dtype=float)
    return float((ranks[is_class].sum() - n_class * (n_class + 1) / 2) / (n_class * n_rest))


def class_columns(subject: Subject, rows: Codes) -> tuple[Matrix, Numbers]:
    """0 and 1 for each class over rows of the sample, and the weights of the classes; two classes are one column."""
    if subject.task == "binary":
        return subject.outcome[rows][:, None], np.ones(1)
    assert subject.target is not None
    codes, labels = pd.factorize(subject.sample[subject.target].iloc[rows])
    counts = np.bincount(codes, minlength=len(labels))
    chosen = np.argsort(-counts, kind="stable")[:MAX_CLASSES]
    return (codes[:, None] == chosen).astype(float), counts[chosen].astype(float)


def _score_orders(subject: Subject) -> dict[str, float]:
    orders = subject.once(rank_known)
    if not orders.names:
        return {}
    if subject.task == "number":
        found = np.maximum(_explained(orders.ranks, orders.present, subject), 0.0)
    else:
        classes, weights = class_columns(subject, orders.rows)
        area = separate(orders, classes, MIN_CLASS_ROWS)
        found = _weighted(np.maximum(area, 1 - area), weights)
    return {name: float(score) for name, score in zip(orders.names, found, strict=True) if not np.isnan(score)}


def _explained(ranks: Matrix, present: "np.ndarray[Any, np.dtype[np.bool_]]", subject: Subject) -> Numbers:
    """The square of Spearman's correlation of each column with the amount."""
    amounts = pd.Series(subject.outcome[subject.once(rank_known).rows]).rank().to_numpy(dtype=float)
    n_present = np.maximum(present.sum(axis=0), 1)
    centred = np.where(present, ranks - ranks.sum(axis=0) / n_present, 0.0)
    middle = np.where(present, amounts[:, None], 0.0).sum(axis=0) / n_present
    target = np.where(present, amounts[:, None] - middle, 0.0)
    spread = (centred**2).sum(axis=0) * (target**2).sum(axis=0)
    together = (centred * target).sum(axis=0) ** 2
    usable = (spread > 0) & (n_present >= 2 * MIN_CLASS_ROWS)
    found: Numbers = np.divide(together, spread, out=np.full_like(together, np.nan), where=usable)
    return found


def _weighted(areas: Matrix, weights: Numbers) -> Numbers:
    usable = ~np.isnan(areas)
    total = (usable * weights[:, None]).sum(axis=0)
    summed = np.where(usable, areas, 0.0).T @ weights
    found: Numbers = np.divide(summed, total, out=np.full_like(summed, np.nan), where=total > 0)
    return found


def _is_grouped(subject: Subject, name: str) -> bool:
    profile = subject.profiles[name]
    if subject.type_of(name) != "O":
        return 1 < profile.n_distinct <= MAX_CLASSES
    return 1 < profile.n_distinct <= MAX_GROUP_SHARE * subject.n_rows


def _score_groups(codes: Codes, rows: Codes, subject: Subject) -> float:
    if subject.task == "number":
        amounts = subject.outcome[rows]
        predicted = _means_of_other_folds(codes, amounts)
        spread = float(((amounts - amounts.mean()) ** 2).sum())
        if not np.isfinite(spread) or spread <= 0 or len(rows) < 2 * MIN_CLASS_ROWS:
            return -1.0
        return float(1 - ((amounts - predicted) ** 2).sum() / spread)
    classes, weights = class_columns(subject, rows)
    areas = [auc_of(_means_of_other_folds(codes, one), one == 1) for one in classes.T]
    usable = ~np.isnan(areas)
    return float(np.average(np.asarray(areas)[usable], weights=weights[usable])) if usable.any() else -1.0


def _means_of_other_folds(codes: Codes, values: Numbers) -> Numbers:
    """For each row the mean of its group over rows of other folds."""
    n_groups, folds = int(codes.max()) + 1, np.arange(len(codes)) % N_FOLDS
    cells = folds * n_groups + codes
    sums = np.bincount(cells, values, N_FOLDS * n_groups).reshape(N_FOLDS, n_groups)
    counts = np.bincount(cells, minlength=N_FOLDS * n_groups).reshape(N_FOLDS, n_groups)
    other_sums = sums.sum(axis=0) - sums + PRIOR_ROWS * values.mean()
    found: Numbers = other_sums[folds, codes] / (counts.sum(axis=0) - counts + PRIOR_ROWS)[folds, codes]
    return found
