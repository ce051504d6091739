"""What a file leaves open: one question after another, each with what the cells look like under an answer."""

from collections.abc import Callable, Sequence

import streamlit as st

from portal.ui.change import show_refusal
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.datasets.choices import Question
from services.errors import PortalError

MOST_RADIO_OPTIONS = 6


def ask_questions(
    job_id: str, file_name: str, questions: Sequence[Question], answer: Callable[[str, Sequence[str]], object]
) -> None:
    """Ask all questions of a reading at once; `answer(job_id, answers)` gets one value for each, in their order.

    The likeliest answer is chosen already; nothing is read before somebody says so. `file_name` is escaped.
    """
    what = "one question" if len(questions) == 1 else f"{len(questions)} questions"
    with section(f"{file_name} can be read in more than one way", f"Answer {what}, then it is read."):
        answers = [_ask(job_id, number, question) for number, question in enumerate(questions)]
        if st.button("Read it like this", type="primary", icon=":material/check:", key=f"answer_{job_id}"):
            _answer(job_id, answers, answer)


def _ask(job_id: str, number: int, question: Question) -> str:
    labels, key = dict(question.options), f"question_{job_id}_{number}"
    values = list(labels)

    def label_of(value: str) -> str:
        return escape_markdown(labels[value])

    with st.container(border=True, gap="small"):
        sentence = escape_markdown(question.sentence)
        if len(values) <= MOST_RADIO_OPTIONS:
            chosen = st.radio(sentence, values, format_func=label_of, key=key)
        else:
            chosen = st.selectbox(sentence, values, format_func=labels.__getitem__, key=key)
        _draw_preview(question, str(chosen))
    return str(chosen)


def _draw_preview(question: Question, chosen: str) -> None:
    rows = question.previews.get(chosen, question.preview)
    if not rows:
        return
    width = max(len(row) for row in rows)
    note("The first rows, read like this:" if chosen in question.previews else "From the file:")
    st.table(
        [{str(place): escape_markdown(cell) for place, cell in enumerate(_padded(row, width))} for row in rows],
        border="horizontal",
        hide_index=True,
        hide_header=True,
    )


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _answer(job_id: str, answers: Sequence[str], answer: Callable[[str, Sequence[str]], object]) -> None:
    try:
        answer(job_id, answers)
    except PortalError as error:
        show_refusal(error)
        return
    st.rerun()
