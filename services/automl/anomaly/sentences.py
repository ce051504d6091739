"""Unusual rows in words, without claiming that they are wrong."""

from collections.abc import Sequence

from services.automl.anomaly.report import FlaggedShare, TriedDetector
from services.automl.values_in_words import number_in_words, share_in_words

UNSTABLE = 1 / 3  # of the Jaccard index: half of each set is in the other
_FOUND = {"exchanged": "cells of another row", "pushed": "values far outside"}


def describe_unusual(chosen: TriedDetector, flagged: Sequence[FlaggedShare], n_apart: int, n_by_chance: float) -> str:
    """The finding with its numbers."""
    if n_apart > 2 * n_by_chance + 1:
        rows = "1 row stands" if n_apart == 1 else f"{n_apart:,} rows stand"
        finding = f"{rows} far apart from all others, where {number_in_words(round(n_by_chance, 1))} would by chance"
    else:
        finding = "No rows stand far apart: unusualness rises evenly from row to row"
    sentences = [f"{finding}.", _stability(chosen), _synthetic(chosen), _flagged(flagged)]
    return " ".join(sentence for sentence in sentences if sentence)


def _stability(chosen: TriedDetector) -> str:
    agree = (
        f"Two halves of the table agree about the order of rows to {chosen.ranking.in_words()} and share "
        f"{share_in_words(chosen.top.value)} of the most unusual 5%"
    )
    if chosen.top.value < UNSTABLE:
        return f"{agree}: which rows come first is to a large part chance."
    return f"{agree}."


def _synthetic(chosen: TriedDetector) -> str:
    told = " and ".join(f"{found.auc.in_words()} for {_FOUND[found.kind]}" for found in chosen.found)
    return f"Of rows made unusual on purpose, which are synthetic, it finds: AUC {told}."


def _flagged(flagged: Sequence[FlaggedShare]) -> str:
    possible = [item for item in flagged if item.low is not None and item.high is not None]
    if not possible:
        return "There are too few rows to flag a fixed share of further ones."
    least = possible[-1]
    assert least.low is not None
    assert least.high is not None
    return (
        f"The limit for {share_in_words(least.share)} will flag {share_in_words(least.low)} to "
        f"{share_in_words(least.high)} of further rows of the same kind, whether or not anything is wrong with them."
    )
