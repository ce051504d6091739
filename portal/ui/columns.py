"""The columns of a table as cards: a sentence, a small chart, what deserves a second look, a way to leave it out."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from portal.ui.charts import kept_chart
from portal.ui.figures.dataset import column_card, has_card
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.datasets.profile import ColumnProfile
from services.datasets.sentences import KIND_LABELS, SUGGESTED_REASONS, describe_column, needs_attention
from services.datasets.views import Dataset

CARDS_PER_PAGE = 24


def draw_columns(dataset: Dataset, exclude: Callable[[str, str], None] | None) -> None:
    """A card for each column a model may learn from; `exclude(column, reason)` is None for those who only look."""
    columns = [dataset.get_column(name) for name in dataset.feature_columns]
    columns.sort(key=lambda column: not needs_attention(column))
    with section(f"The model may learn from {len(columns)} columns", "Those that deserve a second look come first."):
        n_pages = -(-len(columns) // CARDS_PER_PAGE)
        page = st.pagination(n_pages, key="columns") if n_pages > 1 else 1
        with st.grid(3, min_column_width=280, gap="small"):
            for column in columns[(page - 1) * CARDS_PER_PAGE : page * CARDS_PER_PAGE]:
                with st.container(border=True, height="stretch", gap="xsmall"):
                    _draw_column(column, dataset.n_rows)
                    if exclude:
                        _draw_exclusion(column, exclude)


def draw_excluded(dataset: Dataset, include: Callable[[str], None] | None) -> None:
    """What is left out and why; nothing where everything is used."""
    if not dataset.excluded:
        return
    text = "A model never sees what is left out. The reasons are part of the record."
    with section(_left_out(len(dataset.excluded)), text), st.grid(2, min_column_width=310, gap="small"):
        for name, reason in dataset.excluded.items():
            with st.container(border=True, height="stretch", gap="xsmall"):
                with st.container(gap=None):
                    st.markdown(f"**{escape_markdown(name)}**")
                    note(escape_markdown(reason))
                st.space("stretch")
                if include and st.button("Take back in", key=f"in_{name}", icon=":material/undo:"):
                    include(name)


def _left_out(n_columns: int) -> str:
    return "1 column is left out" if n_columns == 1 else f"{n_columns} columns are left out"


def _draw_column(column: ColumnProfile, n_rows: int) -> None:
    sentence = describe_column(column, n_rows)
    with st.container(gap=None):
        with st.container(horizontal=True, horizontal_alignment="distribute", wrap=False):
            st.markdown(f"**{escape_markdown(column.name)}**", width="content")
            st.markdown(f":small[:gray[{KIND_LABELS[column.kind]}]]", width="content")
        note(escape_markdown(sentence))
    if has_card(column):
        of, alt = ("column", column), f"{column.name}: {sentence}"
        kept_chart(partial(column_card, column), alt, of=of, key=f"column_{column.name}")
    for remark in column.notes:
        note(escape_markdown(remark), "orange")
    st.space("stretch")


def _draw_exclusion(column: ColumnProfile, exclude: Callable[[str, str], None]) -> None:
    popover = st.popover("Leave out", type="tertiary", icon=":material/visibility_off:", key=f"out_{column.name}")
    with popover, st.form(f"exclude_{column.name}", border=False):
        suggested = SUGGESTED_REASONS.get(column.kind, "")
        reason = st.text_input("Why may the model not see it?", suggested, key=f"reason_{column.name}")
        if st.form_submit_button("Leave it out", key=f"exclude_{column.name}_now"):
            exclude(column.name, reason)
