"""Score a whole table: the form that takes it and the download that gives it back."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.datasets.formats.identify import READABLE_ENDINGS
from services.datasets.recipe.words import counted
from services.deployments.batches import MAX_BATCH_ROWS

_RESULT = "batch_result"
_N_WARNINGS = 5


class _Result(NamedTuple):
    """A scored table, kept for this tab until another takes its place."""

    digest: str
    content: bytes
    n_rows: int
    warnings: tuple[str, ...]


def draw_batch_form(score: Callable[[str, bytes], None]) -> None:
    """Ask for a table; `score(file_name, content)` gets its bytes."""
    text = f"Up to {MAX_BATCH_ROWS:,} rows, one is enough. Columns the model does not know are kept as they are."
    with section("A whole table", text), st.form("batch", border=True):
        file = st.file_uploader("Table to score", READABLE_ENDINGS, label_visibility="collapsed", key="batch_file")
        is_sent = st.form_submit_button("Score the table", icon=":material/table_chart:")
    if is_sent and file is None:
        st.info("Choose a file first.", icon=":material/upload_file:")
    elif is_sent and file is not None:
        score(file.name, file.getvalue())


def keep_result(digest: str, content: bytes, n_rows: int, warnings: tuple[str, ...]) -> None:
    """Remember a scored table until it is downloaded or replaced."""
    st.session_state[_RESULT] = _Result(digest, content, n_rows, warnings)


def draw_download(digest: str, name: str) -> None:
    """The table scored last by the model of this digest, if there is one."""
    result = st.session_state.get(_RESULT)
    if not isinstance(result, _Result) or result.digest != digest:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{counted(result.n_rows, 'row')} {'is' if result.n_rows == 1 else 'are'} scored**")
        for warning in result.warnings[:_N_WARNINGS]:
            note(escape_markdown(warning), "orange")
        if len(result.warnings) > _N_WARNINGS:
            note(f"And {len(result.warnings) - _N_WARNINGS} more remarks of this kind.")
        st.download_button(
            "Download the answers",
            result.content,
            file_name=f"{name}-answers.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        note("Text that a spreadsheet would run as a formula has an apostrophe in front.")
