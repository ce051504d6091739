"""What distinguishes a group, in words: the columns in which its rows differ most from all others.

Numbers, categories and words are compared on one scale, Cliff's delta; for a value it is the difference of two shares.
The groups were made from the same columns, so that no test of significance is possible, and none is made.

References
----------
Cliff (1993), Psychological Bulletin 114:494; Romano et al. (2006): from 0.147 on small, 0.33 medium, 0.474 large.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from sklearn.feature_extraction.text import CountVectorizer

from services.automl.clustering.clusterers import NO_GROUP, Labels
from services.automl.clustering.report import Card, Difference
from services.automl.columns import Column
from services.automl.values_in_words import day_in_words, number_in_words, share_in_words

MIN_EFFECT = 0.147
MAX_DIFFERENCES = 6
MAX_ROWS = 50_000
_IN_SENTENCE = 3
_MAX_WORDS = 300
Bools = NDArray[np.bool_]


def write_cards(x: pd.DataFrame, labels: Labels, columns: Iterable[Column], *, seed: int) -> tuple[Card, ...]:
    """A card for each group, the largest first, then one for the rows in no group.

    Parameters
    ----------
    x
        Typed rows (n, columns).
    labels
        Their groups (n,), −1 for none.
    """
    counts = {int(label): int(n) for label, n in zip(*np.unique(labels, return_counts=True), strict=True)}
    rows = np.sort(np.random.default_rng(seed).permutation(len(x))[:MAX_ROWS])
    looked_at, groups = x.iloc[rows], labels[rows]
    members = {label: groups == label for label in counts}
    found: dict[int, list[Difference]] = {label: [] for label in counts}
    for column in columns:
        for label, difference in _differences(looked_at[column.name], column, members):
            found[label].append(difference)
    order = sorted(counts, key=lambda label: (label == NO_GROUP, label))
    return tuple(_card(label, counts[label], len(x), found[label]) for label in order)


def cliffs_delta(values: NDArray[np.float64], is_member: Bools) -> float:
    """Cliff's delta of the members against the others: 1 where every member is higher, 0 where it is a coin."""
    n, m = int(is_member.sum()), int((~is_member).sum())
    if not n or not m:
        return 0.0
    ranks = stats.rankdata(values)
    area = (float(ranks[is_member].sum()) - n * (n + 1) / 2) / (n * m)
    return 2 * area - 1


def _card(label: int, n: int, n_rows: int, differences: list[Difference]) -> Card:
    ranked = sorted(differences, key=lambda difference: -abs(difference.effect))
    strong = tuple(difference for difference in ranked if abs(difference.effect) >= MIN_EFFECT)[:MAX_DIFFERENCES]
    told = "; ".join(difference.sentence for difference in strong[:_IN_SENTENCE])
    sentence = f"{told}." if told else "No column tells it clearly from the others."
    return Card(label + 1, n, n / n_rows, sentence, strong)


def _differences(
    values: "pd.Series[Any]", column: Column, members: dict[int, Bools]
) -> Iterable[tuple[int, Difference]]:
    if column.kind in ("number", "date"):
        return _of_numbers(values, column, members)
    if column.kind == "category":
        levels = values.fillna("missing").astype(str)
        top = levels.value_counts().index[:_MAX_WORDS]
        shares = [(str(level), (levels == level).to_numpy()) for level in top]
        return _of_values(column.name, shares, members, "“{column}” is {value}")
    return _of_values(column.name, _words(values), members, "“{column}” says “{value}”")


def _of_numbers(
    values: "pd.Series[Any]", column: Column, members: dict[int, Bools]
) -> Iterable[tuple[int, Difference]]:
    known = values.notna().to_numpy()
    numbers = values.to_numpy(dtype=np.float64)
    spell = day_in_words if column.kind == "date" else number_in_words
    higher, lower = ("later", "earlier") if column.kind == "date" else ("higher", "lower")
    for label, is_member in members.items():
        inside, outside = numbers[known & is_member], numbers[known & ~is_member]
        if not len(inside) or not len(outside):
            continue
        effect = cliffs_delta(numbers[known], is_member[known])
        middle, other = float(np.median(inside)), float(np.median(outside))
        word = higher if effect > 0 else lower
        typical = f"median {spell(middle)}" if middle != other else f"mean {spell(float(inside.mean()))}"
        against = spell(other) if middle != other else spell(float(outside.mean()))
        yield label, Difference(column.name, effect, f"“{column.name}” is {word} ({typical} against {against})")


def _of_values(
    name: str, shares: Sequence[tuple[str, Bools]], members: dict[int, Bools], words: str
) -> Iterable[tuple[int, Difference]]:
    """The value whose share differs most."""
    for label, is_member in members.items():
        if not shares or bool(is_member.all()):
            continue
        inside = np.array([has[is_member].mean() for _, has in shares])
        outside = np.array([has[~is_member].mean() for _, has in shares])
        most = int(np.argmax(np.abs(inside - outside)))
        effect = float(inside[most] - outside[most])
        said = words.format(column=name, value=shares[most][0])
        against = f"{share_in_words(inside[most])} against {share_in_words(outside[most])}"
        yield label, Difference(name, effect, f"{said} {'more' if effect > 0 else 'less'} often ({against})")


def _words(values: "pd.Series[Any]") -> list[tuple[str, Bools]]:
    try:
        counter = CountVectorizer(binary=True, max_features=_MAX_WORDS, stop_words=None)
        found = counter.fit_transform(values.fillna("")).astype(bool).tocsc()
    except ValueError:
        return []
    return [
        (str(word), found[:, place].toarray().ravel()) for place, word in enumerate(counter.get_feature_names_out())
    ]
