"""The question that comes before an explanation: which columns should matter, and in which direction."""

from collections.abc import Callable

import streamlit as st

from portal.ui.layout import note, section
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.interpretations.expectations import DIRECTIONS, MOST_COLUMNS, TEXT_LENGTH, UNKNOWN
from services.interpretations.naming import ColumnName
from services.interpretations.views import InterpretationView
from services.models.queries import ModelView

_DIRECTED = ("number", "date")  # more of a category means nothing
_WHY = (
    "Whoever judges a model says first which columns should matter; what drives it is shown then, beside what you said."
)


def draw_asked_first(model: ModelView) -> None:
    """In place of an explanation that is hidden from who looks: why, and the way to the question."""
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width=560):
            st.markdown("**What drives this model is shown once you have said what you expect**")
            note(_WHY)
        if st.button("Say what I expect", icon=":material/psychology_alt:", key="expect"):
            go_to("explain", project=model.project_id, model=model.id)


def draw_question(
    view: InterpretationView, record: Callable[[list[dict[str, str]]], None], skip: Callable[[str], None]
) -> None:
    """Ask for columns and directions; `record(columns)` keeps them, `skip(reason)` goes on without."""
    what = (
        f"Up to {MOST_COLUMNS} of the {len(view.columns)} columns it learned from. {_WHY} What you say stays as it is."
    )
    with section("Which columns should matter to this model?", what):
        names = view.names
        chosen = st.multiselect(
            "Columns that should matter",
            list(names),
            format_func=lambda column: names[column].label,
            max_selections=MOST_COLUMNS,
            placeholder="Choose columns",
            key=f"expected_{view.model_id}",
        )
        said = [_ask_direction(view, names[column]) for column in chosen]
        if st.button(
            "Show me what drives it", type="primary", icon=":material/visibility:", disabled=not said, key="reveal"
        ):
            record(said)
        if not said:
            note("Choose at least one column first.")
    with st.expander("Skip the question"), st.form("skip", border=False):
        note("You see the explanation at once. Everybody can read that you skipped, and why.")
        reason = st.text_area("Why you skip it", height=92, max_chars=TEXT_LENGTH, key="skip_reason")
        if st.form_submit_button("Skip and show it", icon=":material/skip_next:", key="skip_now"):
            skip(reason)


def _ask_direction(view: InterpretationView, name: ColumnName) -> dict[str, str]:
    if not view.is_directed or name.kind not in _DIRECTED:
        return {"column": name.column, "direction": UNKNOWN}
    left, right = st.columns([1, 1], vertical_alignment="center", gap="small")
    more = "A later" if name.kind == "date" else "More"
    left.markdown(f"{more} **{escape_markdown(name.label)}**: what does it do to {escape_markdown(view.outcome)}?")
    direction = right.segmented_control(
        f"Direction of {name.label}",
        list(DIRECTIONS),
        format_func=DIRECTIONS.__getitem__,
        default=UNKNOWN,
        label_visibility="collapsed",
        width="stretch",
        key=f"direction_{view.model_id}_{name.column}",
    )
    return {"column": name.column, "direction": str(direction or UNKNOWN)}
