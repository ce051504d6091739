"""What of a portfolio is looked at; all of it stands in the address, so that a colleague sees the same."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.badges import RISK
from services.portfolio.initiatives.facts import EVERY_INITIATIVE, IN_NO_INITIATIVE
from services.portfolio.records.filters import NO_INITIATIVE, Filter
from services.portfolio.records.views import Column, InitiativeView
from services.proposals.risk import TIERS

VIEWS = ("Table", "Board", "Matrix", "Timeline")


def draw_filters(initiatives: Sequence[InitiativeView]) -> tuple[str, Filter]:
    """The chosen view and what is asked for."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        view = st.segmented_control(
            "View", VIEWS, default="Table", required=True, key="view", bind="query-params", width=330
        )
        text = st.text_input(
            "Find", placeholder="Name, person or initiative", key="find", bind="query-params", width=260
        )
        with st.popover("Filter", icon=":material/filter_list:"):
            risks = st.pills(
                "Risk",
                TIERS,
                selection_mode="multi",
                format_func=lambda tier: RISK[tier].label,
                key="risk",
                bind="query-params",
            )
            columns = st.pills(
                "Stage",
                list(Column),
                selection_mode="multi",
                format_func=lambda column: Column(column).label,
                key="stage",
                bind="query-params",
            )
            initiative = _draw_initiative(initiatives)
            only_mine = st.toggle("Waits for me", key="mine", bind="query-params")
    return str(view), Filter(
        text=text or "",
        risks=frozenset(risks),
        columns=frozenset(columns),
        initiative=initiative,
        only_mine=only_mine,
    )


def _draw_initiative(initiatives: Sequence[InitiativeView]) -> str:
    """The id of the chosen initiative, or that there shall be none; empty for every project."""
    names = initiative_names(initiatives)
    titles = {EVERY_INITIATIVE: "", **{name: key for key, name in names.items()}, IN_NO_INITIATIVE: NO_INITIATIVE}
    chosen = st.selectbox("Initiative", list(titles), key="initiative", bind="query-params")
    return titles[chosen]


def initiative_names(initiatives: Sequence[InitiativeView]) -> dict[str, str]:
    """Names by id; those of the same name with their owner, or else a number."""
    names: dict[str, str] = {}
    for initiative in initiatives:
        name = initiative.name
        if sum(other.name == name for other in initiatives) > 1:
            name = f"{name} ({initiative.owner_name})"
        while name in names.values():
            name += " ·"
        names[initiative.id] = name
    return names
