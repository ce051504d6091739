"""API tokens of one project: issue one, copy it once, end it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import streamlit as st

from portal.ui.layout import note
from portal.ui.text import escape_markdown

_MAY = {"predict": "Ask for predictions", "datasets:write": "Bring data"}
_DAYS = {30: "30 days", 90: "90 days", 365: "A year"}


class Token(Protocol):
    """What is shown of a token; its secret is not known."""

    id: str
    name: str
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def draw_token_form(create: Callable[[str, int, str], None]) -> None:
    """Ask for a name, a lifetime and one purpose; `create(name, days, scope)` issues the token and shows it."""
    with st.form("token", border=True):
        st.markdown("**Issue a token**")
        note("It does one thing in this project, in your name, and nothing else.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input("What uses it", max_chars=60, placeholder="Nightly call list", key="token_name")
            scope = st.selectbox("It may", list(_MAY), format_func=_MAY.__getitem__, width=190, key="token_scope")
            days = st.selectbox("Valid for", list(_DAYS), index=1, format_func=_DAYS.__getitem__, width=140)
            is_sent = st.form_submit_button("Issue the token", icon=":material/key:")
    if is_sent:
        create(name, int(days), str(scope))


def draw_new_token(secret: str) -> None:
    """The token in clear, this once: it is gone with the next click."""
    with st.container(border=True, gap="xsmall"):
        st.markdown("**:orange[:material/key:] Copy this token now. It is not shown again.**")
        st.code(secret, language=None, wrap_lines=True)


def draw_tokens(tokens: Sequence[Token], revoke: Callable[[str], None]) -> None:
    """The person's own valid tokens, each with the button that ends it."""
    for token in tokens:
        if token.revoked_at is not None:
            continue
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            with st.container(gap=None, width=520):
                st.markdown(escape_markdown(token.name))
                note(f"{_used(token)}, valid until {token.expires_at.day} {token.expires_at:%B %Y}")
            if st.button("Revoke", key=f"revoke_{token.id}", icon=":material/block:"):
                revoke(token.id)


def _used(token: Token) -> str:
    if token.last_used_at is None:
        return "Never used"
    return f"Last used on {token.last_used_at.day} {token.last_used_at:%B}"
