"""What a person was told about something they began, until they have read it."""

from collections.abc import Callable, Sequence

import streamlit as st

from portal.ui.layout import section, small
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.portfolio.views import NewsItem

SHOWN = 3


def draw_news(news: Sequence[NewsItem], read: Callable[[Sequence[NewsItem]], None]) -> None:
    """The newest few with the way to what they are about; `read` notes that they were read."""
    with section("News for you"), st.container(border=True, gap="small"):
        for item in news[:SHOWN]:
            _draw_item(item, read)
        if len(news) > SHOWN and st.button(
            f"Mark all {len(news)} as read", type="tertiary", icon=":material/done_all:"
        ):
            read(news)
            st.rerun()


def _draw_item(item: NewsItem, read: Callable[[Sequence[NewsItem]], None]) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"{escape_markdown(item.sentence)}  \n{small(escape_markdown(item.context))}", width=680)
        with st.container(horizontal=True, gap="xsmall", width="content"):
            if st.button("Open", key=f"news_{item.id}"):
                read([item])
                go_to(item.destination.page, **item.destination.ids)
            if st.button("Mark as read", key=f"read_{item.id}", type="tertiary"):
                read([item])
                st.rerun()
