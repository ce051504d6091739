"""A real portal (web process and worker) and a real Chromium."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from db.engine import new_engine
from db.session import transaction
from services.people.commands import create_setup_link

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BROWSER = pytest.StashKey[Browser]()
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class RunningPortal:
    """A portal in a folder of its own, on a free port, whose processes a test may stop, kill and start again."""

    folder: Path
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes see: nothing of the portal that the tester may have configured."""
        own = {"PORTAL_DATA_DIR": str(self.folder), "PORTAL_PORT": str(self.port)}
        return {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")} | own

    def command(self, *arguments: str) -> str:
        """Run `python -m portal ...` to its end and return what it printed."""
        finished = subprocess.run(
            [sys.executable, "-m", "portal", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    def set_up_link(self) -> str:
        """What `make run` prints for an empty portal."""
        engine = new_engine(f"sqlite:///{self.folder / 'portal.sqlite'}")
        with transaction(engine) as session:
            token = create_setup_link(session)
        engine.dispose()
        return f"/set-up?token={token}"

    def start(self, name: str) -> None:
        """Start `serve` or `work`; `serve` is returned from when it answers."""
        arguments = ["--port", str(self.port)] if name == "serve" else []
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "portal", name, *arguments], env=self.environment, stdout=log, stderr=log
            )
        if name == "serve":
            wait_until(self.is_answering, seconds=60)

    def is_answering(self) -> bool:
        """Whether the web process answers at all."""
        try:
            return httpx.get(f"{self.address}/v2/health/live", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def end(self, name: str, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal and wait for the end: SIGKILL is what a power cut looks like."""
        process = self.processes.pop(name)
        process.send_signal(number)
        process.wait(30)

    def log(self, name: str) -> str:
        """What a process wrote."""
        return (self.folder / f"{name}.log").read_text()


def wait_until(condition: Callable[[], bool], *, seconds: float) -> None:
    """Poll until `condition` holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"Nothing happened within {seconds} s."
        time.sleep(0.2)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium; browser tests skip where there is none."""
    found = os.environ.get("PORTAL_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not found:
        pytest.skip("There is no Chromium on this machine (set PORTAL_CHROMIUM to its path).")
    return found


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Ends with its module: while it is open, asyncio counts as running in this thread, and others could not use it."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest, playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """One headless Chromium; each person gets a context (cookies) of their own."""
    browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
    request.session.stash[BROWSER] = browser
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[RunningPortal]:
    """An empty, migrated portal with its web process and one worker."""
    portal = RunningPortal(tmp_path_factory.mktemp("portal"), free_port())
    portal.command("migrate")
    for name in ("serve", "work"):
        portal.start(name)
    yield portal
    for name in list(portal.processes):
        portal.end(name)


@pytest.fixture(scope="module")
def open_tab(browser: Browser, portal: RunningPortal) -> Iterator[Callable[..., Page]]:
    """A new person at a new browser: `open_tab(size=PHONE, mode="dark")` gives an empty tab without a cookie."""
    contexts = []

    def open_one(size: dict[str, int] = DESKTOP, mode: str = "light") -> Page:
        context = browser.new_context(
            base_url=portal.address,
            viewport={"width": size["width"], "height": size["height"]},
            color_scheme="dark" if mode == "dark" else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """After a failure keep what every open tab shows, where screenshots are wanted."""
    report = yield
    folder = os.environ.get("PORTAL_SCREENSHOTS")
    browser = item.session.stash.get(BROWSER, None)
    if folder and report.failed and browser:
        for number, context in enumerate(browser.contexts):
            for page in context.pages:
                page.screenshot(path=Path(folder) / f"failed-{item.name}-{number}.png")
    return report
