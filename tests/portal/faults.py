"""Workers that stop, misbehave or are left waiting at a named point, so that a test can kill them there.

What happens is told to the worker by its environment: at which point, at which time it is reached, what then.
"""

import errno
import json
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

FAULT = "PORTAL_TEST_FAULT"
START = "from tests.portal.faults import arrange; arrange(); from portal.worker import run_worker; run_worker()"

BEFORE = {
    "describing": ("services.models.beginning", "describe_split"),
    "handing out": ("services.models.training_job", "hand_out_trial"),
    "choosing": ("services.models.training_job", "ask"),
    "keeping": ("services.models.training_job", "store_array"),
    "telling": ("services.models.training_job", "tell"),
    "closing": ("portal.jobs.workflows", "close_search"),
}
AFTER = {
    "prepared": ("services.models.beginning", "mark_prepared"),
    "handed out": ("services.models.training_job", "hand_out_trial"),
    "chosen": ("services.models.training_job", "ask"),
    "written down": ("services.models.training_job", "end_trial"),
    "between trials": ("services.models.training_job", "_try"),
    "registering": ("services.models.finishing_job", "register_model"),
    "registered": ("portal.jobs.workflows", "finish_run"),
}
IN_CHILD = {
    "reading": "services.automl.prepared_tables",
    "trial": "services.automl.trainers",
    "finishing": "services.models.finishing_job",
}
POINTS = (*BEFORE, *AFTER, *IN_CHILD)


def fault(point: str, mark: Path, *, kind: str = "hold", nth: int = 1, seconds: float = 600) -> dict[str, str]:
    """The environment of a worker that does `kind` when it comes to `point` for the `nth` time, and writes `mark`.

    Kinds: "hold" waits `seconds` and goes on, "full" finds no room on the disk; in a child also "hang", "eat" (all
    memory) and "die" (as if the kernel had killed it).
    """
    told = {"point": point, "kind": kind, "nth": nth, "mark": str(mark), "seconds": seconds}
    return {FAULT: json.dumps(told)}


def arrange() -> None:
    """In the worker, before it starts."""
    told = json.loads(os.environ.get(FAULT, "{}"))
    point = told.get("point")
    if point in IN_CHILD:
        module = import_module(IN_CHILD[point])
        _replace(module, "run_in_child", told, lambda original: lambda *a, **o: original(misbehave, told, **o))
    elif point in BEFORE:
        module, name = import_module(BEFORE[point][0]), BEFORE[point][1]
        _replace(module, name, told, lambda original: partial(_misbehave_before, original, told))
    elif point in AFTER:
        module, name = import_module(AFTER[point][0]), AFTER[point][1]
        _replace(module, name, told, lambda original: partial(_misbehave_after, original, told))


def _misbehave_before(original: Callable[..., Any], told: dict[str, Any], *arguments: Any, **options: Any) -> Any:
    misbehave(told)
    return original(*arguments, **options)


def _misbehave_after(original: Callable[..., Any], told: dict[str, Any], *arguments: Any, **options: Any) -> Any:
    result = original(*arguments, **options)
    misbehave(told)
    return result


def misbehave(told: dict[str, Any]) -> None:
    """Write the mark, then do what is told."""
    Path(told["mark"]).write_text(str(os.getpid()))
    kind = told["kind"]
    if kind == "hold":
        time.sleep(told["seconds"])
    elif kind == "full":
        raise OSError(errno.ENOSPC, "No space left on device")
    elif kind == "hang":
        while True:
            pass
    elif kind == "eat":
        held = []
        while True:
            held.append(bytearray(64 * 1024 * 1024))
    elif kind == "die":
        os.kill(os.getpid(), signal.SIGKILL)


def _replace(module: Any, name: str, told: dict[str, Any], wrap: Callable[[Any], Any]) -> None:
    original, numbers = getattr(module, name), count(1)
    other = wrap(original)

    def chosen(*arguments: Any, **options: Any) -> Any:
        is_now = next(numbers) == told["nth"] or told["nth"] == 0
        return (other if is_now else original)(*arguments, **options)

    setattr(module, name, chosen)
