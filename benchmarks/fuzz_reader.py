"""Read thousands of damaged files in pooled, limited children: `make fuzz`, `python -m benchmarks.fuzz_reader --help`.

Each variant is a fixture of `tests.makers_hostile` with a few bytes changed. What a text became is compared with
Python's own strict readers. Questions are answered with their first option, as somebody in a hurry would.
"""

import argparse
import json
import os
import random
import resource
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SLOWEST_SECONDS = 20.0
_TOKENS = (b'"', b'""', b",", b";", b"\t", b"\r", b"\n", b"\0", b"\xff", b"\xef\xbb\xbf", b"NA", b"1e999", b"'", b"\\")
_MEMORY = 3 * 1024**3


def mutate(content: bytes, other: bytes, draw: random.Random) -> bytes:
    """The content with one to eight changes."""
    found = bytearray(content)
    for _ in range(draw.randint(1, 8)):
        at = draw.randrange(len(found) + 1)
        change = draw.randrange(7)
        if change == 0 and at < len(found):
            found[at] ^= 1 << draw.randrange(8)
        elif change == 1 and at < len(found):
            found[at] = draw.randrange(256)
        elif change == 2:
            found[at:at] = draw.choice(_TOKENS)
        elif change == 3:
            del found[at : at + draw.randint(1, 12)]
        elif change == 4:
            found[at:at] = found[at : at + draw.randint(1, 40)]
        elif change == 5:
            start = draw.randrange(len(other) + 1)
            found[at:at] = other[start : start + draw.randint(1, 40)]
        elif draw.random() < 0.1:
            del found[at:]
    return bytes(found)


def make_variant(number: int) -> tuple[str, str, bytes]:
    """The fixture, the file name and the content of one variant; always the same for a number."""
    from tests.makers_hostile import fixture_files

    files = fixture_files()
    draw = random.Random(number)  # noqa: S311 - not for secrets
    name = sorted(files)[number % len(files)]
    file_name, content = files[name]
    return name, file_name, mutate(content, files[draw.choice(sorted(files))][1], draw)


def judge(number: int) -> dict[str, Any]:
    """In a child: read one variant, answer its questions, and compare what it became."""
    from services.datasets.choices import ChoiceNeededError, ReadingChoices
    from services.datasets.errors import UnreadableFileError
    from services.datasets.limits import ReadingLimits
    from services.datasets.outcome import TABLE
    from services.datasets.parsing import parse_file
    from services.datasets.tables import read_table
    from services.datasets.task import Task
    from tests.oracles import find_changes, find_changes_in_lines

    fixture, file_name, content = make_variant(number)
    choices, n_asked = ReadingChoices(), 0
    for _ in range(8):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            source = folder / "source"
            source.write_bytes(content)
            try:
                _, report = parse_file(Task(source, file_name, folder, choices, ReadingLimits()))
            except ChoiceNeededError as asked:
                n_asked += 1
                for question in asked.questions:
                    choices = choices.with_answer(question, question.options[0][0])
                continue
            except UnreadableFileError:
                return {"outcome": "refused", "asked": n_asked}
            except MemoryError:
                return {"outcome": "refused", "asked": n_asked}
            except Exception as error:
                return {"outcome": "fault", "detail": f"{fixture}: {error!r}"[:300]}
            frame = read_table((folder / TABLE).read_bytes())
        changes: list[str] = []
        if report.format in ("CSV", "TSV", "Delimited text") and not file_name.endswith(".gz"):
            changes = find_changes(content, choices, report, frame)
        elif report.format == "JSON lines":
            changes = find_changes_in_lines(content, choices, report, frame)
        if changes:
            return {"outcome": "changed", "detail": f"{fixture}: {changes[0]}"[:300]}
        return {"outcome": "read", "asked": n_asked, "set_aside": report.n_set_aside}
    return {"outcome": "asked without end", "detail": fixture}


def work() -> None:
    """The loop of a child: a number in, a verdict out."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)
    make_variant(0)
    for line in sys.stdin:
        started = time.monotonic()
        found = judge(int(line))
        sys.stdout.write(json.dumps(found | {"seconds": time.monotonic() - started}) + "\n")
        sys.stdout.flush()


class Child:
    """One pooled child, started again after it died or was too slow."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.fuzz_reader", "--work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1"},
        )
        self.number = -1

    def ask(self, number: int) -> None:
        """Give it a variant."""
        assert self.process.stdin is not None
        self.number, self.asked_at = number, time.monotonic()
        self.process.stdin.write(f"{number}\n".encode())
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Its verdict; a child that died is started again."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if line:
            found: dict[str, Any] = json.loads(line)
            return found
        self.process.wait()
        verdict = {"outcome": "child died", "detail": f"exit code {self.process.returncode}", "seconds": 0.0}
        self._start()
        return verdict

    def is_late(self) -> bool:
        """Whether it is beyond the time that a person waits (the first variant includes the start)."""
        return self.number >= 0 and time.monotonic() - self.asked_at > SLOWEST_SECONDS

    def end(self) -> None:
        """Stop it."""
        self.process.kill()
        self.process.wait()


@dataclass
class Tally:
    """What happened so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    n_asked: int = 0
    n_set_aside: int = 0
    slowest: float = 0.0
    details: list[str] = field(default_factory=list)

    def add(self, number: int, verdict: dict[str, Any]) -> None:
        """Count one verdict."""
        self.outcomes[verdict["outcome"]] += 1
        self.n_asked += bool(verdict.get("asked"))
        self.n_set_aside += bool(verdict.get("set_aside"))
        self.slowest = max(self.slowest, verdict["seconds"])
        if "detail" in verdict:
            self.details.append(f"variant {number}: {verdict['outcome']}: {verdict['detail']}")


def run(numbers: range, n_children: int) -> Tally:
    """Judge all variants with a pool of children."""
    tally, waiting = Tally(), iter(numbers)
    children = [Child() for _ in range(n_children)]
    busy: dict[int, Child] = {}

    def give(child: Child) -> None:
        if (number := next(waiting, None)) is not None:
            child.ask(number)
            assert child.process.stdout is not None
            busy[child.process.stdout.fileno()] = child

    for child in children:
        give(child)
    while busy:
        ready, _, _ = select.select(list(busy), [], [], 0.5)
        late = [pipe for pipe, child in busy.items() if pipe not in ready and child.is_late()]
        for pipe in (*ready, *late):
            child = busy.pop(pipe)
            number = child.number
            if pipe in late:
                child.process.kill()
            verdict = child.hear()
            if pipe in late:
                verdict = {"outcome": "slow", "detail": "killed", "seconds": SLOWEST_SECONDS}
            tally.add(number, verdict)
            give(child)
    for child in children:
        child.end()
    return tally


def main() -> None:
    """Run, print what happened, and fail if anything did that must not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--children", type=int, default=2)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--one", type=int, help="judge one variant here")
    options = parser.parse_args()
    if options.work:
        return work()
    if options.one is not None:
        print(make_variant(options.one))
        print(judge(options.one))
        return None
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tally = run(range(options.first, options.first + options.variants), options.children)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{options.variants:,} variants in {time.monotonic() - started:.0f} s, parent +{grown:.0f} MB")
    print(f"{dict(tally.outcomes)}, slowest {tally.slowest:.1f} s")
    print(f"{tally.n_asked:,} asked something, {tally.n_set_aside:,} were read without faulty rows")
    print("\n".join(tally.details[:40]))
    bad = {"changed", "fault", "slow", "asked without end"} & set(tally.outcomes)
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
