"""Label a row by one key: the guideline, the keys, the row; and the form that opens a task."""

import time
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from portal.ui.change import show_refused
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.datasets.dictionary import DictionaryLine
from services.datasets.views import Dataset
from services.labels.views import Dispute, TaskView, Turn
from services.models.cards import Card

FORM_WIDTH = 640
HIDDEN = ":gray[hidden: personal data]"
MISSING = ":gray[–]"
_PRIVATE = ("personal", "special")
_SUGGESTED = "Yes\nNo"

Answer = Callable[..., None]  # (row, value, seconds)


def draw_turn(
    task: TaskView, turn: Turn, dictionary: Mapping[str, DictionaryLine], answer: Answer, undo: Callable[[], None]
) -> None:
    """The row to label with its keys: 1 to 9 for the classes, 0 for "cannot tell", Z to take the last one back."""
    show_refused()
    done = turn.n_mine / max(1, turn.n_mine + turn.n_left)
    st.progress(done, text=f"{turn.n_mine:,} labelled by you · {turn.n_left:,} more for you in this round")
    if turn.card is None:
        st.success(
            "You have labelled every row of this round. Train the model to get the next ones, or let somebody else "
            "rate the rows that two people shall see.",
            icon=":material/done_all:",
        )
        if turn.n_mine:
            st.button("Take the last one back", shortcut="Z", key="undo", icon=":material/undo:", on_click=undo)
        return
    row, started = turn.card.row, _shown_since(task.id, turn.card.row)
    st.markdown(f"**Which class is this row?** {escape_markdown(task.guideline)}")
    with st.container(horizontal=True, gap="small"):
        for key, name in enumerate(task.classes, start=1):
            st.button(
                escape_markdown(name),
                shortcut=str(key),
                key=f"class_{key}_{row}",  # of this row: a key pressed twice must not answer for one nobody has seen
                type="primary",
                on_click=lambda name=name: answer(row=row, value=name, seconds=time.monotonic() - started),
            )
        st.button(
            "Cannot tell",
            shortcut="0",
            key=f"cannot_tell_{row}",
            on_click=lambda: answer(row=row, value=None, seconds=time.monotonic() - started),
        )
        st.button("Undo", shortcut="Z", key="undo", icon=":material/undo:", on_click=undo, disabled=not turn.n_mine)
    draw_card(turn.card, dictionary)


def draw_card(card: Card, dictionary: Mapping[str, DictionaryLine]) -> None:
    """One row to read: business names and units from the dictionary, personal data hidden."""
    lines = [_line(name, value, dictionary.get(name)) for name, value in card.cells.items()]
    half = -(-len(lines) // 2) if len(lines) > 5 else len(lines)
    parts = [part for part in (lines[:half], lines[half:]) if part]
    with st.container(border=True), st.grid(len(parts), min_column_width=300, gap="small"):
        for part in parts:
            st.table(dict(part), border=False)


def draw_disputes(
    disputes: Sequence[Dispute], dictionary: Mapping[str, DictionaryLine], settle: Callable[..., None]
) -> None:
    """The rows people see differently, one below the other, each with its classes to choose from."""
    text = "Nobody sees who said what. Your choice settles the row; the two answers stay as they were."
    title = "One row is seen differently" if len(disputes) == 1 else f"{len(disputes)} rows are seen differently"
    with section(title, text):
        for dispute in disputes[:5]:
            with st.container(border=True, gap="small"):
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(f"Row {dispute.row + 1:,}: what is it?", width="content")
                    for name in dispute.said:
                        st.button(
                            escape_markdown(name),
                            key=f"settle_{dispute.row}_{name}",
                            on_click=settle,
                            kwargs={"row": dispute.row, "value": name},
                        )
                if dispute.card is not None:
                    draw_card(dispute.card, dictionary)


def task_form(dataset: Dataset, create: Callable[[dict[str, object]], None], *, is_primary: bool) -> None:
    """Ask what to label and how; `create(fields)` gets the answers."""
    gaps = [column.name for column in dataset.columns if column.n_missing and column.name not in dataset.excluded]
    with st.form("new_task", width=FORM_WIDTH):
        column = st.selectbox(
            "Column that holds the label: a new name, or one with gaps to fill",
            gaps,
            index=None,
            accept_new_options=True,
            key="task_column",
            placeholder="Type a name, such as will_leave",
        )
        classes = st.text_area("Classes, one on each line, in the order of their keys", _SUGGESTED, key="task_classes")
        positive = st.text_input("Of two classes, which one do you act on? (may stay empty)", "", key="task_positive")
        guideline = st.text_area("How to tell them apart, in a sentence or two", key="task_guideline")
        share = st.slider("Rows that a second person rates too", 0, 100, 20, 5, format="%d%%", key="task_share")
        kind = "primary" if is_primary else "secondary"
        if st.form_submit_button("Start labelling", key="task_now", type=kind, icon=":material/label:"):  # type: ignore[arg-type]
            create(
                {
                    "column": column or "",
                    "classes": [line for line in classes.splitlines() if line.strip()],
                    "positive_class": positive.strip() or None,
                    "guideline": guideline,
                    "second_rater_share": share / 100,
                }
            )
    note("The rows that a model is least sure of come first; one of five is drawn by chance, to keep its score honest.")


def _line(name: str, value: str | None, line: DictionaryLine | None) -> tuple[str, str]:
    said = line.description if line else None
    label = f":gray[{escape_markdown(said.business_name if said and said.business_name else name)}]"
    if said is not None and said.sensitivity in _PRIVATE:
        return label, HIDDEN
    if value is None:
        return label, MISSING
    unit = f" {escape_markdown(said.unit)}" if said and said.unit else ""
    return label, f"{escape_markdown(value)}{unit}"


def _shown_since(task_id: str, row: int) -> float:
    """When this tab first showed the row, on the clock that never jumps."""
    key, now = "label_shown", time.monotonic()
    shown = st.session_state.get(key)
    if shown is None or shown[:2] != (task_id, row):
        shown = st.session_state[key] = (task_id, row, now)
    return float(shown[2])
