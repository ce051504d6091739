"""What only many columns or many rows together show: columns that say the same, gaps, and when the rows are from."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from portal.ui.charts import chart
from portal.ui.figures.dataset_maps import correlation_map, missingness_map, time_coverage
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.datasets.checks.chart_data import Correlations, Coverage, Missingness, Period

MAX_LINES = 24  # of a map: more cannot be read
_CLUSTERS = 12


def draw_related(correlations: Correlations | None) -> None:
    """Groups of columns that go together, in words and as a map."""
    if correlations is None or len(correlations.columns) < 2:
        with section("Which columns go together"):
            note("There are too few columns with numbers or categories to compare.")
        return
    n_groups = len(correlations.clusters)
    title = {0: "No columns say nearly the same", 1: "One group of columns goes together"}.get(
        n_groups, f"{n_groups} groups of columns go together"
    )
    text = "Of columns that say the same, a model needs one. Dark means closely related, whatever the direction."
    with section(title, text):
        st.markdown("\n".join(f"- {_listed(cluster)}" for cluster in correlations.clusters[:_CLUSTERS]))
        if n_groups > _CLUSTERS:
            note(f"And {n_groups - _CLUSTERS} more groups.")
        names = _most_related(correlations)
        places = [correlations.columns.index(name) for name in names]
        strengths = [[correlations.strengths[row][place] for place in places] for row in places]
        chart(correlation_map(names, strengths), f"{title}. Strength of the relation of each pair.", key="related")
        if len(names) < len(correlations.columns):
            note(f"The {len(names)} most closely related of {len(correlations.columns)} columns are drawn.")


def draw_gaps(missingness: Missingness | None, n_columns: int) -> None:
    """Where cells are empty: by column and from the first rows to the last."""
    if missingness is None or not missingness.columns:
        with section("No cell is empty", f"All {n_columns:,} columns have a value in every row."):
            return
    n_with = n_columns - missingness.n_complete_columns
    title = f"{n_with:,} of {n_columns:,} columns {'has' if n_with == 1 else 'have'} gaps"
    text = "Each line is a column, from the first rows at the left to the last at the right. Dark means missing."
    with section(title, text):
        names = missingness.columns[:MAX_LINES]
        shares = missingness.shares[:MAX_LINES]
        worst = max(range(len(names)), key=lambda place: sum(shares[place]))
        chart(missingness_map(names, shares), f"{title}; most of them in {names[worst]}.", key="gaps")
        note(
            f"Gaps that begin at one place often mean that a source changed there. "
            f"{missingness.n_complete_columns:,} columns without a gap are not drawn."
        )


def draw_time(coverage: Coverage | None) -> None:
    """Rows over time by the main date column."""
    if coverage is None or not coverage.periods:
        with section("No column says when a row is from"):
            note("With a date column the portal shows how many rows each period has, and whether the outcome drifts.")
        return
    title = describe_coverage(coverage)
    text = f"By the column “{escape_markdown(coverage.column)}”, rows per {coverage.unit}"
    with section(title, text):
        labels = [name_period(period, coverage.unit) for period in coverage.periods]
        chart(time_coverage(labels, [period.n_rows for period in coverage.periods]), title, key="time")


def describe_coverage(coverage: Coverage) -> str:
    """From when to when, and how many periods are empty: "Rows from Jan 2024 to Jun 2025; 2 months have none"."""
    first, last = (name_period(coverage.periods[place], coverage.unit) for place in (0, -1))
    n_empty = sum(period.n_rows == 0 for period in coverage.periods)
    span = f"Rows from {first} to {last}" if first != last else f"All rows are from {first}"
    if not n_empty:
        return span
    return f"{span}; 1 {coverage.unit} has none" if n_empty == 1 else f"{span}; {n_empty} {coverage.unit}s have none"


def name_period(period: Period, unit: str) -> str:
    """A period as people write it: "3 Sep 2025", "Sep 2025", "3rd quarter 2025", "2025"."""
    start = date.fromisoformat(period.start[:10])
    if unit == "year":
        return f"{start:%Y}"
    if unit == "quarter":
        return f"Q{(start.month - 1) // 3 + 1} {start:%Y}"
    if unit == "month":
        return f"{start:%b %Y}"
    return f"{start.day} {start:%b %Y}"


def _most_related(correlations: Correlations) -> list[str]:
    """At most `MAX_LINES` columns, those in groups and with the strongest relation first, in the order of the map."""
    if len(correlations.columns) <= MAX_LINES:
        return list(correlations.columns)
    strongest = {
        name: max(abs(value or 0.0) for place, value in enumerate(correlations.strengths[row]) if place != row)
        for row, name in enumerate(correlations.columns)
    }
    kept = set(sorted(strongest, key=lambda name: -strongest[name])[:MAX_LINES])
    return [name for name in correlations.columns if name in kept]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"**{escape_markdown(name)}**" for name in names[:6])
    return f"{shown} and {len(names) - 6} more" if len(names) > 6 else shown
