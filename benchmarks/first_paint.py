"""How soon the pages about a model stand in a browser, and how fast a case follows its levers.

    python -m benchmarks.first_paint                     # fills a demo company, then measures: four minutes
    python -m benchmarks.first_paint --folder /tmp/kept  # the same, and the next time the company is there

The demo company with everything computed, a real web process, Chromium. Each page is opened unmeasured first, so that
what is kept is kept; then, in turns, from its address (the frame of the portal is loaded anew) and from a press within
the portal, to the moment its own content is there, and to when nothing runs any more. Then one lever of a case of a
simulation is moved to and fro.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from playwright.sync_api import Page, sync_playwright

from benchmarks.reruns import COOKIE, serving

if TYPE_CHECKING:
    from benchmarks.filled_company import Place

PAINT_GOAL, MOVE_GOAL = 1_000, 300
N_PAINTS, N_MOVES = 7, 50
_IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_SIZE = {"width": 1440, "height": 900}
_LISTEN = """() => {
    const answer = () => document.querySelectorAll("[data-testid='stMetricValue']")[1]?.innerText
    const before = answer()
    window.moved = new Promise(done => {
        let begun = null
        addEventListener("click", () => { begun = performance.now() }, { capture: true, once: true })
        const look = () => begun !== null && answer() !== before
            ? done(performance.now() - begun) : requestAnimationFrame(look)
        look()
    })
}"""
_LEVER, _VALUES = "Contract offered", ("Two years", "Monthly")


@contextmanager
def browsing(port: int, token: str) -> Iterator[Page]:
    """A tab in which somebody is signed in."""
    address = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        chromium = os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        context = browser.new_context(base_url=address, viewport=_SIZE, reduced_motion="reduce")  # type: ignore[arg-type]
        context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        tab = context.new_page()
        tab.set_default_timeout(60_000)
        yield tab
        browser.close()


class Paint(NamedTuple):
    """Milliseconds until the content of a page is there, and until nothing runs any more, its figures among it."""

    first: float
    whole: float


def open_address(tab: Page, place: "Place") -> Paint:
    """From the address to the page."""
    begun = time.perf_counter()
    tab.goto(place.address, wait_until="commit")
    return _watch(tab, place, begun)


def press(tab: Page, place: "Place") -> Paint:
    """From Home, by the button of the browser that leads back, to the page that was open before."""
    tab.get_by_test_id("stSidebarNavLink").filter(has_text="Home").click()
    tab.get_by_text("Welcome").first.wait_for(state="visible")
    tab.wait_for_selector(_IDLE)
    begun = time.perf_counter()
    tab.evaluate("history.back()")
    return _watch(tab, place, begun)


def _watch(tab: Page, place: "Place", begun: float) -> Paint:
    tab.get_by_text(place.words).first.wait_for(state="visible")
    first = time.perf_counter()
    tab.wait_for_selector(_IDLE)
    return Paint((first - begun) * 1_000, (time.perf_counter() - begun) * 1_000)


def move(tab: Page, value: str) -> float:
    """Milliseconds from the press on another value to another answer on the screen, by the clock of the page."""
    tab.get_by_label(_LEVER).first.click()
    option = tab.get_by_role("option", name=value, exact=True)
    option.wait_for(state="visible")
    tab.evaluate(_LISTEN)
    option.click()
    took: float = tab.evaluate("window.moved")
    tab.wait_for_selector(_IDLE)
    return took


def measure(folder: str, n_paints: int, n_moves: int) -> None:
    """Print the median and the longest of each page, and the 95th percentile of the moves."""
    os.environ["PORTAL_DATA_DIR"] = folder
    from benchmarks.filled_company import fill, list_places, sign_in

    fill()
    places, token = list_places(), sign_in()
    with serving(folder) as server, browsing(server.port, token) as tab:
        print(
            f"From its address; within the portal (goal of the longest: {PAINT_GOAL} ms); server's processor for both"
        )
        for name, place in places.items():
            open_address(tab, place)
            press(tab, place)
            before = server.cpu_milliseconds
            times = [(open_address(tab, place), press(tab, place)) for _ in range(n_paints)]
            processor = (server.cpu_milliseconds - before) / n_paints
            from_address, within = ([pair[way] for pair in times] for way in range(2))
            print(f"{name}: {_told(from_address)}; {_told(within)}; {processor:.0f} ms")
        move(tab, _VALUES[0])
        moves = sorted(move(tab, _VALUES[place % len(_VALUES)]) for place in range(1, n_moves + 1))
    slow = moves[int(0.95 * (len(moves) - 1))]
    print(f"{n_moves} moves: median {statistics.median(moves):.0f} ms, p95 {slow:.0f} ms (goal {MOVE_GOAL})")
    print(f"load {os.getloadavg()[0]:.1f}, niceness {os.nice(0)}, {os.cpu_count()} cores")


def _told(paints: list[Paint]) -> str:
    first, whole = zip(*paints, strict=True)
    return f"median {statistics.median(first):.0f}, longest {max(first):.0f}, whole {statistics.median(whole):.0f} ms"


def main() -> None:
    """Measure in a folder of its own, or in one that is kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paints", type=int, default=N_PAINTS)
    parser.add_argument("--moves", type=int, default=N_MOVES)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(str(arguments.folder or folder), arguments.paints, arguments.moves)


if __name__ == "__main__":
    main()
