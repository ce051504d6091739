"""Two people changed the same: whose shall stand."""

from collections.abc import Iterable
from typing import Literal

import streamlit as st

from portal.ui.layout import note
from portal.ui.text import escape_markdown

Side = Literal["theirs", "mine"]


def decide(name: str, title: str, *, before: str, theirs: str, mine: str, who: str, version: int) -> bool | None:
    """Draw what was there and both changes, in words; returns whether mine shall stand, None until that is said.

    Parameters
    ----------
    name
        Of what both changed, within the `version` that `who` saved.
    """
    words: dict[Side, str] = {"theirs": f"{who}: {theirs}", "mine": f"Mine: {mine}"}
    with st.container(gap=None):
        st.markdown(f"**{escape_markdown(title)}**")
        note(f"It was: {escape_markdown(before)}")
    said: Side | None = st.radio(
        title,
        list(words),
        index=None,
        label_visibility="collapsed",
        format_func=lambda side: escape_markdown(words[side]),
        key=f"merge {version} {name}",
    )
    return None if said is None else said == "mine"


def say_alone(*, theirs: Iterable[str], mine: Iterable[str]) -> None:
    """Name what only one of the two changed: it stands without a question."""
    for words, titles in (("Changed by them alone", list(theirs)), ("By you alone", list(mine))):
        if titles:
            note(f"{words}: {escape_markdown(', '.join(titles))}.")
