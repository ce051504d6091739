"""A drawing that many clicks repeat is made once, and looks the same when it is played back."""

import pytest
import streamlit
from streamlit.testing.v1 import AppTest


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    streamlit.cache_resource.clear()


def _script() -> None:
    import streamlit as st

    from portal.ui.kept import kept

    def draw() -> None:
        st.session_state["drawn"] = st.session_state.get("drawn", 0) + 1
        with st.container(border=True):
            st.markdown("Worth about €310k a year.")
            st.metric("AUC", "0.84")

    with st.container():
        kept(draw, of=("numbers", st.session_state.get("run", 7)))
    st.caption("after")


def test_a_drawing_is_made_once_and_repeated_where_the_script_is() -> None:
    at = AppTest.from_function(_script).run()
    first = str(at.main)
    at.run()
    assert at.session_state["drawn"] == 1
    assert str(at.main) == first
    assert at.metric[0].value == "0.84"


def test_a_drawing_of_something_else_is_made_anew() -> None:
    at = AppTest.from_function(_script).run()
    at.session_state["run"] = 8
    at.run()
    assert at.session_state["drawn"] == 2
