"""The recipe: what was done to the table as it was read, step by step, each with its reason and its undo."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from portal.ui.layout import note, section, small
from portal.ui.text import escape_markdown
from services.datasets.recipe.words import describe_step
from services.datasets.views import Dataset

SHOWN = 12


@dataclass(frozen=True, slots=True)
class RecipeActions:
    """What a person who may change the data can do with the steps; `redo` and `undone` where one was taken back."""

    undo: Callable[[int], None]
    include: Callable[[str], None]
    redo: Callable[[], None] | None = None
    undone: Mapping[str, Any] | None = None
    is_busy: bool = False


def draw_recipe(
    dataset: Dataset,
    steps: Sequence[Mapping[str, Any]],
    actions: RecipeActions | None,
    *,
    draw_more: Callable[[], None] = lambda: None,
) -> None:
    """The steps as a numbered list, then the columns that are left out; `draw_more` adds what else can be done."""
    n_steps = len(steps) + len(dataset.excluded)
    text = "They are applied to the table as it was read, in this order, and can be replayed on newer rows."
    with section(_title(n_steps), text):
        if not n_steps:
            note("Nothing was changed: the table is as it came.")
        hidden = max(0, len(steps) - SHOWN)
        if hidden:
            with st.expander(f"The first {hidden} steps"):
                _draw_steps(steps[:hidden], 0, actions)
        _draw_steps(steps[hidden:], hidden, actions)
        _draw_left_out(dataset, len(steps), actions)
        with st.container(horizontal=True, gap="xsmall"):
            if actions and actions.redo and actions.undone is not None:
                label = f"Redo: {escape_markdown(describe_step(actions.undone).rstrip('.'))}"
                if st.button(label, key="redo", icon=":material/redo:", disabled=actions.is_busy):
                    actions.redo()
            draw_more()


def _title(n_steps: int) -> str:
    return {0: "No steps so far", 1: "1 step so far"}.get(n_steps, f"{n_steps} steps so far")


def _draw_steps(steps: Sequence[Mapping[str, Any]], first: int, actions: RecipeActions | None) -> None:
    for position, step in enumerate(steps, start=first):
        with _line():
            _draw_words(position + 1, describe_step(step), str(step.get("reason", "")))
            if actions and st.button(
                "Undo", key=f"undo_{position}", icon=":material/undo:", type="tertiary", disabled=actions.is_busy
            ):
                actions.undo(position)


def _draw_left_out(dataset: Dataset, n_before: int, actions: RecipeActions | None) -> None:
    names = list(dataset.excluded)
    for number, name in enumerate(names[:SHOWN], start=n_before + 1):
        with _line():
            _draw_words(number, f"Leave out the column “{name}”.", dataset.excluded[name])
            if actions and st.button("Undo", key=f"back_{name}", icon=":material/undo:", type="tertiary"):
                actions.include(name)
    if len(names) > SHOWN:
        note(f"{len(names) - SHOWN} more columns are left out; see them among the columns.")


def _line() -> Any:
    return st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")


def _draw_words(number: int, sentence: str, reason: str) -> None:
    with st.container(width=720):
        because = f"  \n{small(escape_markdown(reason))}" if reason else ""
        st.markdown(f"{number}\\. {escape_markdown(sentence)}{because}")
