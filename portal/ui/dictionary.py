"""The data dictionary: what each column means to the business, asked one column at a time."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from portal.ui.layout import FORM_WIDTH, note
from portal.ui.text import escape_cell, escape_markdown
from services.datasets.dictionary import (
    ACTIONABILITIES,
    COMPARED,
    DIRECTIONS,
    MEANING_LENGTH,
    NAME_LENGTH,
    SENSITIVITIES,
    UNIT_LENGTH,
    Description,
    DictionaryLine,
    describe_line,
)

KNOWN = {"yes": "Yes", "no": "No, only afterwards", "unknown": "Nobody has said yet"}

Lines = Mapping[str, DictionaryLine]
Save = Callable[[str, dict[str, str]], None]


def business_names(lines: Lines) -> dict[str, str]:
    """Column -> business name, for those that have one."""
    return {column: line.description.business_name for column, line in lines.items() if line.description.business_name}


def describe_progress(columns: Sequence[str], lines: Lines) -> str:
    """How much of the dictionary is written."""
    n_named = sum(bool(_field(lines, column, "business_name")) for column in columns)
    if n_named == len(columns):
        return f"All {len(columns)} columns have a business name"
    return f"{n_named} of {len(columns)} columns have a business name"


def next_undescribed(columns: Sequence[str], lines: Lines) -> str | None:
    """The first column without a business name."""
    return next((column for column in columns if not _field(lines, column, "business_name")), None)


def draw_form(column: str, lines: Lines, save: Save) -> None:
    """What the column means, as a form; `save(column, fields)` gets what was typed."""
    with st.form(f"describe_{column}", border=True, width=FORM_WIDTH):
        st.markdown(f"**What is {escape_markdown(column)}?**")
        with st.grid(2, min_column_width=240, gap="small"):
            typed = {
                "business_name": _ask_text(column, lines, "business_name", "Business name", NAME_LENGTH),
                "unit": _ask_text(column, lines, "unit", "Unit", UNIT_LENGTH, placeholder="€, months, calls"),
            }
        typed["meaning"] = st.text_area(
            "What it means",
            _field(lines, column, "meaning"),
            max_chars=MEANING_LENGTH,
            height=90,
            key=f"meaning_{column}",
        )
        question = "Is its value known before the decision is taken?"
        typed["known_before_decision"] = _ask_choice(column, lines, "known_before_decision", question, KNOWN)
        note("A model may learn only from what is known when it is asked. What comes later gives the answer away.")
        with st.grid(2, min_column_width=240, gap="small"):
            typed["sensitivity"] = _ask_list(column, lines, "sensitivity", "How sensitive is it?", SENSITIVITIES)
            typed["actionability"] = _ask_list(column, lines, "actionability", "Who can change it?", ACTIONABILITIES)
            typed["expected_direction"] = _ask_list(
                column, lines, "expected_direction", "How should the outcome move with it?", DIRECTIONS
            )
            typed["compared"] = _ask_list(column, lines, "compared", "Must its groups be treated alike?", COMPARED)
        note(
            "A model is held to the direction, where the column is a number. Groups that must be treated alike are "
            "compared in every model, also when no model learns from the column."
        )
        if st.form_submit_button("Save what it means", key=f"describe_{column}_now", icon=":material/check:"):
            save(column, {name: value or "" for name, value in typed.items()})


def draw_line(column: str, lines: Lines) -> None:
    """What is known of the column, for those who only look."""
    line = lines.get(column)
    if line is None:
        note("Nobody has said yet what this column means.")
        return
    st.markdown(escape_markdown(describe_line(line)))
    note(f"Written by {escape_markdown(line.changed_by_name)} on {line.changed_at.day} {line.changed_at:%B %Y}")


def dictionary_rows(columns: Sequence[str], lines: Lines) -> list[dict[str, Any]]:
    """The dictionary as a table, one row per column."""
    return [
        {
            "Column": escape_cell(column),
            "Business name": escape_cell(_field(lines, column, "business_name")),
            "Unit": escape_cell(_field(lines, column, "unit")),
            "Known before": KNOWN[_field(lines, column, "known_before_decision")],
            "Sensitivity": _capital(SENSITIVITIES[_field(lines, column, "sensitivity")]),
            "Who can change it": _capital(ACTIONABILITIES[_field(lines, column, "actionability")]),
            "Expected": _capital(DIRECTIONS[_field(lines, column, "expected_direction")]),
            "Groups": _capital(COMPARED[_field(lines, column, "compared")]),
            "Meaning": escape_cell(_field(lines, column, "meaning")),
        }
        for column in columns
    ]


def draw_table(columns: Sequence[str], lines: Lines) -> None:
    """The whole dictionary to look through."""
    st.dataframe(
        dictionary_rows(columns, lines),
        hide_index=True,
        height="auto",
        alt=describe_progress(columns, lines),
        column_config={"Column": st.column_config.TextColumn(pinned=True)},
    )


def _field(lines: Lines, column: str, name: str) -> str:
    line = lines.get(column)
    return str(getattr(line.description if line else Description(), name))


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _ask_text(column: str, lines: Lines, name: str, label: str, length: int, placeholder: str | None = None) -> str:
    known = _field(lines, column, name)
    return st.text_input(label, known, max_chars=length, placeholder=placeholder, key=f"{name}_{column}") or ""


def _ask_choice(column: str, lines: Lines, name: str, label: str, options: Mapping[str, str]) -> str:
    known = _field(lines, column, name)
    keys = list(options)
    chosen = st.radio(
        label, keys, index=keys.index(known), format_func=options.__getitem__, horizontal=True, key=f"{name}_{column}"
    )
    return str(chosen)


def _ask_list(column: str, lines: Lines, name: str, label: str, options: Mapping[str, str]) -> str:
    keys = list(options)
    words = {key: _capital(option) for key, option in options.items()}
    known = _field(lines, column, name)
    chosen = st.selectbox(label, keys, index=keys.index(known), format_func=words.__getitem__, key=f"{name}_{column}")
    return str(chosen)
