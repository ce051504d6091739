"""The same records as a table, a board, a matrix and a timeline; each row, card and mark leads to its project."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from portal.ui.badges import RISK
from portal.ui.charts import press_chart
from portal.ui.figures.portfolio import MOST_BARS, describe_end, matrix_figure, timeline_figure
from portal.ui.layout import note, section, small
from portal.ui.project_rows import draw_project_rows
from portal.ui.state import go_to, project_link
from portal.ui.text import escape_cell, escape_markdown
from services.portfolio.records.filters import by_column
from services.portfolio.records.roll_up import list_worth_currencies, roll_up, say_sums
from services.portfolio.records.sentences import describe_age, describe_awaited, describe_worth
from services.portfolio.records.views import Column, Record
from services.valuation.amounts import format_money
from services.valuation.project_worth import one_off_amount

MOST_CARDS = 6  # in a column of the board
_FEASIBILITY = st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d of 100")


def draw_table(records: Sequence[Record], now: datetime) -> None:
    """One row for each project, newest first."""
    _draw_rows(records, [_row(record, now) for record in records], "newest first", key="table")
    note(
        "Money is a year, before the project's own cost; “at most” is what a perfect model would bring. "
        "Tick a row to open its project."
    )


def draw_board(records: Sequence[Record], now: datetime) -> None:
    """The columns that gates put projects into."""
    columns = by_column(records)
    with section(
        "A project moves when a gate decides, never by hand",
        "Most money first. The money of each column stands below its name.",
    ):
        places = st.columns(len(columns), gap="small")
        for place, (column, inside) in zip(places, columns.items(), strict=True):
            with place, st.container(gap="xsmall"):
                _draw_column(column, inside, now)


def draw_matrix(records: Sequence[Record], _now: datetime) -> None:
    """Value against feasibility, and the same as a table."""
    currencies = list_worth_currencies(records)
    if not currencies:
        note("None of these projects has a price yet. It comes with the money of its business case.")
        return
    shown = [record for record in records if record.worth and record.worth.currency == currencies[0]]
    still_open = [record for record in shown if record.column not in (Column.LIVE, Column.STOPPED)] or shown
    best = max(still_open, key=lambda record: (record.amount or 0.0) * record.reach.score)
    title = f"{escape_markdown(best.name)} brings most for how feasible it is"
    how = (
        "Up is more money a year, right is easier, larger is dearer to build. Hollow is at most, with a perfect "
        "model; filled was measured. Feasibility is the mean of what is known: the way behind it, its data at hand, "
        "and how far from perfect its model may be and still pay back. Press a mark to open its project."
    )
    with section(title, how):
        pressed = press_chart(
            matrix_figure(shown, currencies[0]),
            f"{len(shown)} projects by money a year and feasibility. {best.name} brings most for how feasible it is.",
            key="matrix",
        )
    if pressed:
        go_to("project", project=pressed)
    n_missing = len(records) - len(shown)
    if n_missing:
        others = f" or have theirs in {' or '.join(currencies[1:])}" if currencies[1:] else ""
        note(f"{n_missing:,} of these projects have no price yet{others}; they are in the table only.")
    ordered = sorted(records, key=lambda record: -(record.amount or 0.0))
    rows = [
        {
            "Project": escape_cell(record.name),
            "Money a year": describe_worth(record),
            "To build": format_money(one_off_amount(record.assumptions), record.assumptions.currency)
            if record.assumptions
            else "–",
            "Feasibility": round(100 * record.reach.score),
            "Because": "; ".join(record.reach.reasons),
            "Risk": RISK[record.risk_tier].label,
        }
        for record in ordered
    ]
    _draw_rows(ordered, rows, "most money first", key="matrix_table")


def draw_timeline(records: Sequence[Record], now: datetime) -> None:
    """When each project came to where it is, and the same as a table."""
    oldest = sorted(records, key=lambda record: (record.column in (Column.LIVE, Column.STOPPED), record.since))
    first, shown = oldest[0], oldest[:MOST_BARS]
    title = f"{escape_markdown(first.name)} has stood still longest, {describe_age(first, now)}"
    how = (
        "Longest in its stage first, live projects last. Each colour is a stage; the dotted line leads to the planned "
        "end, red and crossed where that day has passed. Press a bar to open its project."
    )
    with section(title, how):
        until = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)  # another picture forgets a press
        pressed = press_chart(
            timeline_figure(shown, until), f"{len(shown)} projects over time. {title}.", key="timeline"
        )
    if pressed:
        go_to("project", project=pressed)
    if len(records) > MOST_BARS:
        note(f"{len(records) - MOST_BARS:,} more are in the table.")
    rows = [
        {
            "Project": escape_cell(record.name),
            "Stage": record.column.label,
            "Since": record.since,
            "Days": record.days_in_phase(now),
            "Awaited": _awaited(record),
            "Planned end": describe_end(record, now),
            "Started": record.started_at,
        }
        for record in oldest
    ]
    _draw_rows(oldest, rows, "longest in its stage first", key="timeline_table")


def _draw_rows(records: Sequence[Record], rows: Sequence[dict[str, Any]], order: str, *, key: str) -> None:
    draw_project_rows(
        rows,
        [record.project_id for record in records],
        alt=f"{len(rows)} projects, {order}",
        key=key,
        columns={
            "Feasibility": _FEASIBILITY,
            "Since": st.column_config.DateColumn(format="D MMM YYYY"),
            "Started": st.column_config.DateColumn(format="D MMM YYYY"),
        },
    )


def _row(record: Record, now: datetime) -> dict[str, Any]:
    return {
        "Project": escape_cell(record.name),
        "Money a year": describe_worth(record),
        "Stage": record.column.label,
        "In it": describe_age(record, now),
        "Awaited": _awaited(record),
        "Risk": RISK[record.risk_tier].label,
        "Feasibility": round(100 * record.reach.score),
        "State": record.status,
        "Initiative": escape_cell(record.initiative_name),
    }


def _awaited(record: Record) -> str:
    said = describe_awaited(record.awaited)
    return escape_cell(said[:1].upper() + said[1:])


def _draw_column(column: Column, records: Sequence[Record], now: datetime) -> None:
    """One column with its money and its largest projects."""
    sums = roll_up(records)
    expected, at_most = say_sums(sums.expected, nothing=""), say_sums(sums.at_most, nothing="")
    money = expected or (f"at most {at_most}" if at_most else "no price yet" if records else "empty")
    st.markdown(f"**{column.label}** :gray[{len(records):,}]  \n{small(money)}")
    for record in records[:MOST_CARDS]:
        with st.container(border=True, gap="xxsmall"):
            worth = f"{describe_worth(record)}, {describe_age(record, now)}"
            st.markdown(f"**{escape_markdown(record.name)}**  \n{small(worth)}  \n{RISK[record.risk_tier].markdown}")
            project_link("Open", record.project_id)
    if len(records) > MOST_CARDS:
        note(f"{len(records) - MOST_CARDS:,} more are in the table.")
