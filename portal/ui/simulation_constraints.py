"""What must hold whatever the levers are set to: a line for each, read once the form is sent."""

from collections.abc import Sequence

import streamlit as st

from services.errors import InvalidInputError
from services.simulation.constraint import MEASURES, SENSES, Constraint, Measure, Sense

_LINES = 3
Typed = tuple[str, Measure, Sense, float | None]


def ask_constraints(known: Sequence[Constraint], answer_name: str) -> list[Typed]:
    """Draw the lines, those of before filled."""
    typed: list[Typed] = []
    for place in range(max(_LINES, len(known))):
        begun = known[place] if place < len(known) else None
        with st.grid(4, min_column_width=160, gap="small"):
            formula = st.text_input(
                "As a formula",
                value=begun.formula if begun else "",
                placeholder=answer_name if place == 0 else None,
                key=f"must_{place}",
                help=f"It may use the columns of the data, the levers as they are set, and `{answer_name}`.",
            )
            measure: Measure = st.selectbox(
                "Counted",
                list(MEASURES),
                index=list(MEASURES).index(begun.measure if begun else "mean"),
                format_func=lambda measure: MEASURES[measure].capitalize(),
                key=f"must_measure_{place}",
            )
            sense: Sense = st.selectbox(
                "Is", list(SENSES), index=SENSES.index(begun.sense) if begun else 0, key=f"must_sense_{place}"
            )
            limit = st.number_input(
                "Number", value=begun.limit if begun else None, format="%0.10g", key=f"must_limit_{place}"
            )
        typed.append((formula.strip(), measure, sense, limit))
    return typed


def read_constraints(typed: Sequence[Typed]) -> tuple[Constraint, ...]:
    """The lines that say something.

    Raises
    ------
    InvalidInputError
        A line is half filled in, or cannot be meant.
    """
    found = []
    for formula, measure, sense, limit in typed:
        if not formula and limit is None:
            continue
        if not formula or limit is None:
            raise InvalidInputError("What must hold needs a formula and a number. Fill in both, or empty the line.")
        found.append(Constraint(formula, measure, sense, float(limit)))
    return tuple(found)
