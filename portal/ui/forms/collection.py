"""A short list of things as cards, of which one at a time is added, changed or removed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from portal.ui.forms.drafts import Draft, show_problems
from services.errors import InvalidInputError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What the cards show: its name in words, and how one is drawn, asked for and made from what was typed."""

    name: str
    noun: str
    draw: Callable[[T], None]
    ask: Callable[[Draft, T | None], dict[str, Any]]
    make: Callable[..., T]


def edit_collection(
    kind: Kind[T], items: Sequence[T], *, owner: str, save: Callable[[tuple[T, ...]], bool] | None
) -> None:
    """Draw the cards, and where `save` is given the buttons to change them.

    Parameters
    ----------
    owner
        What the collection belongs to; part of the keys of its widgets.
    save
        Called with the new list; returns whether it was stored. Until then what was typed stays.
    """
    editor = _Editor(f"{kind.name} of {owner}")
    with st.grid(3, min_column_width=280, gap="small"):
        for position, item in enumerate(items):
            with st.container(border=True, height="stretch", gap="xsmall"):
                with st.container(gap=None):
                    kind.draw(item)
                if save:
                    _draw_buttons(items, position, editor, save)
    if save is None:
        return
    if editor.position is None:
        st.button(
            f"Add a {kind.noun}", icon=":material/add:", key=f"{editor.name} add", on_click=editor.open, args=(-1,)
        )
    else:
        _draw_editor(kind, items, editor, save)


@dataclass(frozen=True, slots=True)
class _Editor:
    """Which item is being changed in this tab: its position, -1 for a new one, None for none."""

    name: str

    @property
    def position(self) -> int | None:
        position: int | None = st.session_state.get(f"open {self.name}")
        return position

    @property
    def draft(self) -> Draft:
        return Draft(self.name)

    def open(self, position: int) -> None:
        self.draft.reload()
        st.session_state[f"open {self.name}"] = position

    def close(self) -> None:
        st.session_state.pop(f"open {self.name}", None)


def _draw_buttons(items: Sequence[T], position: int, editor: _Editor, save: Callable[[tuple[T, ...]], bool]) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        st.button("Change", key=f"{editor.name} change {position}", on_click=editor.open, args=(position,))
        was_removed = st.button("Remove", key=f"{editor.name} remove {position}", type="tertiary")
    if was_removed and save((*items[:position], *items[position + 1 :])):
        editor.close()
        st.rerun()


def _draw_editor(kind: Kind[T], items: Sequence[T], editor: _Editor, save: Callable[[tuple[T, ...]], bool]) -> None:
    position = editor.position
    known = items[position] if position is not None and 0 <= position < len(items) else None
    with st.container(border=True, gap="small"):
        typed = kind.ask(editor.draft, known)
        with st.container(horizontal=True, gap="xsmall"):
            was_sent = st.button(f"Save the {kind.noun}", key=f"{editor.name} save", icon=":material/check:")
            st.button("Cancel", key=f"{editor.name} cancel", type="tertiary", on_click=editor.close)
        if was_sent and _store(kind, items, known, typed, save):
            editor.close()
            st.rerun()


def _store(
    kind: Kind[T], items: Sequence[T], known: T | None, typed: dict[str, Any], save: Callable[[tuple[T, ...]], bool]
) -> bool:
    try:
        made = kind.make(**typed)
    except InvalidInputError as error:
        show_problems(error)
        return False
    return save(tuple(made if item is known else item for item in items) if known else (*items, made))
