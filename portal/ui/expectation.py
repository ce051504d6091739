"""The question that comes before an explanation: which columns should matter, and in which direction."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from portal.ui.layout import note, section
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.interpretations.expectations import DIRECTIONS, MOST_COLUMNS, TEXT_LENGTH, UNKNOWN
from services.interpretations.naming import ColumnName
from services.interpretations.sentences import describe_class
from services.interpretations.views import InterpretationView
from services.models.queries import ModelView

_DIRECTED = ("number", "date")  # more of a category means nothing
_NO_CLASSES = (
    "This model tells several classes apart, and was made before it was kept what each column does to each of them. So "
    "no directions are asked; of a model from the next run they are."
)
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


def draw_question(view: InterpretationView, record: Callable[..., None], skip: Callable[..., None]) -> None:
    """Ask for columns and directions; `record(columns=)` keeps them, `skip(reason=)` goes on without.

    Of several classes it is asked first which one matters, unless somebody has said it: `towards=` goes to both.
    """
    n = len(view.columns)
    some = f"Up to {MOST_COLUMNS}" if n > MOST_COLUMNS else "Any"
    what = f"{some} of the {n} columns it learned from. {_WHY} What you say stays as it is."
    with section("Which columns should matter to this model?", what):
        names, towards = view.names, _ask_class(view)
        chosen = st.multiselect(
            "Columns that should matter",
            list(names),
            format_func=lambda column: names[column].label,
            max_selections=MOST_COLUMNS,
            placeholder="Choose columns",
            key=f"expected_{view.model_id}",
        )
        said = [_ask_direction(view, names[column], towards) for column in chosen]
        lacking = "Choose at least one column first." if not said else _lacks_class(view, towards)
        if st.button(
            "Show me what drives it", type="primary", icon=":material/visibility:", disabled=bool(lacking), key="reveal"
        ):
            record(columns=said, **_of_class(view, towards))
        if lacking:
            note(lacking)
    with st.expander("Skip the question"), st.form("skip", border=False):
        note("You see the explanation at once. Everybody can read that you skipped, and why.")
        if _lacks_class(view, towards):
            note("No class is chosen above: then you, and everybody after you, see what moves the most frequent one.")
        reason = st.text_area("Why you skip it", height=92, max_chars=TEXT_LENGTH, key="skip_reason")
        if st.form_submit_button("Skip and show it", icon=":material/skip_next:", key="skip_now"):
            skip(reason=reason, **_of_class(view, towards))


def _ask_class(view: InterpretationView) -> str | None:
    """The class that directions are about; None unless there are several, and before one is chosen."""
    if not view.is_directed:
        note(_NO_CLASSES)
    if not view.classes:
        return None
    if view.towards is not None:
        said = describe_class(view.outcome, view.towards, view.chosen_by, None, is_skipped=view.is_skipped)
        st.markdown(escape_markdown(said))
        return view.towards
    chosen = st.selectbox(
        "The class that matters",
        view.classes,
        index=None,
        placeholder="Choose a class",
        key=f"towards_{view.model_id}",
        help="The one people act on, or would be hurt by. Money is told of yes or no and names none of several.",
    )
    note("Directions are those towards this class. You choose it for everybody who is asked after you.")
    return chosen


def _lacks_class(view: InterpretationView, towards: str | None) -> str:
    return "Choose the class that matters first." if view.classes and towards is None else ""


def _of_class(view: InterpretationView, towards: str | None) -> dict[str, Any]:
    return {"towards": towards} if view.classes else {}


def _ask_direction(view: InterpretationView, name: ColumnName, towards: str | None) -> dict[str, str]:
    is_open = bool(view.classes) and towards is None
    if not view.is_directed or is_open or name.kind not in _DIRECTED:
        return {"column": name.column, "direction": UNKNOWN}
    left, right = st.columns([1, 1], vertical_alignment="center", gap="small")
    outcome = view.outcome if towards is None else view.chance_of(towards)
    more = "A later" if name.kind == "date" else "More"
    left.markdown(f"{more} **{escape_markdown(name.label)}**: what does it do to {escape_markdown(outcome)}?")
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
