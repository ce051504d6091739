"""Which version a form was filled from."""

from streamlit.testing.v1 import AppTest


def _form() -> None:
    import streamlit as st

    from portal.ui.forms.drafts import Draft

    draft = Draft("form")
    current = st.number_input("Latest", value=1, key="latest")
    if st.toggle("Open", value=True, key="open"):
        st.session_state["seen"] = draft.version_seen(current)
        st.text_input("Text", key=draft.key("text"))
    st.button("Saved", on_click=draft.saved, args=(current,))
    st.button("Reload", on_click=draft.reload)


def _run() -> AppTest:
    return AppTest.from_function(_form).run()


def test_a_form_stays_with_its_version_while_others_save() -> None:
    app = _run()
    app.text_input[0].set_value("typed")
    app.number_input[0].set_value(2)
    app.run()

    assert app.session_state["seen"] == 1
    assert app.text_input[0].value == "typed"


def test_saving_moves_the_form_to_the_new_version() -> None:
    app = _run()
    app.number_input[0].set_value(2).run()
    app.button[0].click().run()

    assert app.session_state["seen"] == 2


def test_reloading_forgets_what_was_typed_and_takes_the_latest_version() -> None:
    app = _run()
    app.text_input[0].set_value("typed")
    app.number_input[0].set_value(2).run()
    app.button[1].click().run()

    assert app.session_state["seen"] == 2
    assert app.text_input[0].value == ""


def test_a_form_that_was_left_and_opened_again_is_filled_from_the_latest_version() -> None:
    app = _run()
    app.toggle[0].set_value(False).run()
    app.number_input[0].set_value(3).run()
    app.toggle[0].set_value(True).run()

    assert app.session_state["seen"] == 3
