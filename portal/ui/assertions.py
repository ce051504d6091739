"""What people assert of the models of a project: a form in the words of the data, and whether each holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.change import show_refusal
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.datasets.recipe.conditions import OPERATORS
from services.errors import InvalidInputError
from services.examinations.assertions import BOUNDS, MOST_CONDITIONS, WAYS, Asked, Assertion, condition_of
from services.examinations.report import FAILS, HOLDS, NOT_POSSIBLE, UNCLEAR, WITHHELD
from services.examinations.views import AssertionView

STATES = {
    HOLDS: Badge("Holds", "green", ":material/check:"),
    FAILS: Badge("Fails", "red", ":material/close:"),
    UNCLEAR: Badge("Too few rows", "gray", ":material/help:"),
    NOT_POSSIBLE: Badge("Cannot be asked", "orange", ":material/block:"),
    WITHHELD: Badge("Not shown yet", "orange", ":material/lock:"),
}
_WAITING = Badge("Not checked yet", "gray", ":material/schedule:")
_SHARE, _DIRECTION = "In a share of the cases", "Never in one direction"
Save = Callable[[Assertion], None]


@dataclass(frozen=True, slots=True)
class AssertionActions:
    """What a person can do who may assert: `change(key, version, assertion)` and `withdraw(key, version)`."""

    change: Callable[[str, int, Assertion], None]
    withdraw: Callable[[str, int], None]


def draw_assertions(found: Sequence[AssertionView], actions: AssertionActions | None) -> None:
    """Each assertion with its result; `actions` is None for who only reads."""
    failing = sum(one.result is not None and one.result.state == FAILS for one in found)
    title = "What people assert"
    if found:
        title = f"{failing} of {len(found)} assertions fail" if failing else f"No assertion of {len(found)} fails"
    text = "They are asked of every model of the project, on rows it had not learned from."
    with section(title, text):
        if not found:
            note("Nobody has asserted anything yet. Say below what must be true of a model before you would trust it.")
        for one in found:
            with st.container(border=True, gap="xsmall"):
                badge = STATES[one.result.state] if one.result is not None else _WAITING
                st.markdown(f"{badge.markdown} {escape_markdown(one.sentence)}")
                if one.result is not None:
                    note(escape_markdown(one.result.sentence))
                when = f"{one.at.day} {one.at:%B %Y}"
                version = f", version {one.version}" if one.version > 1 else ""
                note(f"{escape_markdown(one.name)}, {when}{version}")
                if actions is not None:
                    _draw_actions(one, actions)


def draw_assertion_forms(asked: Asked, save: Save) -> None:
    """Two forms: an answer expected in a share of the cases, and a direction that is never taken."""
    with section("Assert something of the model", "In the words of the data. Leave a condition empty to drop it."):
        of_share, of_direction = st.tabs([_SHARE, _DIRECTION])
        with of_share, st.form("assert_share", border=True):
            typed = _conditions(asked, "s")
            outcome, bound, amount = _expectation(asked)
            share = st.number_input(
                "In at least this many of 100 cases", min_value=0.0, max_value=100.0, value=80.0, step=5.0, key="share"
            )
            formula = _formula("s")
            if st.form_submit_button("Assert it", icon=":material/add_task:", key="assert_share_now"):
                _send(save, typed, formula, outcome=outcome, bound=bound, amount=amount, least_share=share / 100)
        with of_direction:
            _draw_direction(asked, save)


def _draw_actions(one: AssertionView, actions: AssertionActions) -> None:
    with st.container(horizontal=True, gap="small"):
        if one.assertion.kind == "share":
            with st.popover("Change the share", type="tertiary"), st.form(f"change_{one.key}", border=False):
                of_100 = round(one.assertion.least_share * 100, 10)
                share = st.number_input("In at least this many of 100 cases", value=of_100, key=f"share_{one.key}")
                if st.form_submit_button("Keep the new share", key=f"change_now_{one.key}"):
                    actions.change(one.key, one.version, replace(one.assertion, least_share=share / 100))
        if st.button("Withdraw it", key=f"withdraw_{one.key}", type="tertiary"):
            actions.withdraw(one.key, one.version)


def _draw_direction(asked: Asked, save: Save) -> None:
    numbers = [name for name in asked.inputs if asked.kinds.get(name) == "number"]
    if asked.task == "multiclass" or not numbers:
        note("The model answers with several classes, or takes no number, so nothing goes up or down.")
        return
    with st.form("assert_direction", border=True):
        column = st.selectbox(
            "A higher", numbers, format_func=asked.called, index=None, placeholder="Choose a column", key="moved"
        )
        what = f"the chance of “{asked.classes[1]}”" if asked.classes else f"“{asked.called(asked.target)}”"
        way = st.selectbox("never", list(WAYS), format_func=lambda name: f"{WAYS[name]} {what}", index=0, key="way")
        typed = _conditions(asked, "d")
        if st.form_submit_button("Assert it", icon=":material/add_task:", key="assert_direction_now"):
            outcome = asked.classes[1] if asked.classes else ""
            _send(save, typed, "", kind="direction", column=column or "", way=way or "", outcome=outcome)


def _conditions(asked: Asked, of: str) -> list[tuple[str | None, str, str]]:
    names, typed = list(asked.kinds), []
    for place in range(MOST_CONDITIONS):
        first, second, third = st.columns(3, gap="small")
        word = "Where" if not place else "and"
        column = first.selectbox(
            word, names, format_func=asked.called, index=None, placeholder="Any case", key=f"{of}_column_{place}"
        )
        operator = second.selectbox(
            "is", list(OPERATORS), format_func=OPERATORS.__getitem__, index=3, key=f"{of}_operator_{place}"
        )
        text = third.text_input("this", key=f"{of}_value_{place}", max_chars=200, placeholder="24, or 24 and 48")
        typed.append((column, str(operator), text))
    return typed


def _expectation(asked: Asked) -> tuple[str, str, float | None]:
    if asked.classes:
        outcome = st.selectbox("Expect the answer", list(asked.classes), index=0, key="outcome")
        return str(outcome), "", None
    with st.grid(2, min_column_width=150, gap="small"):
        bound = st.selectbox(
            f"Expect “{escape_markdown(asked.called(asked.target))}” of",
            list(BOUNDS),
            format_func=BOUNDS.__getitem__,
            index=0,
            key="bound",
        )
        amount = st.number_input("this much", value=None, format="%0.10g", key="amount")
    return "", str(bound), amount


def _formula(of: str) -> str:
    with st.expander("A formula that must be true as well", icon=":material/function:"):
        return st.text_input(
            "Formula", key=f"{of}_formula", placeholder="charges * 12 > 500", label_visibility="collapsed"
        )


def _send(save: Save, typed: Sequence[tuple[str | None, str, str]], formula: str, **parts: object) -> None:
    problems: list[str] = []
    conditions = []
    for column, operator, text in typed:
        try:
            condition = condition_of(column, operator, text)
        except InvalidInputError as error:
            problems += error.problems
            continue
        if condition is not None:
            conditions.append(condition)
    if problems:
        show_refusal(InvalidInputError(*problems))
        return
    save(Assertion(**{"kind": "share", "conditions": tuple(conditions), "formula": formula, **parts}))  # type: ignore[arg-type]
