"""The recipe: what was done to the table as it was read, step by step, each with its reason and its undo."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from portal.ui.dataset_picture import Picture
from portal.ui.layout import note, section, small
from portal.ui.text import escape_markdown
from services.datasets.recipe.words import describe_step, name_step
from services.datasets.views import Dataset

SHOWN = 12


@dataclass(frozen=True, slots=True)
class RecipeActions:
    """What a person who may change the data can do with the steps."""

    undo: Callable[[int], None]
    include: Callable[[str], None]
    redo: Callable[[], None]
    replay: Callable[[], None]


def draw_recipe(picture: Picture, actions: RecipeActions | None, write: Callable[[], str]) -> None:
    """The steps as a numbered list, then the columns that are left out; `write()` gives all decisions as text."""
    dataset, steps = picture.dataset, picture.dataset.recipe
    n_steps = len(steps) + len(dataset.excluded)
    text = "Taken on the table as it was read, in this order; they can be taken again on newer rows."
    with section(_title(n_steps), text):
        if not n_steps:
            note("Nothing was changed: the table is as it came.")
        hidden = max(0, len(steps) - SHOWN)
        if hidden:
            with st.expander(f"The first {hidden} steps"):
                _draw_steps(steps[:hidden], 0, actions, is_busy=picture.is_busy)
        _draw_steps(steps[hidden:], hidden, actions, is_busy=picture.is_busy)
        _draw_left_out(dataset, len(steps), actions)
        with st.container(horizontal=True, gap="xsmall"):
            if actions:
                _draw_repeats(picture, actions)
            st.download_button(
                "All decisions as text",
                write,
                f"decisions-version-{dataset.version}.md",
                "text/markdown",
                key="decisions",
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
            )


def _draw_repeats(picture: Picture, actions: RecipeActions) -> None:
    """Redo what was undone last; take the steps of the table before on this newer one."""
    if picture.undone is not None:
        label = f"Redo: {escape_markdown(name_step(picture.undone))}"
        if st.button(label, key="redo", icon=":material/redo:", disabled=picture.is_busy):
            actions.redo()
    if picture.replay is not None and picture.replay.steps:
        n = len(picture.replay.steps)
        label = f"Take the {n} steps of version {picture.replay.from_version} again"
        label = label if n > 1 else f"Take the step of version {picture.replay.from_version} again"
        if st.button(label, key="replay", icon=":material/replay:", disabled=picture.is_busy):
            actions.replay()
    for left_out in picture.replay.left_out if picture.replay else ():
        note(escape_markdown(f"Not again: {name_step(left_out.step)}. {left_out.sentence}"), "orange")


def _title(n_steps: int) -> str:
    return {0: "No steps so far", 1: "1 step so far"}.get(n_steps, f"{n_steps} steps so far")


def _draw_steps(
    steps: Sequence[Mapping[str, Any]], first: int, actions: RecipeActions | None, *, is_busy: bool
) -> None:
    for position, step in enumerate(steps, start=first):
        with _line():
            _draw_words(position + 1, describe_step(step), str(step.get("reason", "")))
            if actions and st.button(
                "Undo", key=f"undo_{position}", icon=":material/undo:", type="tertiary", disabled=is_busy
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
