"""Drawings that many clicks repeat: drawn once, then played back."""

import hashlib
import pickle
from collections.abc import Callable

import streamlit as st

_MOST_KEPT = 500


def kept(draw: Callable[[], None], *, of: tuple[object, ...]) -> None:
    """Draw with `draw` once for each `of`, and repeat the same messages from then on. Nothing in it may be pressed.

    `of` is what the drawing shows, or names it: plain immutable data, first the kind of drawing. The caller has
    checked that the person may see it.
    """
    digest = hashlib.sha256(pickle.dumps(of)).hexdigest()  # equal digests are equal data
    _draw_once(digest, is_dark(), draw)


def is_dark() -> bool:
    """Whether the browser shows the dark page."""
    return st.context.theme.type == "dark"


@st.cache_resource(max_entries=_MOST_KEPT, show_spinner=False)
def _draw_once(digest: str, is_dark: bool, _draw: Callable[[], None]) -> None:  # noqa: ARG001 - the key
    _draw()
