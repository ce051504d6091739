"""The quick model of a task: its score in words and money, how far people agree, and a form to try it."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from portal.ui.change import show_refused
from portal.ui.labels import draw_card
from portal.ui.layout import Number, metric_row, note, section, stage_rail
from portal.ui.text import escape_markdown
from services.datasets.dictionary import DictionaryLine
from services.labels.sentences import describe_raters, describe_sample, of_100
from services.labels.views import Agreement, Bench, Progress, TaskView
from services.models.cards import Card
from services.models.signature import Signature, SignatureColumn
from services.valuation.amounts import format_money

PLACE = "try_place"  # of the row to try, in this tab
Ask = Callable[[dict[str, Any]], dict[str, float] | None]


def draw_strip(task: TaskView, progress: Progress) -> None:
    """Label, Train, Try: where the task is."""
    score = (task.model or {}).get("score")
    label = f"{progress.n_answers:,} answers" if progress.n_answers else "Key by key"
    train = f"Right for {of_100(score['accuracy'])} of 100" if score else "From 12 labels on"
    stage_rail(
        [
            ("Label", "done" if score else "now", label),
            ("Train", "done" if score else "todo", train),
            ("Try", "now" if score else "todo", "Thumbs become labels"),
            ("Apply", "done" if task.state == "applied" else "todo", "A version of the data"),
        ]
    )


def draw_numbers(task: TaskView, progress: Progress, agreement: Agreement, currency: str) -> None:
    """Four numbers: rows labelled, the score, the money, the agreement."""
    score = (task.model or {}).get("score")
    right, reach = "–", "no model yet"
    if score:
        right = f"{of_100(score['accuracy'])} of 100"
        reach = f"{of_100(score['low'])} to {of_100(score['high'])}, on {score['n']:,} rows"
    money, money_note = "–", "say what calls are worth first"
    if score and score.get("yearly_amount") is not None:
        money = format_money(score["yearly_amount"], currency)
        money_note = "too few rows for an interval"
        if score["yearly_low"] is not None:
            low, high = format_money(score["yearly_low"], currency), format_money(score["yearly_high"], currency)
            money_note = f"{low} to {high} a year"
    elif len(task.classes) != 2 or task.positive_class is None:
        money_note = "needs two classes, one to act on"
    alpha = f"{agreement.alpha.value:.2f}" if agreement.alpha else "–"
    metric_row(
        [
            Number("Rows labelled", f"{progress.n_agreed:,}", f"of {progress.n_rows:,}"),
            Number("Right, unseen rows", right, reach),
            Number("Worth a year", money, money_note),
            Number("Agreement", alpha, f"beyond chance, {agreement.n_twice:,} rated twice"),
        ]
    )


def draw_agreement(agreement: Agreement) -> None:
    """Whether two people mean the same by the classes."""
    with section("Do people mean the same?", escape_markdown(agreement.sentence)):
        for line in describe_raters(agreement):
            note(line)


def draw_training(bench: Bench, train: Callable[[], None] | None) -> None:
    """What the quick model was judged on, and the button that fits it again."""
    show_refused()
    model, progress = bench.task.model or {}, bench.progress
    said = "" if bench.is_fitting else escape_markdown(str(model.get("note") or ""))
    text = describe_sample(model) if model.get("score") else said
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width=640):
            st.markdown(f"**{progress.n_since_training:,} answers since the model was fitted last**")
            note(f"{text} It is fitted again by itself every 20 answers.")
        if train is not None:
            st.button("Train now", key="train", icon=":material/model_training:", on_click=train)


def draw_try(
    task: TaskView,
    card: Card | None,
    dictionary: Mapping[str, DictionaryLine],
    ask: Ask,
    thumb: Callable[..., None],
) -> None:
    """A row nobody has labelled, what the model says of it, and thumbs; changed values are tried, not labelled."""
    text = "A row that nobody has labelled. A thumb makes it a label; change a value to see what moves the answer."
    with section("Try it", text):
        if card is None:
            note("Every row of this round is labelled. Train the model to get others.")
            return
        model = task.model or {}
        said = dict(zip(model.get("classes", []), card.said, strict=False))
        is_changed = False
        if model.get("onnx_sha256"):
            with st.form(f"try_{card.row}", border=True):
                signature = Signature.from_document(model["signature"])
                values = {}
                with st.grid(3, min_column_width=220, gap="small"):
                    for column in signature.columns:
                        with st.container():
                            values[column.name] = _field(column, card, dictionary.get(column.name))
                is_asked = st.form_submit_button("Ask the model", key="ask", icon=":material/bolt:")
            if is_asked:
                is_changed = any((card.cells.get(name) or "") != (value or "") for name, value in values.items())
                said = ask(values) or said
        else:
            draw_card(card, dictionary)
            note(escape_markdown(str(model.get("onnx_reason") or "")))
        _draw_answer(card, said, is_changed, task, thumb)


def _draw_answer(
    card: Card,
    said: Mapping[str, float],
    is_changed: bool,
    task: TaskView,
    thumb: Callable[..., None],
) -> None:
    best = max(said, key=lambda name: said[name])
    with st.container(border=True, gap="small"):
        st.markdown(f"#### {escape_markdown(task.column)}: {escape_markdown(best)}, {of_100(said[best])} of 100 sure")
        if is_changed:
            note("You changed a value, so this is not a row of the data and cannot become a label.", "orange")
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Right",
                icon=":material/thumb_up:",
                key=f"up_{card.row}",
                disabled=is_changed,
                on_click=thumb,
                kwargs={"row": card.row, "value": best},
            )
            for name in task.classes:
                if name != best:
                    st.button(
                        f"Wrong: it is {escape_markdown(name)}",
                        icon=":material/thumb_down:",
                        key=f"down_{card.row}_{name}",
                        disabled=is_changed,
                        on_click=thumb,
                        kwargs={"row": card.row, "value": name},
                    )
            st.button("Another row", icon=":material/shuffle:", key="another", on_click=_another)


def _field(column: SignatureColumn, card: Card, line: DictionaryLine | None) -> str | None:
    said = line.description if line else None
    label = escape_markdown(said.business_name if said and said.business_name else column.name)
    value, key = card.cells.get(column.name), f"try_{card.row}_{column.name}"
    if said is not None and said.sensitivity in ("personal", "special"):
        st.text_input(label, "hidden: personal data", disabled=True, key=key)
        return value
    if column.kind == "category":
        options = list(dict.fromkeys([*([value] if value else []), *column.categories]))
        return st.selectbox(label, options, index=0 if value else None, key=key)
    return st.text_input(label, value or "", key=key) or None


def _another() -> None:
    st.session_state[PLACE] = st.session_state.get(PLACE, 0) + 1
