"""How fast the prediction API answers while one person floods the workers with jobs, against an idle portal.

A real web process and a real worker. Somebody sends 200 files as fast as they are taken and starts a search; meanwhile
a program asks an approved model for predictions, and another person brings a small file.

    python -m benchmarks.flood                 # 20 s idle, 40 s of flood, 20 s idle
    python -m benchmarks.flood --seconds 10
"""

import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import httpx

from benchmarks.reruns import Server, serving

N_JOBS = 200
THINK_SECONDS = 0.05
FLOOD_ROWS = 200_000
MOST_SECONDS_TO_START = 120.0
_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Answers:
    """How the model answered in one stretch of time, in milliseconds; `server_cpu` is processor time per answer.

    During the flood the web process also takes the files, which is in its processor time.
    """

    when: str
    n_requests: int
    p50: float
    p95: float
    slowest: float
    server_cpu: float
    failures: int
    machine_load: float


@dataclass(frozen=True)
class People:
    """Who takes part: tokens, projects and the model that is asked."""

    model_name: str
    predict_token: str
    flood_token: str
    flood_project: str
    other_token: str
    other_project: str


def prepare(folder: str) -> People:
    """A fresh portal with an approved model, a person who floods, with a search of theirs, and another one."""
    os.environ["PORTAL_DATA_DIR"] = folder
    from db.engine import get_engine
    from db.migrations import migrate
    from db.session import transaction
    from services.people.commands import create_api_token
    from services.people.permissions import Role
    from tests.makers import make_actor, make_project
    from tests.makers_models import make_run
    from tests.makers_predictions import make_predicting
    from tests.makers_reviews import approve, make_case

    migrate(get_engine())
    with transaction() as session:
        case = make_case(session, **make_predicting())
        approve(session, case)
        flooder, other = (make_actor(session, Role.DATA_SCIENTIST) for _ in range(2))
        flooded, calm = (make_project(session, actor).id for actor in (flooder, other))
        make_run(session, flooder, flooded, budget_seconds=300.0)

        def token(actor: Any, project_id: str, scope: str) -> str:
            made: str = create_api_token(session, actor=actor, project_id=project_id, name="Flood", scopes=[scope])[1]
            return made

        return People(
            model_name=case.model.name,
            predict_token=token(case.scientist, case.project_id, "predict"),
            flood_token=token(flooder, flooded, "datasets:write"),
            flood_project=flooded,
            other_token=token(other, calm, "datasets:write"),
            other_project=calm,
        )


@contextmanager
def working(folder: str) -> Iterator[None]:
    """One worker, as `python -m portal work` starts it."""
    command = [sys.executable, "-m", "portal", "work"]
    process = subprocess.Popen(command, env=os.environ | {"PORTAL_DATA_DIR": folder}, stderr=subprocess.DEVNULL)
    try:
        _wait_for_a_worker()
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _wait_for_a_worker() -> None:
    from sqlmodel import select

    from db.session import reading
    from db.tables import Worker

    for _ in range(1_200):
        with reading() as session:
            if session.exec(select(Worker.executor_id).where(Worker.state == "working")).first():
                return
        time.sleep(_LOOK_SECONDS)
    raise SystemExit("The worker did not start.")


def ask(server: Server, people: People, when: str, seconds: float) -> Answers:
    """Ask for one row, wait for the answer, think for a moment, ask again."""
    body = json.dumps(
        {
            "inputs": [
                {"name": "tenure", "shape": [1], "datatype": "FP64", "data": [12.0]},
                {"name": "contract", "shape": [1], "datatype": "BYTES", "data": ["Two year"]},
            ]
        }
    )
    address = f"http://127.0.0.1:{server.port}/v2/models/{people.model_name}/infer"
    latencies, failures = [], 0
    end, cpu = time.perf_counter() + seconds, server.cpu_milliseconds
    with httpx.Client(headers={"authorization": f"Bearer {people.predict_token}"}, timeout=30) as client:
        while (start := time.perf_counter()) < end:
            failures += client.post(address, content=body).status_code != 200
            latencies.append((time.perf_counter() - start) * 1000)
            time.sleep(THINK_SECONDS)
    ordered = sorted(latencies)
    return Answers(
        when=when,
        n_requests=len(ordered),
        p50=round(statistics.median(ordered), 1),
        p95=round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        slowest=round(ordered[-1], 1),
        server_cpu=round((server.cpu_milliseconds - cpu) / len(ordered), 1),
        failures=failures,
        machine_load=round(os.getloadavg()[0], 1),
    )


class Flood:
    """Somebody who sends files as fast as they are taken, until told to stop; and what they were answered."""

    def __init__(self, server: Server, people: People, content: bytes) -> None:
        self.statuses: Counter[int] = Counter()
        self._over = threading.Event()
        self._server, self._people, self._content = server, people, content
        self._thread = threading.Thread(target=self._send)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _send(self) -> None:
        with httpx.Client(timeout=60) as client:
            while not self._over.is_set() and self.statuses.total() < N_JOBS:
                number = self.statuses.total()
                answer = bring(client, self._server, self._people.flood_token, self._people.flood_project, number, self)
                self.statuses[answer.status_code] += 1

    def file(self, number: int) -> bytes:
        """Another file each time: the same one would be one job."""
        return self._content + f"{number},{number},x\n".encode()


def bring(
    client: httpx.Client, server: Server, token: str, project: str, number: int, flood: Flood | None = None
) -> httpx.Response:
    """Send one file."""
    return client.post(
        f"http://127.0.0.1:{server.port}/api/v1/datasets",
        params={"project_id": project, "file_name": f"file{number}.csv"},
        headers={"authorization": f"Bearer {token}"},
        content=flood.file(number) if flood else b"a,b\n1,2\n3,4\n5,6\n",
    )


def seconds_until_started(server: Server, people: People) -> float:
    """How long a small file of somebody else waits until a worker begins with it."""
    start = time.perf_counter()
    with httpx.Client(timeout=60, headers={"authorization": f"Bearer {people.other_token}"}) as client:
        job_id = bring(client, server, people.other_token, people.other_project, 0).json()["id"]
        while time.perf_counter() - start < MOST_SECONDS_TO_START:
            job = client.get(f"http://127.0.0.1:{server.port}/api/v1/jobs/{job_id}").json()
            if job["state"] != "queued":
                return round(time.perf_counter() - start, 1)
            time.sleep(_LOOK_SECONDS)
    raise SystemExit("The other person's file was never begun.")


def main() -> None:
    """Measure, print, and write `benchmarks/results/flood.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each idle stretch; the flood lasts twice that")
    seconds = parser.parse_args().seconds
    content = b"a,b,c\n" + b"".join(b"%d,%d.5,word%d\n" % (n, n * 7, n % 50) for n in range(FLOOD_ROWS))
    with tempfile.TemporaryDirectory() as folder:
        people = prepare(folder)
        with serving(folder) as server:
            ask(server, people, "warming up", 3)
            before = ask(server, people, "idle", seconds)
            print(before, flush=True)
            with working(folder), Flood(server, people, content) as flood:
                time.sleep(10)  # the worker is ready, the search and the first files are at work
                waited: list[float] = []
                other = threading.Thread(target=lambda: waited.append(seconds_until_started(server, people)))
                other.start()
                during = ask(server, people, "flood", 2 * seconds)
                other.join()
            print(during, flush=True)
            after = ask(server, people, "idle again", seconds)
            print(after, flush=True)
    answers = [before, during, after]
    idle = statistics.mean([before.p95, after.p95])
    result = {
        "answers": [asdict(one) for one in answers],
        "p95_against_idle": round(during.p95 / idle, 2),
        "files_of_the_flood": {str(status): n for status, n in flood.statuses.items()},
        "seconds_until_the_other_started": waited[0],
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
    }
    print({name: value for name, value in result.items() if name != "answers"})
    target = Path(__file__).parent / "results" / "flood.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
