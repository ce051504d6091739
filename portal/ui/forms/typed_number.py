"""A number as people type or paste it. What can be read in two ways is asked, never guessed.

Not `st.number_input`: the browser's own field for numbers makes 1.23456 of a pasted "1.234,56" without a word.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from portal.ui.forms.amounts import shown_amount
from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.valuation.typed_amounts import readings

Typed = float | str | None
"""A number; the text as it was typed where it is none, or not one yet; None where nothing was typed."""


def ask_number(
    label: str, known: Typed, *, key: str, keep: Callable[[Typed], None] | None = None, **options: Any
) -> Typed:
    """Draw the field, and below it what is wrong with what was typed or which of two numbers is meant.

    Parameters
    ----------
    known
        What is said already.
    keep
        Called with the number, or with the text while it is no number yet, as soon as it is typed.
    options
        More for `st.text_input`, such as `placeholder` and `help`.
    """
    with st.container(gap="xxsmall"):
        typed = st.text_input(
            label,
            value=written(known),
            key=key,
            on_change=(lambda: keep(read(st.session_state.get(key)))) if keep else None,
            **options,
        )
        value = read(typed)
        if isinstance(value, str):
            value = _ask_meaning(value, key, keep)
    return value


def written(value: Typed) -> str:
    """The number as a person would type it again."""
    return value if isinstance(value, str) else shown_amount(value)


def read(text: str | None) -> Typed:
    """What was typed; the text itself where it is no number or could be two, which `written` never is."""
    plain = (text or "").strip()
    if not plain:
        return None
    found = readings(plain)
    return found[0] if len(found) == 1 else plain


def _ask_meaning(text: str, key: str, keep: Callable[[Typed], None] | None) -> Typed:
    found = sorted(readings(text), key=abs)
    if not found:
        note(f"“{escape_markdown(text[:40])}” is not a number. Type digits only, such as 1234.56.", "red")
        return text
    names = {found[0]: f"about {found[0]:.2f}", found[1]: f"{found[1]:.12g}"}  # two decimals are read in one way only
    choice = f"{key} meaning of {text}"

    def take() -> None:
        meant: float | None = st.session_state.get(choice)
        if meant is not None:
            st.session_state[key] = written(meant)
            if keep:
                keep(meant)

    meant: float | None = st.segmented_control(
        f"“{text}” can mean two numbers. Which?",
        found,
        format_func=names.__getitem__,
        key=choice,
        on_change=take,
    )
    return text if meant is None else meant
