"""Projects in rows, as the home page and the list of projects show them."""

from collections.abc import Sequence
from typing import cast

import streamlit as st

from portal.ui.badges import Badge, Color
from portal.ui.layout import note
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.portfolio.views import ProjectCard
from services.valuation.amounts import format_money


def project_rows(cards: Sequence[ProjectCard]) -> None:
    """One bordered list: name and owner, the stop it is at, its state, what it is worth; the name is the link."""
    with st.container(border=True, gap="medium"):
        for card in cards:
            with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
                _draw_row(card)


def money_a_year(amount: float | None, currency: str) -> str:
    """**€310k** a year, or that it has no price yet, as Markdown."""
    if amount is None:
        return ":gray[Not priced yet]"
    return f"**{format_money(amount, currency)}** :gray[a year]"


def _draw_row(card: ProjectCard) -> None:
    with st.container(width=290, gap=None):
        label = f":blue[**{escape_markdown(card.name)}**]"
        if st.button(label, key=f"open_{card.project_id}", type="tertiary"):  # a page link would stand 8 px further in
            go_to("project", project=card.project_id)
        note(escape_markdown(card.owner_name))
    st.progress(card.way, text=f":small[{card.stage}]", width=170)
    st.markdown(Badge(card.status, cast(Color, card.color)).markdown, width=165)
    st.markdown(money_a_year(card.amount, card.currency), text_alignment="right", width="stretch")
