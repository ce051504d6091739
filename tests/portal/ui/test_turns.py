"""One script at a time, in the order they came, and nobody is held up by one that waits for something else."""

import threading
import time
from collections.abc import Callable
from functools import partial

import pytest

from portal.ui.turns import Turns

AMPLE = 10.0  # seconds: longer than any step of these tests


def start(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_two_turns_never_overlap() -> None:
    turns, inside, most = Turns(AMPLE), list[int](), list[int]()

    def work() -> None:
        for _ in range(20):
            with turns.turn():
                inside.append(1)
                time.sleep(0.0005)
                most.append(len(inside))
                inside.pop()

    threads = [start(work) for _ in range(5)]
    for thread in threads:
        thread.join(AMPLE)
    assert len(most) == 100
    assert max(most) == 1


def test_those_who_wait_are_served_in_the_order_they_came() -> None:
    turns, served = Turns(AMPLE), list[int]()

    def work(number: int) -> None:
        with turns.turn():
            served.append(number)

    with turns.turn():
        threads = []
        for number in range(5):
            threads.append(start(partial(work, number)))
            _until(partial(_is_waited_for_by, turns, number + 1))
    for thread in threads:
        thread.join(AMPLE)
    assert served == [0, 1, 2, 3, 4]


def test_a_script_that_waits_for_something_else_holds_up_nobody_for_long() -> None:
    turns, may_end = Turns(0.05), threading.Event()

    def work() -> None:
        with turns.turn():
            may_end.wait(AMPLE)

    slow = start(work)
    _until(lambda: turns._holder is not None)
    began = time.monotonic()
    with turns.turn():
        assert time.monotonic() - began < AMPLE / 2
        may_end.set()
        slow.join(AMPLE)
        other = start(partial(_take, turns))
        time.sleep(0.01)
        assert other.is_alive()  # the end of an overdue turn does not end the turn of somebody else
    other.join(AMPLE)


def test_a_turn_ends_with_its_block_however_that_ends() -> None:
    turns = Turns(AMPLE)
    with pytest.raises(KeyboardInterrupt), turns.turn():
        raise KeyboardInterrupt  # as the exceptions Streamlit leaves a script by, no `Exception`
    with turns.turn():
        pass


def _is_waited_for_by(turns: Turns, n: int) -> bool:
    return len(turns._waiting) == n


def _take(turns: Turns) -> None:
    with turns.turn():
        pass


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + AMPLE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.001)
