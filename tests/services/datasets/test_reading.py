"""From file to file in the limited child: progress, an end on request, nothing half-written, no memory here."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import psutil
import pytest

from benchmarks.wide_files import write_mixed_csv
from services.datasets.choices import ChoiceNeededError, Question, ReadingChoices
from services.datasets.errors import UnreadableFileError
from services.datasets.limits import PARSE_MEMORY_BYTES, ReadingLimits, get_reading_limits
from services.datasets.outcome import ReadingReport
from services.datasets.parser import answer
from services.datasets.reading import ChildInterruptedError, ReadTable, read_file
from services.datasets.tables import read_table
from services.errors import InvalidInputError
from tests.makers_hostile import PLAIN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "results"
    place.mkdir()
    return place


def write(folder: Path, content: bytes | str) -> Path:
    source = folder.parent / "source"
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    return source


def test_a_file_becomes_a_table_with_a_report(folder: Path) -> None:
    read = read_file(write(folder, PLAIN), "table.csv", ReadingChoices(), folder)
    assert isinstance(read, ReadTable)
    assert read.table == folder / "table.parquet"
    assert read.set_aside is None
    types = {column.name: column.type for column in read.report.columns}
    assert types == {"id": "text", "calls": "whole number", "amount": "number", "day": "date", "plan": "text"}
    assert (read.report.format, read.report.n_rows, read.report.encoding) == ("CSV", 60, "UTF-8")
    assert len(read_table(read.table.read_bytes())) == read.profile.n_rows == 60
    assert sorted(path.name for path in folder.iterdir()) == ["table.parquet"]
    assert ReadingReport.from_document(json.loads(json.dumps(read.report.document()))) == read.report


def test_rows_set_aside_are_beside_the_table(folder: Path) -> None:
    source = write(folder, "a,b\n1,2\n3\n4,5\n")
    with pytest.raises(ChoiceNeededError) as asked:
        read_file(source, "table.csv", ReadingChoices(), folder)
    assert list(folder.iterdir()) == []
    (question,) = asked.value.questions
    read = read_file(source, "table.csv", ReadingChoices().with_answer(question, "set_aside"), folder)
    assert read.set_aside is not None
    assert read.set_aside.read_text(encoding="utf-8-sig").splitlines()[1] == "3,1 value,3"


def test_a_refusal_leaves_nothing(folder: Path) -> None:
    with pytest.raises(UnreadableFileError, match="NUL"):
        read_file(write(folder, b"a,b\n1,\0\n"), "table.csv", ReadingChoices(), folder)
    assert list(folder.iterdir()) == []


def test_an_end_on_request_kills_the_child_and_leaves_nothing(folder: Path) -> None:
    source = folder.parent / "large.csv"
    write_mixed_csv(source, 200_000, 30)
    told: list[float] = []

    def report(_progress: float | None, _phase: str) -> None:
        told.append(time.monotonic())

    def find_interruption() -> str | None:
        return "stop" if told else None

    with pytest.raises(ChildInterruptedError) as ended:
        read_file(source, "large.csv", ReadingChoices(), folder, report=report, find_interruption=find_interruption)
    assert ended.value.wish == "stop"
    assert time.monotonic() - told[0] < 3
    assert list(folder.iterdir()) == []
    assert not [
        child for child in psutil.Process().children() if "services.datasets.parser" in " ".join(child.cmdline())
    ]


def test_progress_tells_bytes_and_rows_and_this_process_holds_nothing(folder: Path) -> None:
    source = folder.parent / "large.csv"
    write_mixed_csv(source, 200_000, 30)
    said: list[tuple[float | None, str]] = []
    before = psutil.Process().memory_info().rss
    most = before

    def report(progress: float | None, phase: str) -> None:
        nonlocal most
        most = max(most, psutil.Process().memory_info().rss)
        said.append((progress, phase))

    read = read_file(source, "large.csv", ReadingChoices(), folder, report=report)
    assert read.report.n_rows == 200_000
    assert most - before < 50 * 1024**2
    shares = [progress for progress, _ in said if progress is not None]
    assert shares == sorted(shares)
    assert any("MB" in phase for _, phase in said) or any("rows" in phase for _, phase in said)


def test_too_long_is_a_sentence(folder: Path) -> None:
    with pytest.raises(UnreadableFileError, match="took longer than 0 seconds"):
        read_file(write(folder, PLAIN), "t.csv", ReadingChoices(), folder, limits=ReadingLimits(wall_seconds=0.05))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("limits", "n_rows"),
    [(ReadingLimits(memory_bytes=400 * 1024**2), 400_000), (ReadingLimits(cpu_seconds=1), 1_200_000)],
)
def test_too_much_is_a_sentence(folder: Path, limits: ReadingLimits, n_rows: int) -> None:
    source = folder.parent / "large.csv"
    write_mixed_csv(source, n_rows, 12)
    with pytest.raises(UnreadableFileError, match="more memory"):
        read_file(source, "large.csv", ReadingChoices(), folder, limits=limits)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("can't start new thread"),
        OSError("Unknown error: Failed to launch worker thread: Resource temporarily unavailable"),
    ],
)
def test_a_library_that_finds_no_memory_for_a_thread_is_said_to_lack_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr("services.datasets.parsing.parse_file", Mock(side_effect=error))
    request = {"source": "t.csv", "file_name": "t.csv", "folder": str(folder), "min_rows": 1}
    found = answer(request | {"choices": ReadingChoices().document()}, ReadingLimits())
    assert "needs more memory than one file may use" in found["refusal"]


def test_thousands_of_columns_fit_into_the_memory_of_one_file(folder: Path) -> None:
    source = folder.parent / "wide.csv"
    write_mixed_csv(source, 20, 4_000)
    limits = ReadingLimits(max_columns=10_000, memory_bytes=PARSE_MEMORY_BYTES // 6)
    assert len(read_file(source, "wide.csv", ReadingChoices(), folder, limits=limits).report.columns) == 4_000


def test_a_child_that_cannot_start_is_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(UnreadableFileError, match="more memory or time"):
        read_file(write(folder, PLAIN), "t.csv", ReadingChoices(), folder)


def test_the_child_has_limits_and_no_secrets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the parser says what it may use and what it knows."""
    spy = folder.parent / "spy.py"
    spy.write_text(
        "import json, os, resource, sys\n"
        "from services.datasets import parser\n"
        "from services.datasets.limits import ReadingLimits\n"
        "request = json.loads(sys.stdin.readline())\n"
        "parser._limit_process(ReadingLimits(**request['limits']))\n"
        "found = [resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0],\n"
        "         resource.getrlimit(resource.RLIMIT_CORE)[0], os.nice(0), sorted(os.environ)]\n"
        "open(request['folder'] + '/answer.json', 'w').write(json.dumps({'refusal': json.dumps(found)}))\n"
    )
    monkeypatch.setenv("PORTAL_DATABASE_URL", "postgresql://secret")
    real = subprocess.Popen

    def start(command: list[str], **options: Any) -> Any:
        return real([command[0], str(spy)], **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(UnreadableFileError) as said:
        read_file(write(folder, PLAIN), "t.csv", ReadingChoices(), folder)
    memory, cpu, core, niceness, names = json.loads(said.value.sentence)
    assert (memory, cpu, core) == (PARSE_MEMORY_BYTES, 60, 0)
    assert niceness >= min(19, os.nice(0) + 10)
    assert not [name for name in names if name.startswith("PORTAL")]


def test_limits_can_be_set_up_to_a_bound() -> None:
    assert get_reading_limits({}) == ReadingLimits()
    assert get_reading_limits({"PORTAL_READ_MAX_COLUMNS": "5000"}).max_columns == 5_000
    assert get_reading_limits({"PORTAL_READ_MAX_COLUMNS": "50000"}).max_columns == 10_000
    with pytest.raises(ValueError, match="PORTAL_READ_MAX_ROWS"):
        get_reading_limits({"PORTAL_READ_MAX_ROWS": "0"})


def test_choices_come_back_as_they_were() -> None:
    choices = ReadingChoices(
        encoding="cp1252", decimal_comma=True, renames={2: "x"}, date_orders={"d": "day"}, missing_tokens={"c": ["NA"]}
    )
    assert ReadingChoices.from_document(json.loads(json.dumps(choices.document()))) == choices


@pytest.mark.parametrize(
    "document",
    [
        {"faulty_rows": "repair"},
        {"date_orders": {"d": "year"}},
        {"renames": {"first": "x"}},
        {"encoding": 5},
        {"missing_tokens": {"c": "NA"}},
    ],
)
def test_choices_that_are_none_are_refused(document: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        ReadingChoices.from_document(document)


def test_an_answer_must_be_one_of_the_options() -> None:
    question = Question("sheet", "sheet", "Which?", (("A", "A"),))
    assert ReadingChoices().with_answer(question, "A").sheet == "A"
    with pytest.raises(InvalidInputError):
        ReadingChoices().with_answer(question, "B")
