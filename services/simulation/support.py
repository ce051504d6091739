"""Where a model may be believed: which actions were tried often enough on cases like this one.

An action is supported in a case where all of these hold: each lever was seen at such values, cases like this one were
treated so now and then (overlap), the case itself is like those the model knows, and the lever is not moved farther
than its farthest change. Leaving a case as it is is always supported.

References
----------
R. K. Crump, V. J. Hotz, G. W. Imbens and O. A. Mitnik, "Dealing with limited overlap in estimation of average treatment
effects", Biometrika 96 (2009). V. Vovk, A. Gammerman and G. Shafer, *Algorithmic Learning in a Random World* (2005).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from services.automl.anomaly.conformal import p_values
from services.proposals.lever import Lever
from services.simulation.actions import Actions, todays_values
from services.simulation.guard_table import REASONS

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
LOWEST, HIGHEST = 0.01, 0.99  # quantiles of a lever in the data
FEWEST_SEEN = 30  # cases with a value of a choice
LEAST_CHANCE, LEAST_SHARE = 0.02, 0.1  # of an action in a case; of how frequent it is in all
STRANGE = 0.05  # the p-value below which a case is unlike those the model knows
FEWEST_TO_COMPARE = 40  # cases, half of which the other half is compared with
WIDE_EDGE = 0.2  # share of best actions on the edge, from which an experiment is worth more than the optimum
_BINS, _FOLDS, _NEIGHBOURS, _MOST_REFERENCE, _MOST_LEVELS, _MOST_GROUPS = 10, 5, 10, 20_000, 50, 12


@dataclass(frozen=True, slots=True, eq=False)
class Support:
    """Which actions may be believed.

    Attributes
    ----------
    supported
        (n, k).
    excluded
        By reason the share of pairs of case and action that it alone or with others excludes.
    codes
        0 where supported, else 1 + the place of the first reason among `REASONS`, (n, k).
    """

    supported: Flags
    excluded: Mapping[str, float]
    codes: NDArray[np.uint8]

    @property
    def share_with_choice(self) -> float:
        """Of the cases, that have a supported action beside being left as they are."""
        return float(self.supported[:, 1:].any(axis=1).mean())


def find_support(
    rows: pd.DataFrame,
    known: pd.DataFrame,
    actions: Actions,
    *,
    learned_from: Sequence[str],
    without: Sequence[str] = (),
    seed: int = 0,
) -> Support:
    """Which actions may be believed in which of the rows.

    Parameters
    ----------
    rows
        Raw cases to act on (n).
    known
        Raw cases the models learned from; those of `rows` may be among them.
    learned_from
        Columns the models take; levers and identifiers are told apart here.
    without
        Columns of further levers, by which cases are not told apart either.
    """
    others = [name for name in learned_from if name not in (*actions.columns, *without)]
    n, k = len(rows), len(actions)
    kept: dict[str, Flags] = {name: np.ones((n, k), dtype=np.bool_) for name in REASONS}
    features = _Features(known, others)
    here, there = features.numbers(rows), features.numbers(known)
    for place, lever in enumerate(actions.levers):
        settings = [setting[place] for setting in actions.settings]
        bins = Bins(known[str(lever.column)], lever)
        codes, of_actions = bins.of(known[str(lever.column)]), bins.of(settings)
        kept["range"][:, 1:] &= bins.is_seen(settings)
        chances = _chances(codes, there, here, bins.n, seed, is_same=rows is known)
        shares = np.bincount(codes[codes >= 0], minlength=bins.n) / len(known)
        enough = chances >= np.maximum(LEAST_CHANCE, LEAST_SHARE * shares)
        kept["overlap"][:, 1:] &= enough[:, np.maximum(of_actions, 0)]
        kept["change"][:, 1:] &= near(lever, rows, settings)
    kept["case"][:, 1:] = ~strange_rows(here, there, seed)[:, None]
    supported = np.logical_and.reduce(list(kept.values()))
    stacked = np.stack([~flags for flags in kept.values()])
    first = np.where(supported, 0, 1 + stacked.argmax(axis=0)).astype(np.uint8)
    return Support(supported, {name: float(1 - flags[:, 1:].mean()) for name, flags in kept.items()}, first)


def share_on_edge(choices: NDArray[np.intp], support: Support, actions: Actions) -> float:
    """Of the cases that are changed, in which a number is set as far as the guard lets it, though it could go farther.

    More than `WIDE_EDGE` says that the best value may lie outside what was ever tried: run an experiment.
    """
    changed = np.flatnonzero(choices > 0)
    if not changed.size:
        return 0.0
    on_edge = np.zeros(len(changed), dtype=np.bool_)
    for place, lever in enumerate(actions.levers):
        if not lever.is_numeric:
            continue
        values = actions.numbers(place)
        may = support.supported[changed]
        highest = np.where(may, np.nan_to_num(values, nan=-np.inf), -np.inf).max(axis=1)
        lowest = np.where(may, np.nan_to_num(values, nan=np.inf), np.inf).min(axis=1)
        chosen = values[choices[changed]]
        on_edge |= (chosen >= highest) & (highest < np.nanmax(values))
        on_edge |= (chosen <= lowest) & (lowest > np.nanmin(values))
    return float(on_edge.mean())


def strange_rows(rows: Floats, known: Floats, seed: int) -> Flags:
    """Which rows (n, d) are unlike the known ones (m, d), by the distance to their nearest neighbours, (n,).

    None is where too few are known to say.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(len(known))[:_MOST_REFERENCE]
    reference, calibration = known[order[: len(order) // 2]], known[order[len(order) // 2 :]]
    if len(order) < FEWEST_TO_COMPARE or not known.shape[1]:
        return np.zeros(len(rows), dtype=np.bool_)
    near = NearestNeighbors(n_neighbors=min(_NEIGHBOURS, len(reference))).fit(reference)
    # a row that is itself in the reference would be its own neighbour: the distance to the farthest of them counts
    distances, expected = (near.kneighbors(table)[0][:, -1] for table in (rows, calibration))
    return np.asarray(p_values(distances, expected) < STRANGE)


def strange_among(rows: pd.DataFrame, known: pd.DataFrame, columns: Sequence[str], seed: int = 0) -> Flags:
    """As `strange_rows`, of raw rows by these columns."""
    features = _Features(known, columns)
    return strange_rows(features.numbers(rows), features.numbers(known), seed)


def explained_share(known: pd.DataFrame, lever: Lever, learned_from: Sequence[str], seed: int = 0) -> float:
    """How far the other columns decide the lever, 0 to 1, by cross-validation: beyond 0.9 its effect cannot be told.

    Of the bins of the lever, the share of guesses put right: (accuracy - that of the most frequent) / (1 - the same).
    """
    bins = Bins(known[str(lever.column)], lever)
    codes = bins.of(known[str(lever.column)])
    others = [name for name in learned_from if name != lever.column]
    x = _Features(known, others).numbers(known)
    chances = _chances(codes, x, x, bins.n, seed, is_same=True)
    seen = codes >= 0
    right = float((chances.argmax(axis=1) == codes)[seen].mean())
    frequent = float(np.bincount(codes[seen]).max() / seen.sum())
    return max(0.0, (right - frequent) / (1 - frequent)) if frequent < 1 else 0.0


def foreseen_share(
    known: pd.DataFrame, lever: Lever, learned_from: Sequence[str], *, without: Sequence[str] = (), seed: int = 0
) -> float:
    """How far the other columns tell the chances of the lever's values, 0 to 1: 0 where they are the same in each case.

    By cross-validation the share of the log loss of the overall chances that is saved (McFadden's pseudo R2), by the
    better of two models. Unlike `explained_share` it sees chances that differ while the most frequent value does not.

    Parameters
    ----------
    without
        Columns that are not asked, such as those of further levers.
    """
    codes = Bins(known[str(lever.column)], lever).of(known[str(lever.column)])
    others = [name for name in learned_from if name not in (lever.column, *without)]
    seen = (codes >= 0) & (np.bincount(codes[codes >= 0], minlength=1)[codes] >= _FOLDS)
    places = np.unique(codes[seen], return_inverse=True)[1]
    x, counts = _Features(known, others).numbers(known)[seen], np.bincount(places)
    if len(counts) < 2 or not x.shape[1]:
        return 0.0
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    overall = float(-(counts / len(places) * np.log(counts / len(places))).sum())
    models = (
        make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=200)),
        HistGradientBoostingClassifier(
            max_iter=20, max_leaf_nodes=4, min_samples_leaf=50, early_stopping=False, random_state=seed
        ),
    )
    losses = [
        log_loss(places, cross_val_predict(model, x, places, cv=folds, method="predict_proba")) for model in models
    ]
    return max(0.0, 1 - float(min(losses)) / overall)


class Bins:
    """A lever's values as few groups: tenths of a number, the values of a choice."""

    def __init__(self, known: "pd.Series[Any]", lever: Lever) -> None:
        self._is_number = lever.is_numeric
        if self._is_number:
            values = known.dropna().to_numpy(np.float64)
            self._low, self._high = np.quantile(values, [LOWEST, HIGHEST])
            # edges are values that were tried: between two neighbours there is then no group that nobody is in
            tenths = np.quantile(values, np.linspace(0, 1, _BINS + 1)[1:-1], method="inverted_cdf")
            self._edges = np.setdiff1d(tenths, values.min())
            self.n = len(self._edges) + 1
        else:
            counts = known.astype("string").value_counts()
            names = [str(name) for name in counts.index]
            own = [name for place, name in enumerate(names) if place < _MOST_GROUPS or name in lever.choices]
            self.n = len(own) + (len(own) < len(names))  # the rare ones that nobody would set are one group
            self._places = dict.fromkeys(names, len(own)) | {name: place for place, name in enumerate(own)}
            self._counts = dict(zip(names, counts, strict=True))

    def of(self, values: Iterable[Any]) -> NDArray[np.intp]:
        """The group of each value; -1 where it is missing or was never seen."""
        if not self._is_number:
            return np.array([self._places.get(str(value), -1) for value in values], dtype=np.intp)
        numbers = np.asarray(pd.Series(values), dtype=np.float64)
        return np.where(np.isnan(numbers), -1, np.searchsorted(self._edges, numbers, side="right"))

    def is_seen(self, values: Iterable[Any]) -> Flags:
        """Whether each value lies within all but the outermost hundredths, or was seen often enough."""
        if self._is_number:
            return np.array([self._low <= float(value) <= self._high for value in values])
        return np.array([self._counts.get(str(value), 0) >= FEWEST_SEEN for value in values])


class _Features:
    """Raw columns as numbers: scaled by their quartiles, and one for each of the most frequent words."""

    def __init__(self, known: pd.DataFrame, columns: Sequence[str]) -> None:
        self._scales: dict[str, tuple[float, float]] = {}
        self._levels: dict[str, list[str]] = {}
        for name in columns:
            if pd.api.types.is_numeric_dtype(known[name]) or pd.api.types.is_datetime64_any_dtype(known[name]):
                low, middle, high = np.nanquantile(_numbers(known[name]), [0.25, 0.5, 0.75])
                self._scales[name] = (float(middle), float(high - low) or 1.0)
            else:
                frequent = known[name].astype("string").value_counts().index[:_MOST_LEVELS]
                self._levels[name] = [str(level) for level in frequent]

    def numbers(self, rows: pd.DataFrame) -> Floats:
        """Finite numbers (n, d)."""
        parts = [
            np.nan_to_num((_numbers(rows[name]) - middle) / spread, nan=0.0, posinf=0.0, neginf=0.0)[:, None]
            for name, (middle, spread) in self._scales.items()
        ]
        for name, levels in self._levels.items():
            words = rows[name].astype("string").fillna("").to_numpy(dtype=str)
            parts.append((words[:, None] == np.array(levels)[None, :]).astype(np.float64))
        return np.hstack(parts) if parts else np.zeros((len(rows), 0))


def _numbers(column: "pd.Series[Any]") -> Floats:
    if pd.api.types.is_datetime64_any_dtype(column):
        return np.where(column.isna(), np.nan, column.astype("int64").to_numpy(np.float64))
    return column.to_numpy(np.float64, na_value=np.nan)


def _chances(codes: NDArray[np.intp], known: Floats, rows: Floats, n_bins: int, seed: int, *, is_same: bool) -> Floats:
    """The chance of each bin in each row, (n, bins), by a model that did not learn from the row."""
    seen = codes >= 0
    found = np.zeros((len(rows), n_bins))
    if not known.shape[1] or len(np.unique(codes[seen])) < 2:
        found[:] = np.bincount(codes[seen], minlength=n_bins) / max(1, int(seen.sum()))
        return found
    model = HistGradientBoostingClassifier(max_iter=50, max_leaf_nodes=15, early_stopping=False, random_state=seed)
    present = np.unique(codes[seen])
    if is_same and seen.all():
        folds = KFold(_FOLDS, shuffle=True, random_state=seed)
        places = np.searchsorted(present, codes)
        found[:, present] = cross_val_predict(model, known, places, cv=folds, method="predict_proba")
        return found
    found[:, present] = model.fit(known[seen], codes[seen]).predict_proba(rows)
    return found


def near(lever: Lever, rows: pd.DataFrame, settings: Sequence[Any]) -> Flags:
    """Which settings are within the farthest change from today's value, (n, k - 1)."""
    if lever.max_change is None or not lever.is_numeric:
        return np.ones((len(rows), len(settings)), dtype=np.bool_)
    today = todays_values(lever, rows).to_numpy(np.float64, na_value=np.nan)
    farthest = lever.max_change * np.abs(today) if lever.is_max_change_share else np.full(len(rows), lever.max_change)
    moved = np.abs(np.asarray(settings, dtype=np.float64)[None, :] - today[:, None])
    return np.asarray(moved <= farthest[:, None] + 1e-9)
