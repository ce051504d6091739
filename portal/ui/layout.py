"""The pieces every page is made of. A new need becomes a new piece here first."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import streamlit as st

from portal.ui.badges import Badge, Color

WORKING_WIDTH = 1080
FORM_WIDTH = 720

_PAGE_HEIGHT = 360  # pixels, of a page that is still awaited
_SHOWN = "page that is shown"
_UNTIL_DRAWN: ContextVar[ExitStack | None] = ContextVar("what is shown until a page is drawn", default=None)
_STAGE_STATES = {  # icon, Markdown colour, word
    "done": (":material/check_circle:", "green", "Done"),
    "now": (":material/radio_button_checked:", "primary", "Now"),
    "stale": (":material/history:", "orange", "Stale"),
    "blocked": (":material/block:", "red", "Blocked"),
    "todo": (":material/circle:", "gray", "Later"),
}
_STAGE_PROGRESS = {"done": 1.0, "stale": 1.0, "now": 0.5}


@dataclass(frozen=True, slots=True)
class Number:
    """One of the four numbers on a page: the unit is in the label, the value has at most nine characters."""

    label: str
    value: str
    note: str
    color: Color = "gray"


@contextmanager
def waiting_for(name: str) -> Iterator[None]:
    """A grey area where a page that was just opened takes longer than half a second, until it begins to draw.

    Never above a page that is there: what is below it would move under the pointer of whoever is about to press.
    """
    is_opened = st.session_state.get(_SHOWN) != name
    st.session_state[_SHOWN] = name
    with ExitStack() as until_drawn:
        if is_opened:
            until_drawn.enter_context(st.skeleton(height=_PAGE_HEIGHT))
        else:
            st.empty()  # in its place, so that everything below keeps its own
        token = _UNTIL_DRAWN.set(until_drawn)
        try:
            yield
        finally:
            _UNTIL_DRAWN.reset(token)


@contextmanager
def page(width: int = WORKING_WIDTH) -> Iterator[None]:
    """One centred column: 1080 px for working pages, 720 px for forms and reading."""
    waiting = _UNTIL_DRAWN.get()
    if waiting is not None:
        waiting.close()
    outer = st.container(horizontal_alignment="center")
    with outer.container(width=width, horizontal_alignment="left", gap="medium"):
        yield


def note(text: str, color: str = "gray") -> None:
    """Secondary text. Not `st.caption`: its 60% opacity is 4.3:1 on white and washes out coloured text."""
    st.markdown(small(text, color))


def small(text: str, color: str = "gray") -> str:
    """Secondary text as Markdown, to stand under something in one element: every element costs each click time."""
    return f":small[:{color}[{text}]]"


def head(title: str, sentence: str | None = None, *, badges: Sequence[Badge] = (), finding: str | None = None) -> None:
    """Title, one quiet line with the status badges first, then what the page found, in one sentence."""
    with st.container(gap="xsmall"):
        st.title(title, anchor=False)
        if badges or sentence:
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                for badge in badges:
                    badge.draw()
                if sentence:
                    st.markdown(f":gray[{sentence}]", width="content")
        if finding:
            st.space("xsmall")
            st.header(finding, anchor=False)


@contextmanager
def section(title: str, text: str | None = None) -> Iterator[None]:
    """A heading that states the finding, a note on how to read it, then the content."""
    with st.container(gap="small"):
        with st.container(gap=None):
            st.subheader(title, anchor=False)
            if text:
                note(text)
        yield


def stage_rail(stages: Sequence[tuple[str, str, str]]) -> None:
    """The stops of a project as (name, state, line): the bar is the way travelled, icon and words the health."""
    with st.container(border=True), st.grid(len(stages), min_column_width=88, gap="small"):
        for name, state, line in stages:
            icon, color, word = _STAGE_STATES[state]
            with st.container(gap=None):
                st.progress(_STAGE_PROGRESS.get(state, 0.0))
                st.space(4)
                st.markdown(f":{color}[{icon}] {f'**{name}**' if state == 'now' else name}")
                if state in ("stale", "blocked"):
                    note(f"{word}: {line}", color)
                else:
                    note(line)


def metric_row(numbers: Sequence[Number]) -> None:
    """Four numbers, never a lone one. Pairs inside pairs, so that the row breaks 4, then 2 and 2, never 3 and 1."""
    with st.grid(2, min_column_width=310, gap="small"):
        for pair in (numbers[:2], numbers[2:]):
            with st.grid(2, min_column_width=140, gap="small"):
                for number in pair:
                    with st.container(border=True, height="stretch", gap="xxsmall"):
                        st.metric(number.label, number.value)
                        note(number.note, number.color)


def decision_card(
    *,
    question: str,
    context: str,
    money: str,
    due: str,
    badges: Sequence[Badge],
    key: str,
    button: str = "Review",
    primary: bool = False,
) -> bool:
    """A question somebody waits for. Returns whether its button was pressed."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        if badges:
            st.markdown(" ".join(badge.markdown for badge in badges))
        st.markdown(f"**{question}**  \n{small(context)}")
        st.space("stretch")
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
            st.markdown(f"**{money}**  \n{small(due)}", width="content")
            return st.button(button, key=key, type="primary" if primary else "secondary")


def action_bar(title: str, text: str, button: str, *, icon: str, key: str, disabled: bool = False) -> bool:
    """What to do next, once per page: a sentence and the one primary button. Returns whether it was pressed."""
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width=640):
            st.markdown(f"**{title}**")
            note(text)
        return st.button(button, type="primary", icon=icon, key=key, disabled=disabled)


def empty_state(icon: str, sentence: str, action: Callable[[], None] | None = None) -> None:
    """An icon, one sentence that names the first thing to bring, and (drawn by `action`) one button and one link."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.space("small")
        st.markdown(f"## :gray[{icon}]", text_alignment="center")
        st.markdown(sentence, text_alignment="center")
        if action:
            action()
        st.space("small")


def facts(rows: dict[str, str]) -> None:
    """A short list of name and value, up to eight rows."""
    st.table({f":gray[{name}]": value for name, value in rows.items()}, border="horizontal")
