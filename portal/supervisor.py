"""The web process and one worker on one machine: started together, stopped together, restarted when one dies."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

STOP_SECONDS = 20.0  # a worker leaves its trial to the next one within this time
POLL_SECONDS = 0.2
QUICK_SECONDS = 10.0  # a process that lives shorter than this failed to start
MAX_QUICK_EXITS = 3


@dataclass
class Child:
    """One process that shall be running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    n_quick_exits: int = field(default=0)

    def start(self) -> None:
        """Start it in a process group of its own, so that Ctrl-C reaches it through us and only once."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  the command is ours
            self.command, env=dict(self.environment), start_new_session=True
        )

    @property
    def has_exited(self) -> bool:
        """Whether it ran and does no longer."""
        return self.process is not None and self.process.poll() is not None

    def restart(self) -> bool:
        """Start it again, unless it failed to start three times in a row; whether it runs."""
        lived = time.monotonic() - self.started_at
        self.n_quick_exits = self.n_quick_exits + 1 if lived < QUICK_SECONDS else 0
        if self.n_quick_exits >= MAX_QUICK_EXITS:
            return False
        self.start()
        return True

    def send(self, number: signal.Signals) -> None:
        """Signal it, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def portal_command(*arguments: str) -> list[str]:
    """The command line of another portal process with this interpreter."""
    return [sys.executable, "-m", "portal", *arguments]


def supervise(children: Sequence[Child], *, say: Callable[[str], None] = print) -> int:
    """Keep `children` running until SIGINT or SIGTERM, then stop them. Returns the exit code.

    A process that dies is started again; one that dies three times within ten seconds of its start ends the others,
    with exit code 1.
    """
    asked: list[int] = []

    def ask_to_stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for child in children:
            child.start()
        return _watch(children, asked, say)
    finally:
        _stop(children)
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch(children: Sequence[Child], asked: list[int], say: Callable[[str], None]) -> int:
    while not asked:
        for child in children:
            if child.has_exited:
                say(f"The {child.name} process ended. Starting it again.")
                if not child.restart():
                    say(f"The {child.name} process does not stay up. Its messages are above.")
                    return 1
        time.sleep(POLL_SECONDS)
    say("Stopping.")
    return 0


def _stop(children: Sequence[Child]) -> None:
    for child in children:
        child.send(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        if child.process is not None:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.send(signal.SIGKILL)
                child.process.wait()


def announce(host: str, port: int, sentence: str, *, say: Callable[[str], None] = print) -> None:
    """Say `sentence` as soon as somebody listens on the port, without waiting for it here."""

    def wait() -> None:
        while True:
            with suppress(OSError), socket.create_connection((host, port), timeout=1):
                break
            time.sleep(POLL_SECONDS)
        say(f"\n  {sentence}\n")

    threading.Thread(target=wait, daemon=True).start()


def web_and_worker(host: str, port: int, environment: Mapping[str, str] | None = None) -> list[Child]:
    """The two processes of a portal on one machine."""
    environment = os.environ if environment is None else environment
    return [
        Child("web", portal_command("serve", "--host", host, "--port", str(port)), environment),
        Child("worker", portal_command("work"), environment),
    ]
