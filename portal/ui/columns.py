"""The columns of a table as cards: a sentence, a small chart, what deserves a second look, a way to leave it out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from portal.ui.charts import kept_chart
from portal.ui.figures.dataset import column_card, has_card
from portal.ui.layout import note, small
from portal.ui.text import escape_markdown
from services.datasets.profile import ColumnProfile
from services.datasets.sentences import KIND_LABELS, SUGGESTED_REASONS, describe_column, needs_attention
from services.datasets.views import Dataset

CARDS_PER_PAGE = 24
FILTERS = ("All", "Worth a look", "Left out", "Not described")
_NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which columns a person wants to see: part of a name, one of `FILTERS`, and a kind of column or none."""

    words: str = ""
    show: str = FILTERS[0]
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnActions:
    """What a person may do with columns; None for what is not theirs."""

    exclude: Callable[[str, str], None] | None = None
    include: Callable[[str], None] | None = None
    open: Callable[[str], None] = field(default=lambda _name: None)


def choose_columns(
    dataset: Dataset, choice: Choice, *, flagged: frozenset[str], names: Mapping[str, str] = _NO_NAMES
) -> list[ColumnProfile]:
    """The columns that fit, those that deserve a second look first.

    Parameters
    ----------
    flagged
        Columns that a check found something about.
    names
        Business names of the columns that have one; a search finds them too.
    """
    words = choice.words.casefold().split()

    def fits(column: ColumnProfile) -> bool:
        text = f"{column.name} {names.get(column.name, '')}".casefold()
        if not all(word in text for word in words):
            return False
        if choice.kind and column.kind != choice.kind:
            return False
        return {
            FILTERS[1]: _is_noted(column, flagged) and column.name not in dataset.excluded,
            FILTERS[2]: column.name in dataset.excluded,
            FILTERS[3]: not names.get(column.name),
        }.get(choice.show, True)

    found = [column for column in dataset.columns if fits(column)]
    return sorted(found, key=lambda column: (column.name in dataset.excluded, not _is_noted(column, flagged)))


def ask_choice(dataset: Dataset) -> Choice:
    """A search box and filters in one line; they wrap on a phone."""
    kinds = sorted({column.kind for column in dataset.columns}, key=KIND_LABELS.__getitem__)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Find a column", placeholder="Part of its name", key="find", width=240)
        kind = st.selectbox(
            "Kind", kinds, index=None, format_func=KIND_LABELS.__getitem__, placeholder="Any", key="kind", width=160
        )
        show = st.segmented_control("Show", FILTERS, default=FILTERS[0], required=True, key="show")
    return Choice(words or "", show or FILTERS[0], kind)


def draw_columns(
    dataset: Dataset,
    columns: Sequence[ColumnProfile],
    actions: ColumnActions,
    *,
    flagged: frozenset[str] = frozenset(),
    names: Mapping[str, str] = _NO_NAMES,
) -> None:
    """A card for each column, a page at a time."""
    if not columns:
        note("No column fits. Shorten the search, or show all.")
        return
    n_pages = -(-len(columns) // CARDS_PER_PAGE)
    page = st.pagination(n_pages, key="columns") if n_pages > 1 else 1
    with st.grid(3, min_column_width=280, gap="small"):
        for column in columns[(page - 1) * CARDS_PER_PAGE : page * CARDS_PER_PAGE]:
            with st.container(border=True, height="stretch", gap="xsmall"):
                _draw_card(dataset, column, _is_noted(column, flagged), names)
                st.space("stretch")
                _draw_buttons(dataset, column, actions)


def draw_exclusion(dataset: Dataset, column: ColumnProfile, actions: ColumnActions) -> None:
    """Leave a column out with a reason, or take it back in."""
    if column.name in dataset.excluded:
        if actions.include and st.button(
            "Take back in", key=f"in_{column.name}", icon=":material/undo:", type="tertiary"
        ):
            actions.include(column.name)
    elif actions.exclude and column.name != dataset.target:
        popover = st.popover("Leave out", type="tertiary", icon=":material/visibility_off:", key=f"out_{column.name}")
        with popover, st.form(f"exclude_{column.name}", border=False):
            suggested = SUGGESTED_REASONS.get(column.kind, "")
            reason = st.text_input("Why may the model not see it?", suggested, key=f"reason_{column.name}")
            if st.form_submit_button("Leave it out", key=f"exclude_{column.name}_now"):
                actions.exclude(column.name, reason)


def draw_column_head(column: ColumnProfile, n_rows: int, business_name: str = "") -> None:
    """Name, kind and a sentence on what is in it."""
    kind = KIND_LABELS[column.kind]
    title = f"**{escape_markdown(business_name or column.name)}**"
    if business_name:
        title += f" :small[:gray[{escape_markdown(column.name)}]]"
    st.markdown(f"{title} :small[:gray[· {kind}]]  \n{small(escape_markdown(describe_column(column, n_rows)))}")


def draw_distribution(column: ColumnProfile, n_rows: int, *, key: str) -> None:
    """The chart of what is in it, where there is one to draw."""
    if has_card(column):
        of, alt = ("column", column), f"{column.name}: {describe_column(column, n_rows)}"
        kept_chart(partial(column_card, column), alt, of=of, key=f"{key}_{column.name}")


def _is_noted(column: ColumnProfile, flagged: frozenset[str]) -> bool:
    return column.name in flagged or needs_attention(column)


def _draw_card(dataset: Dataset, column: ColumnProfile, is_noted: bool, names: Mapping[str, str]) -> None:
    draw_column_head(column, dataset.n_rows, names.get(column.name, ""))
    draw_distribution(column, dataset.n_rows, key="column")
    if column.name == dataset.target:
        note(":material/flag: This is what a model predicts", "primary")
    elif column.name in dataset.excluded:
        note(f"Left out: {escape_markdown(dataset.excluded[column.name])}", "orange")
    elif is_noted:
        remarks = [escape_markdown(remark) for remark in column.notes] or ["A check found something here"]
        note("  \n".join(remarks), "orange")


def _draw_buttons(dataset: Dataset, column: ColumnProfile, actions: ColumnActions) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        if st.button("Look closer", key=f"open_{column.name}", icon=":material/search:", type="tertiary"):
            actions.open(column.name)
        draw_exclusion(dataset, column, actions)
