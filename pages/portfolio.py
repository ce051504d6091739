"""Portfolio: every project you may see as a table or a board, what they bring together, and who is awaited."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import RISK
from portal.ui.layout import empty_state, head, note, page, section
from portal.ui.session import reading
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.people.permissions import Permission, require
from services.portfolio.records.filters import TIERS, Filter, by_column, select_records
from services.portfolio.records.queries import get_portfolio
from services.portfolio.records.sentences import describe_age, describe_awaited, describe_portfolio
from services.portfolio.records.views import Column, Record
from services.valuation.amounts import format_money

MOST_CARDS = 8  # in a column of the board


def draw_portfolio(actor: Actor) -> None:
    """The page for one person."""
    require(actor, Permission.SEE_PROJECT)
    with reading() as session:
        records = get_portfolio(session, actor=actor).records
    with page():
        head("Portfolio", finding=describe_portfolio(records) if records else None)
        if not records:
            empty_state(":material/folder_open:", "You are in no project yet. It starts with one sentence on Home.")
            return
        view, wanted = draw_filters()
        shown, now = select_records(records, wanted), datetime.now(UTC)
        if not shown:
            note("No project fits these filters. Take one of them back.")
        elif view == "Board":
            draw_board(shown, now)
        else:
            draw_table(shown, now)


def draw_filters() -> tuple[str, Filter]:
    """The chosen view and what is asked for; both stand in the address, so that a colleague sees the same."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        view = st.segmented_control(
            "View", ["Table", "Board"], default="Table", required=True, key="view", bind="query-params"
        )
        risks = st.pills(
            "Risk",
            TIERS,
            selection_mode="multi",
            format_func=lambda tier: RISK[tier].label,
            key="risk",
            bind="query-params",
        )
        only_mine = st.toggle("Waits for me", key="mine", bind="query-params")
    text = st.text_input("Find", placeholder="Name, person or initiative", key="find", bind="query-params")
    return str(view), Filter(text=text or "", risks=frozenset(risks), only_mine=only_mine)


def draw_table(records: Sequence[Record], now: datetime) -> None:
    """One row for each project, newest first."""
    st.dataframe(
        [as_row(record, now) for record in records],
        hide_index=True,
        alt=f"{len(records)} projects, newest first",
        column_config={
            "Project": st.column_config.TextColumn(pinned=True),
            "Within reach": st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d of 100"),
        },
    )
    note("Money is a year, before the project's own cost; “at most” is what a perfect model would bring.")


def as_row(record: Record, now: datetime) -> dict[str, Any]:
    """A record as the table shows it."""
    return {
        "Project": record.name,
        "Column": record.column.label,
        "State": record.status,
        "In it": describe_age(record, now),
        "Awaited": describe_awaited(record.awaited),
        "Money a year": say_worth(record),
        "Risk": RISK[record.risk_tier].label,
        "Within reach": round(100 * record.reach.score),
        "Initiative": record.initiative_name,
    }


def draw_board(records: Sequence[Record], now: datetime) -> None:
    """The columns that gates put projects into."""
    columns = by_column(records)
    with section("Board", "A project moves when a gate decides, never by hand. Most money first."):
        for place, (column, inside) in zip(st.columns(len(columns)), columns.items(), strict=True):
            with place:
                draw_column(column, inside, now)


def draw_column(column: Column, records: Sequence[Record], now: datetime) -> None:
    """One column with its largest projects."""
    st.markdown(f"**{column.label}** :gray[{len(records)}]")
    for record in records[:MOST_CARDS]:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{escape_markdown(record.name)}**")
            note(f"{say_worth(record)} · {describe_age(record, now)}")
            st.markdown(RISK[record.risk_tier].markdown)
    if len(records) > MOST_CARDS:
        note(f"{len(records) - MOST_CARDS:,} more are in the table.")


def say_worth(record: Record) -> str:
    """€310k, at most €310k, or that nobody priced it."""
    if record.worth is None:
        return "not priced yet"
    amount = format_money(record.worth.amount, record.worth.currency)
    return amount if record.worth.is_measured else f"at most {amount}"


draw_portfolio(get_actor())
