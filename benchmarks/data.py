"""How long a large table takes from its bytes to a stored version with profile and health cards, and others beside it.

The file goes the portal's own way (`journey`), then pages are opened on it. On the same file, in the same run: plain
pandas, and ydata-profiling in minimal mode where a Python that has it is named.

    python -m benchmarks.data --peer /path/to/python
    python -m benchmarks.data --rows 100000 --wide 1000 --skip-pages
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.reruns import Server, Visit, click, connected, serving

PAGES = ("datasets", "columns", "rows")
N_OPENINGS = 7
WIDE_ROWS = 200
_PEERS = Path(__file__).parent / "peers.py"


@dataclass(frozen=True)
class Peer:
    """Another tool on the same file: seconds on the clock, MB of resident memory."""

    tool: str
    read_seconds: float
    profile_seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def seconds(self) -> float:
        """From the file to what the tool says of it."""
        return self.read_seconds + self.profile_seconds


@dataclass(frozen=True)
class Opening:
    """A page that somebody opens in a new tab: milliseconds until it is drawn, the first time and later."""

    page: str
    first: float
    median: float
    slowest: float


def write_file(path: Path, n_rows: int, n_columns: int) -> Path:
    """A table of mixed types, written by a process of its own: the memory of this one is measured."""
    arguments = [sys.executable, "-m", "benchmarks.wide_files", str(n_rows), str(n_columns), str(path)]
    subprocess.run(arguments, check=True)
    return path


def ask_peer(python: str, tool: str, path: Path) -> Peer:
    """Let the other tool do it, in a process of its own."""
    finished = subprocess.run(
        [python, str(_PEERS), tool, str(path)], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    return Peer(**json.loads(finished.stdout.splitlines()[-1]))


def open_pages(folder: str, token: str, project_id: str) -> list[Opening]:
    """How long each page of the data takes to draw for somebody who opens it, on a real server."""
    with serving(folder) as server:
        asyncio.run(_open(server, token, "", ""))  # whatever a server does once
        return [_measure_page(server, token, page, f"project={project_id}") for page in PAGES]


def _measure_page(server: Server, token: str, page: str, query: str) -> Opening:
    times = [1000 * asyncio.run(_open(server, token, page, query)) for _ in range(N_OPENINGS)]
    return Opening(page, round(times[0]), round(statistics.median(times[1:])), round(max(times[1:])))


async def _open(server: Server, token: str, page: str, query: str) -> float:
    start = time.perf_counter()
    async with connected(server, token) as socket:
        drawn = await click(socket, Visit(page, query, 0.0, until=0.0))
    if page and b"large.csv" not in drawn and b"c29" not in drawn:
        raise SystemExit(f"The page {page} shows nothing of the table.")
    return time.perf_counter() - start


def measure(arguments: argparse.Namespace, folder: Path) -> Iterator[Any]:
    """One figure after the other, as soon as it is known."""
    from benchmarks import journey

    actor = journey.open_portal()
    large = write_file(folder / "large.csv", arguments.rows, arguments.columns)
    portal, project_id = journey.travel(actor, large, "Fewer parcels should arrive late")
    yield portal
    peers = [ask_peer(sys.executable, "pandas", large)]
    if arguments.peer:
        peers.append(ask_peer(arguments.peer, "ydata", large))
    for peer in peers:
        yield peer
        times, work = peer.seconds / portal.seconds, peer.cpu_seconds / portal.cpu_seconds
        yield f"{peer.tool} takes {times:.1f} times as long as the portal and {work:.1f} times its processor time"
    if arguments.wide:
        wide = write_file(folder / "wide.csv", WIDE_ROWS, arguments.wide)
        yield journey.travel(actor, wide, "Fewer parcels should get lost")[0]
    if not arguments.skip_pages:
        yield from open_pages(os.environ["PORTAL_DATA_DIR"], journey.sign_in(actor), project_id)


def main() -> None:
    """Measure, print, and write `benchmarks/results/data.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--wide", type=int, default=5_000, help="columns of the second, wide table; 0 leaves it out")
    parser.add_argument("--peer", help="a Python that has ydata-profiling")
    parser.add_argument("--skip-pages", action="store_true")
    arguments = parser.parse_args()
    os.environ.setdefault("PORTAL_READ_MAX_COLUMNS", "10000")
    results: list[Any] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PORTAL_DATA_DIR"] = str(Path(folder, "portal"))
        Path(folder, "portal").mkdir()
        for found in measure(arguments, Path(folder)):
            print(found, flush=True)
            results.append(found if isinstance(found, str) else {type(found).__name__: asdict(found)})
    target = Path(__file__).parent / "results" / "data.json"
    target.parent.mkdir(exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
    target.write_text(json.dumps({"machine": machine, "figures": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
