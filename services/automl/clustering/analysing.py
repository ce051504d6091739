"""The search for groups: a space of all columns, many divisions of it, and the one that is separated and stable.

No outcome says which division is right. The choice is by silhouette among those that half of the rows finds again, and
whether there are groups at all is decided against rows that have none.
"""

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from services.automl.clustering import chance
from services.automl.clustering.cards import write_cards
from services.automl.clustering.clusterers import NO_GROUP, Clusterer, Division, Labels, candidates, divide
from services.automl.clustering.report import ByChance, GroupsReport, MapPoint, Tried
from services.automl.clustering.sentences import CONNECTED, describe_groups, verdict_of
from services.automl.clustering.stability import stability
from services.automl.clustering.validity import (
    calinski_harabasz,
    connectedness,
    davies_bouldin,
    mean_silhouette,
    measured_silhouette,
    nearest_rows,
)
from services.automl.distance_features import Space, canonical_order, fit_reduction, fit_space
from services.automl.measured import Measured
from services.automl.unlabelled import Clock, Say, Unlabelled, fitted_rows, read_unlabelled

MIN_ROWS = 20
MAX_SEARCHED = 4_000
MAX_MEASURED = 2_000
MIN_STABILITY = 0.75
MOST_GROUPS = 12  # of a density division, which may fall into any number
MAX_SHORTLIST = 8
_LESS_CUT = 0.01  # of neighbours kept together: so much a division by density must do better
_MAP_POINTS = 1_000
_AT_ONCE = 20_000
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GroupsFound:
    """The report, the pipeline that says the group of a typed row by `predict` (0 is the largest), and the groups."""

    report: GroupsReport
    pipeline: Pipeline
    labels: Labels


@dataclass(frozen=True)
class _Weighed:
    """A division of the searched rows with its measures."""

    clusterer: Clusterer
    division: Division
    tried: Tried


def find_groups(
    frame: pd.DataFrame,
    *,
    seconds_left: Clock,
    seed: int = 0,
    feature_columns: Sequence[str] | None = None,
    say: Say = lambda _share, _phase: None,
) -> GroupsFound:
    """Look for groups of rows that resemble each other.

    Parameters
    ----------
    frame
        As read from a file.
    seconds_left
        The search is planned to end with the clock; a first division is always finished.

    Raises
    ------
    UnusableDataError
        There are too few rows, or no column tells them apart.
    """
    began = time.monotonic()
    with warnings.catch_warnings(), threadpool_limits(1):  # threads that wait for each other cost more than they bring
        warnings.simplefilter("ignore")  # a library's remark about one of many candidates helps nobody
        say(0.02, "Reading the columns")
        data = read_unlabelled(frame, purpose="to look for groups", min_rows=MIN_ROWS, feature_columns=feature_columns)
        return _Search(data, seed, seconds_left, say, began).result()


class _Search:
    """One search. Times are shares of what is left when it begins: dividing, halving, chance, the rest for the end."""

    def __init__(self, data: Unlabelled, seed: int, seconds_left: Clock, say: Say, began: float) -> None:
        self.data, self.seed, self.say, self.began = data, seed, say, began
        self._seconds_left, self._seconds = seconds_left, max(seconds_left(), 0.0)
        self.cut: list[str] = []
        rows = fitted_rows(len(data), len(data.columns), seed)
        self.space: Space = fit_space(data.x.iloc[rows], data.columns, seed=seed)
        self.z: Floats = np.asarray(self.space.features.transform(data.x.iloc[rows]), dtype=np.float64)
        self.reduction: PCA | None = fit_reduction(self.z, seed=seed)
        order = canonical_order(self.z)
        self.z = self.z[order]
        drawn = np.random.default_rng(seed).permutation(len(self.z))
        self.searched = np.sort(drawn[:MAX_SEARCHED])
        self.measured = np.random.default_rng(seed + 1).permutation(len(self.searched))[:MAX_MEASURED]

    def result(self) -> GroupsFound:
        """Search, compare with chance, and finish the best."""
        z = self._reduced(self.z)
        rows = z[self.searched]
        self.nearest = nearest_rows(rows[self.measured])
        weighed = self._divide(rows)
        weighed = self._halve(rows, weighed)
        best = _best(weighed)
        self.say(0.65, "Looking for groups where there are none")
        compared = chance.compare_with_chance(
            self.z[self.searched],
            self.space.blocks,
            reduce=self._reduced if self.reduction is not None else None,
            seed=self.seed,
            seconds_left=self._until(0.85),
        )
        if compared.cloud.n_repeats < chance.N_REPEATS:
            self.cut.append(f"Chance was asked {compared.cloud.n_repeats} instead of {chance.N_REPEATS} times.")
        self.say(0.87, "Finishing the best division")
        division = divide(z, best.clusterer, seed=self.seed) if len(z) > len(rows) else best.division
        steps = [("features", self.space.features), ("reduce", self.reduction), ("groups", division.assigner)]
        pipeline = Pipeline([step for step in steps if step[1] is not None])
        labels = _predict(pipeline, self.data.x)
        report = self._report(best, weighed, compared, labels, rows)
        return GroupsFound(report, pipeline, labels)

    def _divide(self, rows: Floats) -> list[_Weighed]:
        wanted = candidates(len(rows))
        found: list[_Weighed] = []
        left = self._until(0.4)
        for number, clusterer in enumerate(wanted):
            if found and left() <= 0:
                self.cut.append(f"{len(wanted) - number} of {len(wanted)} divisions were not tried.")
                break
            self.say(0.05 + 0.3 * number / len(wanted), f"Dividing: {clusterer.label}")
            division = divide(rows, clusterer, seed=self.seed)
            found.append(_Weighed(clusterer, division, self._weigh(rows, clusterer, division)))
        return found

    def _weigh(self, rows: Floats, clusterer: Clusterer, division: Division) -> Tried:
        z, labels = rows[self.measured], division.labels[self.measured]
        silhouette = mean_silhouette(z, labels)
        note = ""
        if len(division.sizes) < 2 or silhouette is None:
            note = "It found fewer than two groups."
        elif min(division.sizes) < chance.smallest_group(len(rows)):
            note = "One of its groups holds fewer than 1% of the rows: outliers, no group."
        elif len(division.sizes) > MOST_GROUPS:
            note = f"It found {len(division.sizes)} groups: more than anybody can tell apart."
        return Tried(
            kind=clusterer.kind,
            label=clusterer.label,
            n_groups=len(division.sizes),
            silhouette=silhouette,
            davies_bouldin=davies_bouldin(z, labels),
            calinski_harabasz=calinski_harabasz(z, labels),
            connectedness=connectedness(self.nearest, labels),
            n_in_no_group=int((division.labels == NO_GROUP).sum()),
            stability=None,
            note=note,
        )

    def _halve(self, rows: Floats, weighed: list[_Weighed]) -> list[_Weighed]:
        """Add the stability of those with the best silhouettes."""
        ranked = sorted(range(len(weighed)), key=lambda place: _rank(weighed[place].tried))
        dense = [place for place in ranked if _is_connected(weighed[place].tried)][::-1]
        shortlist = list(dict.fromkeys([*ranked[:1], *dense, *ranked[1:MAX_SHORTLIST]]))
        left = self._until(0.65)
        for number, place in enumerate(shortlist):
            if number and left() <= 0:
                self.cut.append(f"The stability of {len(shortlist) - number} divisions was not measured.")
                break
            one = weighed[place]
            self.say(0.35 + 0.3 * number / len(shortlist), f"Dividing two halves: {one.clusterer.label}")
            found = stability(rows, one.clusterer, seed=self.seed, seconds_left=left)
            weighed[place] = _Weighed(one.clusterer, one.division, _with_stability(one.tried, found))
        return weighed

    def _report(
        self, best: _Weighed, weighed: list[_Weighed], compared: chance.Comparison, labels: Labels, rows: Floats
    ) -> GroupsReport:
        stable = best.tried.stability
        assert stable is not None
        silhouette = measured_silhouette(
            rows[self.measured], best.division.labels[self.measured], seed=self.seed
        ) or Measured(0.0, None, None, len(self.measured), "fewer than two groups")
        by_chance = tuple(
            ByChance(**vars(reference)) for reference in (compared.shuffled, compared.cloud) if reference is not None
        )
        verdict = verdict_of(silhouette.value, best.tried.connectedness, stable.value, by_chance)
        n_groups = len(best.division.sizes)
        points, share = _flat_map(rows, best.division.labels)
        notes = [f"“{name}” is left out: its texts have no words to compare." for name in self._unread()]
        return GroupsReport(
            sentence=describe_groups(verdict, n_groups, silhouette, stable, by_chance, compared.observed),
            verdict=verdict,
            method=best.clusterer.label,
            n_groups=n_groups,
            n_rows=len(self.data),
            n_searched=len(rows),
            n_in_no_group=int((labels == NO_GROUP).sum()),
            silhouette=silhouette,
            stability=stable,
            connectedness=best.tried.connectedness,
            observed=compared.observed,
            n_observed=compared.n_rows,
            by_chance=by_chance,
            tried=tuple(one.tried for one in weighed),
            cards=write_cards(self.data.x, labels, self.data.columns, seed=self.seed),
            map_points=points,
            map_share=share,
            columns=tuple(column.name for column in self.data.columns),
            left_out={column.name: column.note for column in self.data.left_out},
            notes=tuple(notes),
            cut=tuple(self.cut),
            seed=self.seed,
            seconds=round(time.monotonic() - self.began, 2),
        )

    def _unread(self) -> list[str]:
        return [column.name for column in self.data.columns if column.name not in self.space.blocks]

    def _reduced(self, z: Floats) -> Floats:
        return z if self.reduction is None else np.asarray(self.reduction.transform(z))

    def _until(self, share: float) -> Clock:
        """The clock of a part that ends when `share` of the time is used."""
        return lambda: self._seconds_left() - (1 - share) * self._seconds


def _best(weighed: Sequence[_Weighed]) -> _Weighed:
    """The best silhouette among the stable ones; where none is stable, what comes nearest to both.

    Where its borders run through crowds of rows and a division by density has none that do, the groups are long or
    bent, which a silhouette does not see: then the density decides.
    """
    judged = [one for one in weighed if one.tried.stability is not None]
    stable = [one for one in judged if not one.tried.note and _stability(one) >= MIN_STABILITY]
    if not stable:
        return max(judged, key=lambda one: (not one.tried.note, (one.tried.silhouette or 0.0) + _stability(one)))
    best = min(stable, key=lambda one: _rank(one.tried))
    dense = [one for one in stable if _is_connected(one.tried)]
    densest = max(dense, key=lambda one: (one.tried.connectedness, _stability(one)), default=best)
    return densest if densest.tried.connectedness >= best.tried.connectedness + _LESS_CUT else best


def _stability(one: _Weighed) -> float:
    return one.tried.stability.value if one.tried.stability is not None else 0.0


def _is_connected(tried: Tried) -> bool:
    return tried.kind == "density" and not tried.note and tried.connectedness >= CONNECTED


def _rank(tried: Tried) -> tuple[bool, float, int]:
    """What is possible first, then the higher silhouette (to two decimals), then fewer groups."""
    silhouette = tried.silhouette if tried.silhouette is not None else -1.0
    return (bool(tried.note), -round(silhouette, 2), tried.n_groups)


def _with_stability(tried: Tried, found: Measured) -> Tried:
    return Tried(**{**vars(tried), "stability": found})


def _predict(pipeline: Pipeline, x: pd.DataFrame) -> Labels:
    parts = [pipeline.predict(x.iloc[start : start + _AT_ONCE]) for start in range(0, len(x), _AT_ONCE)]
    return np.concatenate(parts).astype(np.int64)


def _flat_map(rows: Floats, labels: Labels) -> tuple[tuple[MapPoint, ...], float]:
    """The two directions in which the rows are spread most."""
    n = min(2, *rows.shape)
    plane = PCA(n_components=n, svd_solver="full").fit(rows)
    places = plane.transform(rows[:_MAP_POINTS])
    if n < 2:
        places = np.column_stack([places, np.zeros(len(places))])
    points = tuple(
        MapPoint(round(float(x), 3), round(float(y), 3), int(label) + 1)
        for (x, y), label in zip(places, labels[:_MAP_POINTS], strict=True)
    )
    return points, float(np.sum(plane.explained_variance_ratio_))
