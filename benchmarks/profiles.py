"""Profile and health cards of a typed table, beside describe of pandas and ydata-profiling in minimal mode.

Only this part of the way, in one process each, on the same file. Seconds on the clock and of the processor: the second
hold on a busy machine too. `benchmarks.data` measures the whole way.

    python -m benchmarks.profiles --peer /path/to/python/with/ydata-profiling
    python -m benchmarks.profiles --rows 2000 --columns 5000
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.wide_files import write_mixed_csv

_PEER = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
frame = pd.read_csv(sys.argv[2])
if sys.argv[1] == "ydata":
    from ydata_profiling import ProfileReport
    work = lambda: ProfileReport(frame, minimal=True, progress_bar=False).to_html()
else:
    work = lambda: frame.describe(include="all")
clock, processor = time.perf_counter(), time.process_time()
work()
print(json.dumps([time.perf_counter() - clock, time.process_time() - processor]))
"""


@dataclass(frozen=True)
class Took:
    """Seconds on the clock and of the processor."""

    what: str
    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.what:40} {self.clock:8.2f} s on the clock {self.processor:8.2f} s of the processor"


@contextmanager
def timed(what: str, into: list[Took]) -> Iterator[None]:
    """Time a block of this process."""
    clock, processor = time.perf_counter(), time.process_time()
    yield
    into.append(Took(what, time.perf_counter() - clock, time.process_time() - processor))
    print(into[-1], flush=True)


def measure_ours(path: Path, target: str) -> list[Took]:
    """Profile and examine the table; then each check alone that takes long."""
    from services.datasets.checks.examination import examine
    from services.datasets.checks.registry import CHECKS
    from services.datasets.checks.subject import Subject
    from services.datasets.profiling import profile_table

    frame = pd.read_csv(path)
    for name in frame.columns:
        if name not in frame.select_dtypes("number") and frame[name].str.match(r"\d{4}-\d\d-\d\d$").all():
            frame[name] = pd.to_datetime(frame[name])
    found: list[Took] = []
    with timed("profile", found):
        profile = profile_table(frame)
    with timed("health: checks and figures", found):
        examine(frame, target=target, positive_label=None, excluded={}, descriptions={}, profile=profile)
    subject, checks = Subject(frame, profile=profile, target=target), list[Took]()
    for check in CHECKS:
        clock, processor = time.perf_counter(), time.process_time()
        check.run(subject)
        checks.append(Took(f"  {check.code}", time.perf_counter() - clock, time.process_time() - processor))
    print(*sorted(checks, key=lambda one: -one.processor)[:5], sep="\n", flush=True)
    return found


def measure_peer(python: str, tool: str, path: Path) -> Took:
    """The same for another tool, in a process of its own."""
    finished = subprocess.run([python, "-c", _PEER, tool, str(path)], check=True, capture_output=True, text=True)
    took = Took(tool, *json.loads(finished.stdout.splitlines()[-1]))
    print(took, flush=True)
    return took


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--target", default="c3")
    parser.add_argument("--peer", help="a Python that has ydata-profiling")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.csv")
        write_mixed_csv(path, arguments.rows, arguments.columns)
        ours = measure_ours(path, arguments.target)
        peers = [measure_peer(sys.executable, "describe", path)]
        if arguments.peer:
            peers.append(measure_peer(arguments.peer, "ydata", path))
    processor = sum(one.processor for one in ours)
    for peer in peers:
        print(f"{peer.what} takes {peer.processor / processor:.1f} times the processor of profile and health together")


if __name__ == "__main__":
    main()
