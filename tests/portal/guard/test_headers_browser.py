"""The content security policy in a real browser: nothing on a page needs more than it allows."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from db.engine import new_engine
from db.session import transaction
from services.people.commands import open_session
from tests.makers import make_user
from tests.portal.conftest import COOKIE, ROOT

CHROMIUM = os.environ.get("PORTAL_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
PAGE = """
import pandas as pd
import plotly.express as px
import streamlit as st

frame = pd.DataFrame({"x": range(30), "y": range(30), "kind": ["a", "b", "c"] * 10})
st.plotly_chart(px.line(frame, x="x", y="y"))
st.plotly_chart(px.scatter(frame, x="x", y="y", color="kind", render_mode="webgl"))
st.dataframe(frame, column_config={"y": st.column_config.ProgressColumn(max_value=30)})
st.data_editor(frame.head())
st.file_uploader("File")
st.download_button("Download", frame.to_csv())
st.markdown(":material/check: done")
"""
START = "import pathlib, portal.asgi as asgi; asgi._SCRIPT = pathlib.Path({page!r}); asgi.run_server()"


@pytest.fixture
def address(tmp_path: Path, sqlite_template: Path) -> Iterator[tuple[str, str]]:
    """A portal whose only page shows every kind of element, and a session token for it."""
    page, database = tmp_path / "page.py", tmp_path / "portal.sqlite"
    page.write_text(PAGE)
    shutil.copy(sqlite_template, database)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    values = {"PORTAL_DATABASE_URL": f"sqlite:///{database}", "PORTAL_PORT": str(port), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", START.format(page=str(page))],
        env={**os.environ, **values},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    engine = new_engine(values["PORTAL_DATABASE_URL"])
    with transaction(engine) as session:
        token = open_session(session, user_id=make_user(session).id, method="test").token
    engine.dispose()
    try:
        _wait(f"http://127.0.0.1:{port}/v2/health/live")
        yield f"http://127.0.0.1:{port}", token
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("The server did not start.")


@pytest.mark.slow
def test_charts_and_tables_break_no_policy(address: tuple[str, str]) -> None:
    from playwright.sync_api import sync_playwright

    url, token = address
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies([{"name": COOKIE, "value": token, "url": url}])
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.goto(url)
        page.locator(".js-plotly-plot").nth(1).wait_for(timeout=60_000)
        page.locator("canvas").first.wait_for(timeout=60_000)
        page.wait_for_timeout(1_000)
        browser.close()
    assert [line for line in said if line.startswith("error") or "Content Security Policy" in line] == []


@pytest.mark.slow
def test_the_sign_in_page_breaks_no_policy(address: tuple[str, str]) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{address[0]}/projects")
        assert page.url.endswith("/sign-in?next=%2Fprojects")
        assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('15px Inter'))")
        page.fill("#email", "nobody@example.com")
        page.fill("#password", "a wrong password")
        page.click(".go")
        assert "not right" in page.locator(".error").inner_text()
        assert page.input_value("#email") == "nobody@example.com"
        browser.close()
    assert [line for line in said if "401" not in line] == []
