"""Numbers as people type and paste them: read where there is one meaning, asked where there are two."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from portal.ui.forms.typed_number import read, written


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.234,56", 1234.56), ("1,234.56", 1234.56), ("26,5", 26.5), ("26.5", 26.5), ("1 000", 1000.0), ("−3", -3.0)],
)
def test_what_has_one_meaning_is_read(text: str, number: float) -> None:
    assert read(text) == number


@pytest.mark.parametrize("text", ["1.234", "1,234", "about four", "1e5", "nan", "x" * 200])
def test_what_has_two_meanings_or_none_stays_as_it_was_typed(text: str) -> None:
    assert read(text) == text


def test_nothing_is_no_number() -> None:
    assert read("  ") is read(None) is None
    assert written(None) == ""


@given(st.floats(-1e12, 1e12).map(lambda value: float(f"{value:.9g}")))
def test_what_is_known_needs_no_second_answer(value: float) -> None:
    assert read(written(value)) == value


def page() -> None:
    import streamlit as st

    from portal.ui.forms.typed_number import ask_number

    kept: list[Any] = st.session_state.setdefault("kept", [])
    value = ask_number("Target", st.session_state.get("known"), key="target", keep=kept.append)
    st.session_state["value"] = value


def test_which_of_two_numbers_is_asked_and_then_kept() -> None:
    app = AppTest.from_function(page).run()
    app.text_input[0].set_value("1.234").run()
    assert app.session_state["value"] == "1.234"
    assert app.button_group[0].label == "“1.234” can mean two numbers. Which?"
    app.button_group[0].set_value(1234.0).run()
    assert app.session_state["value"] == 1234.0
    assert app.text_input[0].value == "1234"
    assert app.session_state["kept"] == ["1.234", 1234.0]
    assert not app.button_group


def test_what_is_no_number_is_said_and_kept_as_typed() -> None:
    app = AppTest.from_function(page).run()
    app.text_input[0].set_value("about *four*").run()
    assert "is not a number. Type digits only, such as 1234.56." in app.markdown[0].value
    assert app.session_state["kept"] == ["about *four*"]
    app.text_input[0].set_value("4").run()
    assert app.session_state["kept"][-1] == app.session_state["value"] == 4.0
