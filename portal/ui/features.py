"""Columns that people suggest: the form to suggest one, what it gives in a few rows, and each with its decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.layout import FORM_WIDTH, note, section
from portal.ui.text import escape_cell, escape_markdown
from services.datasets.recipe.steps import REASON_LENGTH
from services.datasets.suggestions import FormulaPreview, Suggestion, describe_suggestion
from services.datasets.views import Dataset
from services.formulas.formula import FUNCTIONS
from services.formulas.spelling import LONGEST_TEXT, known_names

NAME_LENGTH = 60
_BADGES = {
    "open": Badge("Waits for a decision", "orange"),
    "taken": Badge("Taken", "green"),
    "declined": Badge("Declined", "gray"),
}


@dataclass(frozen=True, slots=True)
class SuggestionActions:
    """What a person may do with a suggestion; None: only look."""

    take: Callable[[str], None]
    decline: Callable[[str, str], None]
    is_busy: bool = False


def describe_names(dataset: Dataset) -> str:
    """How the columns are written in a formula, and what else it may say."""
    names = known_names(column.name for column in dataset.columns if column.name != dataset.target)
    return f"{names} Also + − * / ** and {', '.join(FUNCTIONS)}."


def draw_suggestion_form(
    dataset: Dataset,
    preview: Callable[[str], FormulaPreview | None],
    suggest: Callable[[str, str, str], None],
    *,
    number: int = 1,
) -> None:
    """Name, formula and reason; the formula is tried on the first rows while it is written.

    `number` counts suggestions: the form of the next one is empty.
    """
    text = "You know what matters. Say it as a formula: a model finds a ratio or a difference less easily than you do."
    with section("Suggest a column", text), st.container(border=True, width=FORM_WIDTH):
        name = st.text_input("Name of the new column", max_chars=NAME_LENGTH, key=f"suggestion_name_{number}")
        formula = st.text_input(
            "Formula",
            max_chars=LONGEST_TEXT,
            key=f"suggestion_formula_{number}",
            placeholder="where(calls > 0, charges / calls, 0)",
        )
        note(escape_markdown(describe_names(dataset)))
        found = preview(formula) if formula else None
        if found:
            draw_preview(found, name or "Result")
        reason = st.text_input("Why should it help?", max_chars=REASON_LENGTH, key=f"suggestion_reason_{number}")
        if st.button("Suggest it", key="suggest", type="primary", icon=":material/lightbulb:", disabled=not found):
            suggest(name, formula, reason)


def draw_preview(preview: FormulaPreview, name: str) -> None:
    """The first rows: what goes in, and what comes out."""
    table = {escape_cell(column): values for column, values in preview.inputs.items()}
    st.dataframe({**table, escape_cell(name): preview.values}, hide_index=True, alt=preview.sentence)
    note(preview.sentence)


def describe_all(suggestions: Sequence[Suggestion]) -> str:
    """How many there are, and how many wait."""
    n_open = sum(suggestion.state == "open" for suggestion in suggestions)
    if not suggestions:
        return "Nobody has suggested a column yet"
    of = f"{len(suggestions)} column{'s' if len(suggestions) != 1 else ''} suggested"
    return f"{of}, {n_open} {'waits' if n_open == 1 else 'wait'} for a decision" if n_open else f"{of}, all decided on"


def draw_suggestions(suggestions: Sequence[Suggestion], actions: SuggestionActions | None) -> None:
    """Each suggestion with its formula, whose it is, and what became of it."""
    for suggestion in suggestions:
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(f"**{escape_markdown(suggestion.name)}**", width="content")
                _BADGES[suggestion.state].draw()
            st.code(suggestion.formula, language=None, wrap_lines=True)
            note(escape_markdown(describe_suggestion(suggestion)))
            if actions and suggestion.state == "open":
                _draw_decision(suggestion, actions)


def _draw_decision(suggestion: Suggestion, actions: SuggestionActions) -> None:
    with st.container(horizontal=True, gap="small"):
        take, busy = f"take_{suggestion.id}", actions.is_busy
        if st.button("Take it into the data", key=take, icon=":material/add:", disabled=busy):
            actions.take(suggestion.id)
        with st.popover("Decline", icon=":material/close:"):
            why = st.text_input("Why?", max_chars=REASON_LENGTH, key=f"why_{suggestion.id}")
            if st.button("Decline it", key=f"decline_{suggestion.id}", disabled=not why):
                actions.decline(suggestion.id, why)
