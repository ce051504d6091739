"""How the target changes along each column: the mean target of parts of the column, over all rows."""

from typing import Any

import numpy as np
import pandas as pd

from services.datasets.checks.chart_data import Relation, RelationBin
from services.datasets.checks.personal_data import personal_columns
from services.datasets.checks.single_columns import score_columns
from services.datasets.checks.subject import Numbers, Subject
from services.datasets.profile import label_of
from services.datasets.sentences import format_edge

MAX_COLUMNS, MAX_BINS, MAX_LABELS = 40, 10, 12
MISSING, OTHER = "missing", "others"

Codes = np.ndarray[Any, np.dtype[np.int64]]


def relate_columns(subject: Subject) -> tuple[Relation, ...]:
    """A relation for each of the columns that tell most, the strongest first; nothing without a target.

    Values of columns that may be personal are not written as labels: such columns are left out where they hold text.
    """
    if subject.task is None:
        return ()
    scores = subject.once(score_columns)
    usable = [name for name in subject.columns if name != subject.target and _is_usable(subject, name)]
    usable.sort(key=lambda name: -scores.get(name, 0.0))
    with np.errstate(all="ignore"):
        found = [_relate(subject, name) for name in usable[:MAX_COLUMNS]]
    return tuple(sorted((relation for relation in found if relation), key=lambda one: -one.strength))


def _is_usable(subject: Subject, name: str) -> bool:
    profile = subject.profiles[name]
    if profile.kind in ("identifier", "constant", "text"):
        return False
    return subject.type_of(name) != "O" or name not in subject.once(personal_columns)


def _relate(subject: Subject, name: str) -> Relation | None:
    cells, outcome = subject.sample[name], subject.outcome
    places, parts = _split_labels(cells) if _is_listed(subject, name) else _split_numbers(cells)
    places = np.where(np.isnan(outcome), -1, places)
    is_used = places >= 0
    counts = np.bincount(places[is_used], minlength=len(parts))
    sums = np.bincount(places[is_used], outcome[is_used], len(parts))
    if not is_used.any():
        return None
    overall = float(outcome[is_used].mean())
    means = sums / np.maximum(counts, 1)
    total = float(((outcome[is_used] - overall) ** 2).sum())
    strength = float((counts * (means - overall) ** 2).sum()) / total if total > 0 else 0.0
    if not np.isfinite([overall, strength, *means]).all():
        return None
    bins = [
        RelationBin(label, int(count), _short(mean), low, high)
        for (label, low, high), count, mean in zip(parts, counts.tolist(), means.tolist(), strict=True)
        if count
    ]
    return Relation(name, tuple(bins), _short(overall), round(min(1.0, strength), 4))


def _is_listed(subject: Subject, name: str) -> bool:
    return subject.type_of(name) == "O" or subject.profiles[name].n_distinct <= MAX_BINS


def _split_labels(cells: "pd.Series[Any]") -> tuple[Codes, list[tuple[str, float | None, float | None]]]:
    """Each frequent value is a part; numbers ascend, texts come with the most frequent first."""
    codes, values = pd.factorize(cells, sort=cells.dtype.kind in "ifM")
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    kept = np.argsort(-counts, kind="stable")[:MAX_LABELS] if len(values) > MAX_LABELS else np.arange(len(values))
    if cells.dtype.kind not in "ifM":
        kept = kept[np.argsort(-counts[kept], kind="stable")]
    place_of = np.full(len(values) + 1, len(kept))
    place_of[kept] = np.arange(len(kept))
    place_of[-1] = len(kept) + 1  # code −1: missing
    labels = [label_of(values[code]) for code in kept.tolist()]
    if cells.dtype.kind == "M":
        labels = [format_edge(pd.Timestamp(values[code]).isoformat()) for code in kept.tolist()]
    return place_of[codes], [(label, None, None) for label in (*labels, OTHER, MISSING)]


def _split_numbers(cells: "pd.Series[Any]") -> tuple[Codes, list[tuple[str, float | None, float | None]]]:
    """Parts with about as many rows each, and one for missing cells."""
    is_date = cells.dtype.kind == "M"
    values: Numbers = cells.to_numpy("datetime64[s]").astype(float) if is_date else cells.to_numpy(dtype=float)
    is_missing = cells.isna().to_numpy()
    values = np.where(is_missing, np.nan, values)
    ordered = np.sort(values[~is_missing])
    edges = np.unique(ordered[np.linspace(0, len(ordered) - 1, MAX_BINS + 1).astype(int)])
    inner = edges[1:-1]
    places = np.where(is_missing, len(inner) + 1, np.searchsorted(inner, values, "right"))
    starts = np.concatenate(([0], np.searchsorted(ordered, inner, "left")))
    ends = np.append(starts[1:], len(ordered))
    parts: list[tuple[str, float | None, float | None]] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        low, high = float(ordered[start]), float(ordered[max(start, end - 1)])
        parts.append((_label(low, high, is_date=is_date), low, high))
    return places, [*parts, (MISSING, None, None)]


def _label(low: float, high: float, *, is_date: bool) -> str:
    words = [_write(edge, is_date=is_date) for edge in (low, high)]
    return words[0] if words[0] == words[1] else " to ".join(words)


def _write(edge: float, *, is_date: bool) -> str:
    return format_edge(str(np.datetime64(int(edge), "s")) if is_date else edge)


def _short(value: float) -> float:
    """Six digits: more are noise, and documents stay small."""
    return float(f"{value:.6g}")
