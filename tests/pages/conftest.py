"""Open a page as a person, through the shell and its gate."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from db.session import transaction
from portal.ui.actor import SESSION_CLAIM
from services.audit.actor import Actor
from tests.makers import make_sign_in

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30  # the first run of a test session imports the charts

OpenPage = Callable[..., AppTest]


@pytest.fixture
def open_page(engine: Engine) -> OpenPage:
    """`open_page("valuation", actor, project=project.id)`: the page after its first run, on a fresh cache.

    `actor` None is a visitor without a session. What the page shall show must be committed before: arrange it in
    `with transaction() as session:` and leave the block (the `session` fixture commits only after the test).
    """

    def open_as(page: str, actor: Actor | None, **ids: str) -> AppTest:
        st.cache_data.clear()
        st.cache_resource.clear()
        app = AppTest.from_file(str(ROOT / "portal" / "app.py"), default_timeout=SECONDS)
        if actor is not None:
            with transaction(engine) as session:
                app.user = {SESSION_CLAIM: make_sign_in(session, actor.user_id).id}
        app.query_params.update(ids)
        app.switch_page(f"../pages/{page}.py")  # before the first run the file's stem is the address
        return app.run()

    return open_as


@pytest.fixture
def opened_expanders(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test cannot open an expander that draws only when it is open: here all are."""
    closed = st.expander

    def opened(*arguments: Any, **options: Any) -> Any:
        return closed(*arguments, **(options | {"expanded": True}))

    monkeypatch.setattr("streamlit.expander", opened)


def text_of(app: AppTest) -> str:
    """Everything a page says outside its widgets, in one string, for assertions on its words."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.info, app.warning, app.error, app.success)
    shown = [str(element.value) for kind in kinds for element in kind]
    shown += [f"{metric.label} {metric.value}" for metric in app.metric]
    return "\n".join(shown)


def press(app: AppTest, name: str) -> None:
    """The button of the row in front; its key ends with the number of the row."""
    (button,) = [button for button in app.button if str(button.key).startswith(f"{name}_")]
    button.click().run()
