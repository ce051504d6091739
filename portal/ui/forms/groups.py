"""Questions that belong together."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from portal.ui.layout import note


@contextmanager
def question_group(title: str, why: str) -> Iterator[None]:
    """A short title, why we ask, then the questions."""
    with st.container(gap="small"):
        with st.container(gap=None):
            st.markdown(f"**{title}**")
            note(why)
        yield
