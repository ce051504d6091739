"""How fast a page answers a click while many people are at work.

Opens real WebSocket sessions against a real server process and lets each of them click, think, click again. Every
session is signed in, and every rerun goes through the guard, the session check and the page's read models.

    python -m benchmarks.reruns                     # home and run page, 50 and 200 sessions
    python -m benchmarks.reruns --sessions 50 --think 1 --seconds 30
"""

import argparse
import asyncio
import json
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx
import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

COOKIE = "portal_session"
_RERUNS = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_EARLY_FOR_RERUN")
ARRIVAL_SECONDS = 0.05  # between two people
SETTLE_SECONDS = 5.0  # a morning rush is worked off before anything is measured
REPLY_SECONDS = 60.0
_SHOWN = {"": b"Welcome", "run": b"Model run"}  # what a page says when it is the page and not a refusal


@dataclass(frozen=True)
class Load:
    """What one measurement did, and what came of it. Times in milliseconds.

    `server_cpu` is processor time for each rerun: unlike a latency it hardly depends on what else the machine does.
    """

    page: str
    sessions: int
    think_seconds: float
    reruns: int
    reruns_per_second: float
    p50: float
    p95: float
    slowest: float
    server_cpu: float
    failures: int
    machine_load: float


@dataclass(frozen=True)
class Server:
    """A web process of the portal that listens on a port of its own."""

    port: int
    process: psutil.Process

    @property
    def cpu_milliseconds(self) -> float:
        """Processor time since its start."""
        times = self.process.cpu_times()
        milliseconds: float = 1000 * (times.user + times.system)
        return milliseconds


@dataclass
class Visit:
    """What every person of a measurement does, and what they noted down."""

    page: str
    query: str
    think_seconds: float
    until: float
    latencies: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class WrongPageError(Exception):
    """The portal drew something else than the page."""


def rerun(page: str, query: str) -> bytes:
    """The message a browser sends at a click."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = page
    content: bytes = message.SerializeToString()
    return content


def connected(server: Server, token: str) -> websockets.connect:
    """The connection of a browser in which somebody is signed in, for `async with`."""
    return websockets.connect(
        f"ws://127.0.0.1:{server.port}/_stcore/stream",
        subprotocols=[websockets.Subprotocol("streamlit")],
        additional_headers={"Cookie": f"{COOKIE}={token}"},
        origin=websockets.Origin(f"http://127.0.0.1:{server.port}"),
        max_size=None,
        open_timeout=REPLY_SECONDS,
    )


async def click(socket: websockets.ClientConnection, visit: Visit) -> bytes:
    """Ask for a rerun and read what the server draws."""
    return b"".join(await exchange(socket, rerun(visit.page, visit.query)))


async def exchange(socket: websockets.ClientConnection, message: bytes) -> list[bytes]:
    """Send a message and read what the server draws until the script has finished, also after a rerun of its own."""
    await socket.send(message)
    drawn: list[bytes] = []
    while True:
        async with asyncio.timeout(REPLY_SECONDS):
            content = await socket.recv(decode=False)
        drawn.append(content)
        answer = ForwardMsg()
        answer.ParseFromString(content)
        if answer.WhichOneof("type") == "script_finished" and answer.script_finished != _RERUNS:
            return drawn


async def work(server: Server, token: str, visit: Visit) -> None:
    """Connect, draw the page once unmeasured, then click and think until the time is over."""
    try:
        async with connected(server, token) as socket:
            _require_page(visit.page, await click(socket, visit))
            await asyncio.sleep(random.uniform(0, visit.think_seconds))  # noqa: S311 - spreads the clicks, no secret
            while time.perf_counter() < visit.until:
                start = time.perf_counter()
                await click(socket, visit)
                visit.latencies.append((time.perf_counter() - start) * 1000)
                await asyncio.sleep(visit.think_seconds)
    except (OSError, TimeoutError, websockets.WebSocketException, WrongPageError) as error:
        visit.failures.append(type(error).__name__)


def _require_page(page: str, drawn: bytes) -> None:
    if _SHOWN[page] not in drawn:
        raise WrongPageError


async def measure(server: Server, tokens: list[str], page: str, query: str, think: float, seconds: float) -> Load:
    """Let one person per token work on `page` for `seconds` after everybody has arrived and settled."""
    before = len(tokens) * ARRIVAL_SECONDS + SETTLE_SECONDS
    visit = Visit(page, query, think, until=time.perf_counter() + before + seconds)
    people = []
    for token in tokens:
        people.append(asyncio.create_task(work(server, token, visit)))
        await asyncio.sleep(ARRIVAL_SECONDS)
    await asyncio.sleep(SETTLE_SECONDS)
    visit.latencies.clear()
    start, cpu = time.perf_counter(), server.cpu_milliseconds
    await asyncio.gather(*people)
    lasted, cpu = time.perf_counter() - start, server.cpu_milliseconds - cpu
    if not visit.latencies:
        raise SystemExit(f"Nobody saw the page: {set(visit.failures)}.")
    ordered = sorted(visit.latencies)
    return Load(
        page=page or "home",
        sessions=len(tokens),
        think_seconds=think,
        reruns=len(ordered),
        reruns_per_second=round(len(ordered) / lasted, 1),
        p50=round(statistics.median(ordered), 1),
        p95=round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        slowest=round(ordered[-1], 1),
        server_cpu=round(cpu / len(ordered), 1),
        failures=len(visit.failures),
        machine_load=round(os.getloadavg()[0], 1),
    )


def prepare(folder: str, sessions: int) -> tuple[list[str], str]:
    """Fill a fresh portal with a finished run and sign `sessions` people in; returns cookies and the run's address."""
    os.environ["PORTAL_DATA_DIR"] = folder
    from benchmarks.filled_portal import fill, sign_in_many

    query = fill()
    return sign_in_many(sessions), query


@contextmanager
def serving(folder: str) -> Iterator[Server]:
    """The web process alone, as `python -m portal serve` starts it."""
    port = free_port()
    command = [sys.executable, "-m", "portal", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=os.environ | {"PORTAL_DATA_DIR": folder}, stdout=subprocess.DEVNULL)
    try:
        _wait_until_it_answers(process, port)
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/v2/health/live", timeout=1).status_code == 200:
                return
        except httpx.HTTPError:
            if process.poll() is not None:
                break
        time.sleep(0.1)
    raise SystemExit("The server did not start.")


def main() -> None:
    """Measure, print, and write `benchmarks/results/reruns.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--think", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    arguments = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        tokens, query = prepare(folder, max(arguments.sessions))
        with serving(folder) as server:
            for sessions in arguments.sessions:
                for page, address in (("", ""), ("run", query)):
                    people = tokens[:sessions]
                    load = asyncio.run(measure(server, people, page, address, arguments.think, arguments.seconds))
                    print(load)
                    results.append(asdict(load))
    target = Path(__file__).parent / "results" / "reruns.json"
    target.parent.mkdir(exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    target.write_text(json.dumps({"machine": machine, "loads": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
