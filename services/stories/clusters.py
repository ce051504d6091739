"""Columns that move together share the credit: their effects summed in each row, beside each one's own."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column
from services.stories.report import Cluster

Floats = NDArray[np.float64]
CLOSE = 0.7
_FEWEST_KNOWN = 30
_MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Group:
    """Places of columns that are linked by |Spearman| of at least `CLOSE`, directly or through one another."""

    places: tuple[int, ...]
    weakest_link: float
    strongest_link: float


def correlated_groups(x: pd.DataFrame, columns: tuple[Column, ...]) -> tuple[Group, ...]:
    """The groups of at least two among numbers, dates, and categories with two values."""
    numbers = _numbers(x.iloc[:_MOST_ROWS], columns)
    places = [int(place) for place in numbers.columns]
    if len(places) < 2:
        return ()
    found = numbers.corr(method="spearman", min_periods=_FEWEST_KNOWN).abs().fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(found, 0.0)
    linked, left, groups = found >= CLOSE, set(range(len(places))), []
    while left:
        group, waiting = set(), {min(left)}
        while waiting:
            group |= waiting
            waiting = {int(near) for place in waiting for near in np.flatnonzero(linked[place])} - group
        left -= group
        if len(group) > 1:
            inside = found[np.ix_(sorted(group), sorted(group))]
            links = inside[inside >= CLOSE]
            members = tuple(places[place] for place in sorted(group))
            groups.append(Group(members, float(links.min()), float(links.max())))
    return tuple(groups)


def cluster_effects(effects: Floats, groups: tuple[Group, ...]) -> Floats:
    """Effects (n, c) of each group: those of its columns (n, m) summed in each row."""
    summed = [effects[:, list(group.places)].sum(axis=1) for group in groups]
    return np.column_stack(summed) if summed else np.zeros((len(effects), 0))


def describe_clusters(effects: Floats, groups: tuple[Group, ...], columns: tuple[Column, ...]) -> tuple[Cluster, ...]:
    """Each group with its summed effect beside those of its members, the strongest group first."""
    sizes, together = np.abs(effects).mean(axis=0), np.abs(cluster_effects(effects, groups)).mean(axis=0)
    clusters = [
        Cluster(
            together=float(whole),
            members=tuple(
                sorted(((columns[place].name, float(sizes[place])) for place in group.places), key=lambda one: -one[1])
            ),
            weakest_link=group.weakest_link,
            strongest_link=group.strongest_link,
            n=len(effects),
        )
        for group, whole in zip(groups, together, strict=True)
    ]
    return tuple(sorted(clusters, key=lambda cluster: -cluster.together))


def _numbers(x: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """Columns that can be put in order, by their place."""
    found = {}
    for place, column in enumerate(columns):
        values = x[column.name]
        if column.kind in ("number", "date"):
            found[place] = values.astype("float64")
        elif column.kind == "category" and values.nunique() == 2:
            codes, _ = pd.factorize(values, sort=True)
            found[place] = pd.Series(np.where(codes < 0, np.nan, codes), index=x.index)
    return pd.DataFrame(found)
