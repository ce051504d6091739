"""Scripts take turns, because a process runs the Python of one at a time whatever they do.

Fifty scripts that run at once interrupt each other at every element they draw, and all of them end late. In turns each
runs undisturbed, and together they end sooner. Work that waits for something else, such as a file that is read in a
process of its own, must not hold up the others: after a moment a turn counts as over, though its script goes on.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST_SECONDS = 0.25


class Turns:
    """One turn at a time, first come, first served. One that lasts longer than `longest` seconds holds up nobody."""

    def __init__(self, longest: float = LONGEST_SECONDS) -> None:
        self._longest = longest
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._holder: threading.Event | None = None
        self._overdue_at = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and hand it on at the end of the block however it ends."""
        mine = threading.Event()
        self._await(mine)
        try:
            yield
        finally:
            self._end(mine)

    def _await(self, mine: threading.Event) -> None:
        with self._lock:
            self._waiting.append(mine)
            self._hand_on()
        while not mine.wait(self._longest):
            with self._lock:
                self._hand_on()

    def _end(self, mine: threading.Event) -> None:
        with self._lock:
            if self._holder is mine:
                self._holder = None
            self._hand_on()

    def _hand_on(self) -> None:
        """Give the turn to the first in line where it is free or overdue."""
        now = time.monotonic()
        if self._waiting and (self._holder is None or now >= self._overdue_at):
            self._holder, self._overdue_at = self._waiting.popleft(), now + self._longest
            self._holder.set()


TURNS = Turns()
