"""A short list of things as cards, of which one at a time is added, changed or removed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Generic, TypeVar

import streamlit as st

from portal.ui.forms.drafts import Draft, show_problems
from portal.ui.layout import note
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
        for item in items:
            with st.container(border=True, height="stretch", gap="xsmall"):
                with st.container(gap=None):
                    kind.draw(item)
                if save:
                    _draw_buttons(items, item, editor, save)
    if save is None:
        return
    if st.query_params.get("ask") == kind.name:  # a box of the canvas leads here
        st.query_params.pop("ask")
        editor.open(None)
    if not editor.is_open:
        st.button(
            f"Add a {kind.noun}", icon=":material/add:", key=f"{editor.name} add", on_click=editor.open, args=(None,)
        )
    else:
        _draw_editor(kind, items, editor, save)


@dataclass(frozen=True, slots=True)
class _Editor:
    """Which item is being changed in this tab: the item as it was when it was opened, None for a new one.

    Not its position: a colleague may add or remove another one while it is open.
    """

    name: str

    @property
    def is_open(self) -> bool:
        return f"open {self.name}" in st.session_state

    @property
    def item(self) -> Any:
        return st.session_state.get(f"open {self.name}")

    @property
    def draft(self) -> Draft:
        return Draft(self.name)

    def open(self, item: Any) -> None:
        self.draft.reload()
        st.session_state[f"open {self.name}"] = item

    def close(self) -> None:
        st.session_state.pop(f"open {self.name}", None)


def _draw_buttons(items: Sequence[T], item: T, editor: _Editor, save: Callable[[tuple[T, ...]], bool]) -> None:
    key = sha256(repr(item).encode(errors="replace")).hexdigest()[:12]  # a press means this item, or nothing
    with st.container(horizontal=True, gap="xsmall"):
        st.button("Change", key=f"{editor.name} change {key}", on_click=editor.open, args=(item,))
        was_removed = st.button("Remove", key=f"{editor.name} remove {key}", type="tertiary")
    if was_removed and save(tuple(other for other in items if other != item)):
        editor.close()
        st.rerun()


def _draw_editor(kind: Kind[T], items: Sequence[T], editor: _Editor, save: Callable[[tuple[T, ...]], bool]) -> None:
    known: T | None = editor.item
    with st.container(border=True, gap="small"):
        if known is not None and known not in items:
            note(f"Somebody changed or removed this {kind.noun} meanwhile. Saving adds yours as a new one.", "orange")
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
    if known is not None and known in items:
        return save(tuple(made if item == known else item for item in items))
    return save((*items, made))
