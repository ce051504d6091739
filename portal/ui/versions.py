"""How the data came to be, version by version, and what differs between any two of them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

import plotly.graph_objects as go
import streamlit as st

from portal.ui.charts import kept_chart
from portal.ui.figures.dataset_maps import change_card
from portal.ui.layout import note, section, small
from portal.ui.row_comparison import RowActions, draw_row_comparison
from portal.ui.session import reading
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.datasets.comparison import Comparison, compare_datasets
from services.datasets.lineage import LineageEntry
from services.datasets.profile import ColumnProfile, HistogramBin
from services.datasets.queries import get_dataset
from services.datasets.sentences import format_edge
from services.datasets.views import Dataset

SHOWN = 8
MAX_CHANGES = 12  # small figures of columns that moved
MAX_LABELS = 8
_SMALLEST_MOVE = 0.005  # of the rows, between two versions


def draw_lineage(entries: Sequence[LineageEntry]) -> None:
    """What made each version, from which one, by whom and why, newest first."""
    text = "Every change is a new version; earlier ones stay as they were."
    with section(f"How version {entries[0].version} came to be" if entries else "How the data came to be", text):
        _draw_lines(entries[:SHOWN])
        if len(entries) > SHOWN:
            with st.expander(f"{len(entries) - SHOWN} earlier versions"):
                _draw_lines(entries[SHOWN:])


def ask_versions(entries: Sequence[LineageEntry]) -> tuple[str, str] | None:
    """Which two versions to compare, as ids: the latest and the one before it, unless somebody chooses others."""
    if len(entries) < 2:
        return None
    names = {entry.dataset_id: f"Version {entry.version}: {entry.change}" for entry in entries}
    ids = list(names)
    with st.grid(2, min_column_width=280, gap="small"):
        before = st.selectbox("From", ids, index=1, format_func=names.__getitem__, key=f"before_{ids[0]}")
        after = st.selectbox("To", ids, index=0, format_func=names.__getitem__, key=f"after_{ids[0]}")
    return before, after


def draw_difference(actor: Actor, entries: Sequence[LineageEntry], actions: RowActions | None = None) -> None:
    """Any two versions side by side, once somebody opens it: two tables of many columns take a moment to read.

    Without `actions` nobody can have the rows compared; what was found is shown all the same.
    """
    shown = st.expander("What changed between two versions", icon=":material/difference:", on_change="rerun")
    with shown:
        if not shown.open:
            return
        chosen = ask_versions(entries)
        if chosen is None:
            note("There is one version so far.")
            return
        with reading() as session:
            before, after = (get_dataset(session, actor=actor, dataset_id=one) for one in chosen)
        comparison = compare_datasets(before, after)
        draw_comparison(comparison, before, after)
        if not comparison.is_same_table:
            draw_row_comparison(actor, before, after, actions)


def draw_comparison(comparison: Comparison, before: Dataset, after: Dataset) -> None:
    """Sentences first, then the columns whose values moved as pairs of small bars."""
    for sentence in comparison.sentences:
        st.markdown(f"- {escape_markdown(sentence)}")
    if comparison.is_same_table:
        note("The rows are the same; only decisions differ.")
        return
    moved = moved_columns(before, after)
    if not moved:
        note("No column has another distribution.")
        return
    note("Columns whose values moved, as shares of the rows: grey before, indigo after")
    with st.grid(3, min_column_width=280, gap="small"):
        for old, new in moved[:MAX_CHANGES]:
            with st.container(border=True, height="stretch", gap="xsmall"):
                _draw_change(old, new, before.n_rows, after.n_rows)
    if len(moved) > MAX_CHANGES:
        note(f"And {len(moved) - MAX_CHANGES} more columns that moved less.")


def moved_columns(before: Dataset, after: Dataset) -> list[tuple[ColumnProfile, ColumnProfile]]:
    """Columns of both versions whose shares differ, those that moved most first."""
    old = {column.name: column for column in before.columns}
    pairs = [(old[column.name], column) for column in after.columns if column.name in old]
    sized = [(_distance(*paired_shares(*pair)[1:]), pair) for pair in pairs if pair[0] != pair[1]]
    return [pair for size, pair in sorted(sized, key=lambda one: -one[0]) if size >= _SMALLEST_MOVE]


def paired_shares(before: ColumnProfile, after: ColumnProfile) -> tuple[list[str], list[float], list[float]]:
    """The same parts of a column in two versions: labels, and the share of the present values in each (0 to 1).

    Values that are listed are compared one by one, the rest together; numbers and dates in ten equal stretches between
    the lowest and the highest of both, told from the histograms.
    """
    if before.histogram and after.histogram:
        return _paired_stretches(before.histogram, after.histogram, is_date=after.kind == "date")
    old, new = dict(before.top_values), dict(after.top_values)
    labels = sorted(old.keys() | new.keys(), key=lambda label: -(old.get(label, 0) + new.get(label, 0)))[:MAX_LABELS]
    return labels, [_share(old, label) for label in labels], [_share(new, label) for label in labels]


def _draw_lines(entries: Sequence[LineageEntry]) -> None:
    rows = [{"Version": str(entry.version), "What made it": _words(entry)} for entry in entries]
    st.table(rows, border="horizontal", hide_index=True)


def _words(entry: LineageEntry) -> str:
    made = f"from version {entry.from_version}" if entry.from_version else "the first"
    facts = [made, f"{entry.n_rows:,} rows", f"{entry.by_name}, {entry.at.day} {entry.at:%b %H:%M} UTC"]
    facts = [entry.reason, *facts] if entry.reason else facts
    return f"{escape_markdown(entry.change)}  \n{small(escape_markdown(' · '.join(facts)))}"


def _draw_change(old: ColumnProfile, new: ColumnProfile, n_old: int, n_new: int) -> None:
    labels, before, after = paired_shares(old, new)
    gaps = ""
    if old.n_missing != new.n_missing:
        gaps = f"; missing {old.n_missing / max(n_old, 1):.1%} before, {new.n_missing / max(n_new, 1):.1%} after"
    biggest = max(range(len(labels)), key=lambda place: abs(after[place] - before[place]), default=None)
    sentence = f"{new.name} moved{gaps}"
    if biggest is not None:
        sentence = f"“{labels[biggest]}”: {before[biggest]:.1%} before, {after[biggest]:.1%} after{gaps}"
    st.markdown(f"**{escape_markdown(new.name)}**  \n{small(escape_markdown(sentence))}")
    if labels:
        build = _builder(tuple(labels), tuple(before), tuple(after))
        alt = f"{new.name}: {sentence}"
        kept_chart(build, alt, of=("change", tuple(labels), tuple(before), tuple(after)), key=f"change_{new.name}")


def _builder(labels: tuple[str, ...], before: tuple[float, ...], after: tuple[float, ...]) -> Callable[[], go.Figure]:
    return lambda: change_card(labels, before, after)


def _paired_stretches(
    old: Sequence[HistogramBin], new: Sequence[HistogramBin], *, is_date: bool, n_parts: int = 10
) -> tuple[list[str], list[float], list[float]]:
    low, high = min(old[0].low, new[0].low), max(old[-1].high, new[-1].high)
    width = (high - low) / n_parts or 1.0
    edges = [low + width * part for part in range(n_parts + 1)]
    named = [datetime.fromtimestamp(edge, tz=UTC).isoformat() if is_date else edge for edge in edges]
    labels = [f"{format_edge(left)} to {format_edge(right)}" for left, right in pairwise(named)]
    return labels, _spread(old, edges), _spread(new, edges)


def _spread(bins: Sequence[HistogramBin], edges: Sequence[float]) -> list[float]:
    """The share of the values in each stretch, taking them as evenly spread within a bin."""
    total = sum(bin_.count for bin_ in bins) or 1
    shares = [0.0] * (len(edges) - 1)
    for bin_ in bins:
        for part, (left, right) in enumerate(pairwise(edges)):
            if bin_.high == bin_.low:
                is_last = part == len(shares) - 1
                inside = float(left <= bin_.low < right or (is_last and bin_.low >= right))
            else:
                inside = max(0.0, min(bin_.high, right) - max(bin_.low, left)) / (bin_.high - bin_.low)
            shares[part] += inside * bin_.count / total
    return shares


def _share(counts: dict[str, int], label: str) -> float:
    return counts.get(label, 0) / max(sum(counts.values()), 1)


def _distance(before: Sequence[float], after: Sequence[float]) -> float:
    """Half the sum of differences: the share of rows that would have to move."""
    return sum(abs(one - other) for one, other in zip(before, after, strict=True)) / 2
