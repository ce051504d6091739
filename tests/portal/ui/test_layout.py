"""The pieces pages are made of, drawn by Streamlit itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from streamlit.testing.v1 import AppTest


def drawn(script: Callable[[], None]) -> AppTest:
    at = AppTest.from_function(script).run()
    assert not at.exception
    return at


def test_a_head_says_what_the_page_found() -> None:
    def script() -> None:
        from portal.ui.badges import RISK
        from portal.ui.layout import head, page

        with page():
            head("Money", "What a call is worth", badges=[RISK["high"]], finding="Worth about €310k a year.")

    at = drawn(script)
    assert at.title[0].value == "Money"
    assert at.header[0].value == "Worth about €310k a year."
    assert "High risk" in at.markdown[0].value


@pytest.mark.parametrize(
    ("state", "words"),
    [("done", "3 Sep"), ("now", "3 Sep"), ("todo", "3 Sep"), ("stale", "Stale: 3 Sep"), ("blocked", "Blocked: 3 Sep")],
)
def test_a_stage_says_its_health_in_words_not_only_in_colour(state: str, words: str) -> None:
    def script(state: str) -> None:
        from portal.ui.layout import stage_rail

        stage_rail([("Money", state, "3 Sep")])

    at = AppTest.from_function(script, args=(state,)).run()
    assert any(words in element.value for element in at.markdown)


def test_four_numbers_stand_in_pairs() -> None:
    def script() -> None:
        from portal.ui.layout import Number, metric_row

        metric_row([Number(f"Number {i}", str(i), "of four") for i in range(4)])

    at = drawn(script)
    assert [metric.label for metric in at.metric] == ["Number 0", "Number 1", "Number 2", "Number 3"]


def test_a_decision_card_returns_the_press_of_its_button() -> None:
    def script() -> None:
        import streamlit as st

        from portal.ui.layout import decision_card

        pressed = decision_card(
            question="May it act?", context="Asked by T.", money="€310k a year", due="Due today", badges=[], key="card"
        )
        st.markdown(f"pressed: {pressed}")

    at = drawn(script)
    assert at.markdown[-1].value == "pressed: False"
    at.button(key="card").click().run()
    assert at.markdown[-1].value == "pressed: True"


def test_an_empty_state_has_a_sentence_and_its_action() -> None:
    def script() -> None:
        import streamlit as st

        from portal.ui.layout import empty_state

        def action() -> None:
            st.button("Upload a table")

        empty_state(":material/upload:", "No data yet.", action)

    at = drawn(script)
    assert at.button[0].label == "Upload a table"
    assert any(element.value == "No data yet." for element in at.markdown)


def test_a_message_is_shown_once_after_the_rerun() -> None:
    def script() -> None:
        import streamlit as st

        from portal.ui.state import flash, show_flash

        show_flash()
        if st.button("Save"):
            flash("Saved.")

    at = drawn(script)
    at.button[0].click().run()
    assert not at.toast
    at.run()
    assert at.toast[0].value == "Saved."
    at.run()
    assert not at.toast


def test_an_open_thing_stays_open_and_stays_in_the_address() -> None:
    def script() -> None:
        import streamlit as st

        from portal.ui.state import open_id

        st.markdown(str(open_id("project")))

    at = AppTest.from_function(script)
    at.run()
    assert at.markdown[0].value == "None"
    at.query_params["project"] = "p1"
    at.run()
    assert at.markdown[0].value == "p1"
    del at.query_params["project"]
    at.run()
    assert at.markdown[0].value == "p1"
    assert at.query_params["project"] in ("p1", ["p1"])


def test_what_is_open_never_meets_the_key_of_a_button() -> None:
    def script() -> None:
        import streamlit as st

        from portal.ui.state import open_id

        st.markdown(str(open_id("model")))
        st.button("Open the model", key="open_model")

    at = AppTest.from_function(script)
    at.query_params["model"] = "m1"
    assert not at.run().exception


def test_only_a_page_that_was_just_opened_is_waited_for_and_only_until_it_draws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []

    @contextmanager
    def skeleton(**_: object) -> Iterator[None]:
        told.append("awaited")
        yield
        told.append("gone")

    monkeypatch.setattr("streamlit.skeleton", skeleton)
    monkeypatch.setattr("streamlit.balloons", lambda: told.append("drawn"))

    def script() -> None:
        import streamlit as st

        from portal.ui.layout import page, waiting_for

        with waiting_for(st.session_state.get("name", "home")), page():
            st.balloons()

    at = drawn(script)
    assert told == ["awaited", "gone", "drawn"]
    at.run()
    assert told[3:] == ["drawn"]  # nothing moves under the pointer of whoever is about to press
    at.session_state["name"] = "money"
    at.run()
    assert told[4:] == ["awaited", "gone", "drawn"]
