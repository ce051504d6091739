"""A real Dask cluster on this machine: a scheduler and workers in processes of their own."""

import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
_QUIET = ("--no-dashboard",)


class Cluster:
    """Starts and ends what a company's cluster consists of."""

    def __init__(self, folder: Path, *, protocol: str = "tcp", tls: Sequence[str] = ()) -> None:
        self._folder, self._tls, self._port = folder, tls, _free_port()
        self.url = f"{protocol}://127.0.0.1:{self._port}"
        self._protocol = protocol
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, n_workers: int = 1) -> "Cluster":
        """A scheduler, always at the same address, and workers of two threads each."""
        self.scheduler = self._run(
            "dask_scheduler", "--host", "127.0.0.1", "--port", str(self._port), "--protocol", self._protocol
        )
        for _ in range(n_workers):
            self.start_worker()
        return self

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """One more worker, with the nanny that looks after it."""
        folder = str(self._folder / f"worker{len(self.workers)}")
        started = self._run("dask_worker", self.url, "--nthreads", "2", "--local-directory", folder, "--nworkers", "1")
        self.workers.append(started)
        return started

    def trainers(self) -> list[psutil.Process]:
        """The children that train at this moment: those of the servers of children of the workers."""
        found = []
        for worker in self.workers:
            if worker.poll() is None:
                family = psutil.Process(worker.pid).children(recursive=True)
                servers = [process for process in family if _is_fork_server(process)]
                found += [child for server in servers for child in server.children()]
        return found

    def end_all(self) -> None:
        """Kill everything."""
        for process in (*self.workers, self.scheduler):
            if process is not None:
                family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
                process.kill()
                process.wait()
                for child in family:
                    if child.is_running():
                        child.kill()

    def _run(self, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, *_QUIET, *self._tls]
        log = (self._folder / f"{module}.log").open("ab")
        with log:
            return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)


def wait_until_it_listens(cluster: Cluster, seconds: float = 60) -> None:
    """Until the scheduler can be connected to."""
    port = int(cluster.url.rsplit(":", 1)[1])
    deadline = time.monotonic() + seconds
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            assert time.monotonic() < deadline, "The scheduler did not start."
            time.sleep(0.1)


def _is_fork_server(process: psutil.Process) -> bool:
    try:
        return any("forkserver import main" in part for part in process.cmdline())
    except psutil.Error:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
