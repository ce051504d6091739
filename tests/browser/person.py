"""Somebody who uses the portal with a mouse and a keyboard, and reads what is on the screen."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

PASSWORD = "a long walk in the morning"
SCREENSHOTS = os.environ.get("PORTAL_SCREENSHOTS")


@dataclass
class Person:
    """One person at one tab. Console errors of the browser are kept: a page that breaks a policy shows there."""

    tab: Page
    name: str
    email: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tab.on("console", self._listen)
        self.tab.on("pageerror", lambda error: self.faults.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def set_password(self, link: str) -> None:
        """Follow a one-time link and choose a password."""
        self.tab.goto(link)
        self.tab.get_by_label("Password").fill(PASSWORD)
        self.tab.get_by_role("button").last.click()
        self.wait()

    def sign_in(self) -> None:
        """By e-mail and password."""
        self.tab.goto("/sign-in")
        self.tab.get_by_label("Email").fill(self.email)
        self.tab.get_by_label("Password").fill(PASSWORD)
        self.tab.get_by_role("button", name="Sign in").click()
        self.wait()

    def go(self, address: str) -> None:
        """Type an address, as from a bookmark or a link in a mail."""
        self.tab.goto(address)
        self.wait()

    def menu(self, entry: str) -> None:
        """Choose a place in the sidebar."""
        if not self.tab.get_by_test_id("stSidebarNav").is_visible():
            self.tab.get_by_test_id("stExpandSidebarButton").click()
        link = self.tab.get_by_test_id("stSidebarNavLink").filter(has_text=re.compile(rf"{entry}$"))
        place = urlsplit(link.get_attribute("href") or "").path
        link.click()
        self.tab.wait_for_url(lambda address: urlsplit(address).path == place)  # the server has begun to draw it
        self.wait()

    def type(self, label: str, text: str | float, *, inside: Locator | None = None) -> None:
        """Fill a field."""
        box = (inside or self.tab).get_by_label(label, exact=True).first
        box.fill(str(text))
        box.press("Tab")

    def choose(self, label: str, option: str) -> None:
        """Pick from a list."""
        self._pick(self.tab.get_by_label(label).first, self.tab.get_by_role("option", name=option, exact=True))

    def choose_action(self, button: str, action: str) -> None:
        """Pick what a button with a menu offers."""
        self._pick(self.tab.get_by_role("button", name=button), self.tab.get_by_role("menuitem", name=action))

    def _pick(self, opener: Locator, entry: Locator) -> None:
        """Open again where the page was drawn anew under the pointer."""
        for _ in range(5):
            opener.click()
            try:
                entry.click(timeout=4_000)
                break
            except PlaywrightTimeoutError:
                self.tab.keyboard.press("Escape")
                self.wait()
        else:
            entry.click(timeout=4_000)
        self.wait()

    def press(self, button: str) -> None:
        """Press a button and wait for what it does."""
        self.tab.get_by_role("button", name=button).first.click()
        self.wait()

    def press_until(self, button: str, text: str) -> None:
        """Press until the text appears: again where the page was drawn anew between pointer and server."""
        for _ in range(3):
            self.press(button)
            try:
                self.sees(text, seconds=8)
            except AssertionError:
                self.wait()
            else:
                return
        self.sees(text)

    def bring(self, name: str, content: bytes, *, into: Locator | None = None) -> None:
        """Put a CSV file into a field and wait until the server has it."""
        field = into or self.tab.locator("input[type=file]").first
        field.set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
        self.sees(name)
        self.wait()

    def follow(self, link: str) -> None:
        """Follow a link on the page."""
        self.tab.get_by_test_id("stPageLink-NavLink").filter(has_text=re.compile(rf"{link}$")).first.click()
        self.wait()

    def wait(self) -> None:
        """Until the page is drawn and nothing runs any more."""
        self.tab.wait_for_load_state("domcontentloaded")
        self.tab.wait_for_timeout(250)  # a click needs a moment to reach the server
        if self.tab.locator(".stApp").count() or "/sign-in" not in self.tab.url:
            self.tab.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']")

    def sees(self, text: str | re.Pattern[str], *, seconds: float = 30) -> None:
        """Fails unless the text appears."""
        expect(self.tab.get_by_text(text).first).to_be_visible(timeout=seconds * 1000)

    def read(self) -> str:
        """Everything that is on the page."""
        return self.tab.locator("[data-testid='stMain']").inner_text()

    def photograph(self, name: str) -> None:
        """Keep the whole page as `name`.png, where screenshots are wanted."""
        if SCREENSHOTS:
            size = self.tab.viewport_size or {"width": 1440, "height": 900}
            height = self.tab.evaluate(
                "() => (document.querySelector('[data-testid=stMainBlockContainer]') || document.body).scrollHeight"
            )
            self.tab.set_viewport_size({"width": size["width"], "height": max(size["height"], int(height) + 40)})
            self.tab.wait_for_timeout(700)
            self.tab.evaluate("document.querySelectorAll('[data-testid=stToast]').forEach(toast => toast.remove())")
            self.tab.screenshot(path=Path(SCREENSHOTS) / f"{name}.png")
            self.tab.set_viewport_size(size)
