"""Projects in rows, as the home page and the list of projects show them."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import streamlit as st

from portal.ui.badges import Color
from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.portfolio.views import ProjectCard
from services.valuation.amounts import format_money

_OVERVIEW = Path(__file__).resolve().parents[2] / "pages" / "project.py"


def project_rows(cards: Sequence[ProjectCard]) -> None:
    """One bordered list: name and owner, the stop it is at, its state, what it is worth; the name is the link."""
    with st.container(border=True, gap="medium"):
        for card in cards:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _draw_row(card)


def money_a_year(amount: float | None, currency: str) -> str:
    """**€310k** a year, or that it has no price yet, as Markdown."""
    if amount is None:
        return ":gray[Not priced yet]"
    return f"**{format_money(amount, currency)}** :gray[a year]"


def _draw_row(card: ProjectCard) -> None:
    with st.container(width=270, gap=None):
        st.page_link(_OVERVIEW, label=f"**{escape_markdown(card.name)}**", query_params={"project": card.project_id})
        note(escape_markdown(card.owner_name))
    with st.container(width=210):
        st.progress(card.way, text=f":small[{card.stage}]")
    st.space(16)
    with st.container(width=180):
        st.badge(card.status, color=cast(Color, card.color))
    st.markdown(money_a_year(card.amount, card.currency), text_alignment="right", width="stretch")
