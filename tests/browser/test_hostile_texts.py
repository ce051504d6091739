"""Whatever people call things, a browser shows it as text: nothing runs, nothing is loaded, nothing is a link."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import RunningPortal
from tests.browser.hostile_texts import PAYLOADS, Seeded

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
COOKIE = "portal_session"
PAGES = {
    "data_scientist": (
        "",
        "projects",
        "project",
        "proposal",
        "datasets",
        "columns",
        "rows",
        "labels",
        "connections",
        "runs",
        "models",
        "deployment",
    ),
    "business": ("", "project", "valuation", "columns"),
    "manager": ("", "reviews", "audit"),
}
# Elements that a payload names and that no page of ours has inside its main part.
FOREIGN = (
    "[data-testid=stMain] script, [data-testid=stMain] iframe, [data-testid=stMain] object, [data-testid=stMain] embed,"
    "[data-testid=stMain] [onerror], [data-testid=stMain] [onload], [data-testid=stMain] [ontoggle],"
    "[data-testid=stMain] [onfocus], [data-testid=stMain] a[href^='javascript:'],"
    "[data-testid=stMain] a[href^='data:'],"
    "[data-testid=stMain] [href*='example.com'], [data-testid=stMain] [src*='example.com'],"
    "[data-testid=stMain] img[src='x'], [data-testid=stMain] blockquote, [data-testid=stMain] .katex,"
    "base[href*='example.com'], meta[content*='example.com']"
)


@pytest.fixture(scope="module")
def seeded(portal: RunningPortal) -> Seeded:
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.hostile_texts"],
        env=portal.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Seeded(**json.loads(done.stdout))


def test_there_are_forty_different_texts() -> None:
    assert len(set(PAYLOADS)) == 40


@pytest.mark.parametrize("role", PAGES)
def test_every_page_shows_hostile_texts_as_text(
    portal: RunningPortal, seeded: Seeded, open_tab: Callable[..., Page], role: str
) -> None:
    tab = open_tab()
    tab.context.add_cookies([{"name": COOKIE, "value": seeded.cookies[role], "url": portal.address}])
    dialogs: list[str] = []
    asked: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    tab.on("dialog", dismiss)
    tab.on("request", lambda request: asked.append(request.url))
    for page in PAGES[role]:
        tab.goto(f"/{page}?project={seeded.project}")
        tab.get_by_test_id("stMain").get_by_role("heading").first.wait_for()
        tab.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        foreign = tab.locator(FOREIGN)
        assert foreign.count() == 0, f"{page}: {foreign.first.evaluate('element => element.outerHTML')[:300]}"
        if page in ("columns", "projects"):
            expect(tab.get_by_test_id("stMain")).to_contain_text(PAYLOADS[1])
    assert dialogs == []
    assert [address for address in asked if not address.startswith((portal.address, "data:", "blob:"))] == []
