"""The tables of the AutoML benchmark, and how systems are compared over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean
from typing import Any

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Table:
    """A file to learn from. `guess` is the score of a guess, and scores rise from there to the best peer's."""

    name: str
    target: str
    task: str
    greater_is_better: bool
    guess: float
    positive: str | None = None


TABLES = (
    Table("telco", "Churn", "binary", True, 0.5, "Yes"),
    Table("attrition", "Attrition", "binary", True, 0.5, "Yes"),
    Table("adult", "income", "binary", True, 0.5, ">50K"),
    Table("clothing", "Recommended IND", "binary", True, 0.5, "1"),
    Table("winewhite", "quality", "multiclass", False, 1.291),
    Table("letter", "letter", "multiclass", False, 3.258),
    Table("ames", "SalePrice", "regression", False, 81083.0),
    Table("bike", "cnt", "regression", False, 182.7),
)
_NAMED = {table.name: table for table in TABLES}


def ranks(scores: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Mean rank of each system over the tables, 1 is best; equal scores share a rank."""
    places: dict[str, list[float]] = {}
    for name, found in scores.items():
        sign = -1.0 if _NAMED[name].greater_is_better else 1.0
        order = stats.rankdata([sign * score for score in found.values()])
        for system, place in zip(found, order, strict=True):
            places.setdefault(system, []).append(float(place))
    return {system: round(mean(values), 3) for system, values in sorted(places.items(), key=lambda item: mean(item[1]))}


def normalised_scores(scores: Mapping[str, Mapping[str, float]], ours: str) -> dict[str, float]:
    """On each table, our gain over a guess as a share of the best peer's; 1 is as good as the best peer."""
    shares = {}
    for name, found in scores.items():
        table = _NAMED[name]
        peers = [score for system, score in found.items() if system != ours]
        if ours in found and peers:
            best = max(peers) if table.greater_is_better else min(peers)
            shares[name] = round((found[ours] - table.guess) / (best - table.guess), 4)
    if shares:
        shares["mean"] = round(float(np.mean(list(shares.values()))), 4)
    return shares


def written(summary: Mapping[str, Any]) -> str:
    """The summary as a Markdown table, a line for each table, and a line for each figure below it."""
    scores: Mapping[str, Mapping[str, float]] = summary["scores"]
    systems = list(dict.fromkeys(system for found in scores.values() for system in found))
    lines = [f"| table | {' | '.join(systems)} |", f"|---|{'---|' * len(systems)}"]
    for name, found in scores.items():
        cells = [f"{found[system]:.4f}" if system in found else "–" for system in systems]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    figures = [f"{key}: {value}" for key, value in summary.items() if key != "scores"]
    return "\n".join([*lines, "", *figures])
