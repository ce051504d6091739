"""Carry out what a person asked for, and say how it went where they asked."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from portal.ui.session import transaction
from portal.ui.state import flash
from portal.ui.text import escape_markdown
from services.errors import PortalError

_REFUSED = "refused"


def carry_out(command: Callable[..., object], done: str, **arguments: Any) -> None:
    """Run a command in a transaction of its own, then draw the page anew with `done`.

    A refusal is shown here, and what was typed is kept. Call it only when somebody asked.
    """
    try:
        with transaction() as session:
            command(session, **arguments)
    except PortalError as error:
        show_refusal(error)
        return
    flash(escape_markdown(done))
    st.rerun()


def show_refusal(error: PortalError) -> None:
    """What is so and what to do, in the words of the error."""
    st.error(escape_markdown(error.sentence), icon=":material/error:")


def on_press(command: Callable[..., object], **arguments: Any) -> None:
    """Run a command from the callback of a button; what draws the button shows a refusal by `show_refused`.

    A callback cannot draw: what it draws while a fragment runs would take the place of the top of the page.
    """
    try:
        with transaction() as session:
            command(session, **arguments)
    except PortalError as error:
        st.session_state[_REFUSED] = error.sentence


def show_refused() -> None:
    """Show and forget why the last press was refused."""
    sentence = st.session_state.pop(_REFUSED, None)
    if sentence:
        st.error(escape_markdown(sentence), icon=":material/error:")
