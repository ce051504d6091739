"""Portfolio: every project you may see in four views, what they bring together, and who is awaited."""

from datetime import UTC, datetime

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.cache import read_portfolio
from portal.ui.layout import empty_state, head, note, page
from portal.ui.portfolio import draw_board, draw_matrix, draw_table, draw_timeline
from portal.ui.portfolio_filters import draw_filters, initiative_names
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.people.permissions import Permission, require
from services.portfolio.records.filters import NO_INITIATIVE, select_records
from services.portfolio.records.roll_up import roll_up
from services.portfolio.records.sentences import describe_filter, describe_money, describe_portfolio

_VIEWS = {"Table": draw_table, "Board": draw_board, "Matrix": draw_matrix, "Timeline": draw_timeline}


def draw_portfolio(actor: Actor) -> None:
    """The page for one person."""
    require(actor, Permission.SEE_PROJECT)
    portfolio = read_portfolio(actor)
    records = portfolio.records
    with page():
        head("Portfolio", finding=describe_portfolio(records) if records else None)
        if not records:
            empty_state(":material/folder_open:", "You are in no project yet. It starts with one sentence on Home.")
            return
        view, wanted = draw_filters(portfolio.initiatives)
        shown = select_records(records, wanted)
        names = initiative_names(portfolio.initiatives) | {NO_INITIATIVE: "none"}
        if not wanted.is_empty:
            said = describe_filter(len(shown), len(records), wanted, names.get(wanted.initiative, ""))
            st.markdown(f"**{escape_markdown(said)}**")
        if not shown:
            note("No project fits these filters. Take one of them back.")
            return
        note(describe_money(roll_up(shown)))
        _VIEWS[view](shown, datetime.now(UTC))
        draw_ways()


def draw_ways() -> None:
    """What else can be asked of the same projects."""
    with st.container(horizontal=True, gap="small"):
        if st.button("Choose what to fund", icon=":material/balance:"):
            go_to("prioritisation")
        if st.button("See initiatives", icon=":material/flag:"):
            go_to("initiatives")


draw_portfolio(get_actor())
