"""The Drivetrain canvas: objective, levers, data, model, from top to bottom and changed where they stand."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.proposals.objective import Objective
from services.proposals.sentences import opening_sentence

QUESTIONS = (
    "What should get better?",
    "What can we change?",
    "Which data tell what was done and what happened then?",
    "What does a model predict?",
)


@contextmanager
def stage(number: int) -> Iterator[None]:
    """One of the four questions with what is drawn inside as its answer; an arrow leads to it from the one before."""
    with st.container(gap="xsmall"):
        if number > 1:
            st.markdown(":gray[:material/arrow_downward:]", text_alignment="center")
        st.markdown(f"**{number}** :gray[{QUESTIONS[number - 1]}]")
        yield


def draw_objective(objective: Objective) -> None:
    """What is wanted, and how far the metric has to go."""
    with st.container(border=True, gap=None):
        st.markdown(f"**{escape_markdown(objective.sentence)}**")
        note(escape_markdown(opening_sentence(objective)))


def draw_model(objective: Objective) -> None:
    """What is predicted for each case, and the decision it informs."""
    who = f" ({objective.decided_by})" if objective.decided_by else ""
    with st.container(border=True, gap=None):
        st.markdown(f"**{escape_markdown(objective.outcome)}**" if objective.outcome else ":orange[Not said yet]")
        note(escape_markdown(f"Informs: {objective.decision}{who}"))
