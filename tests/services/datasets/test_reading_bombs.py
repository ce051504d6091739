"""Files made to exhaust whoever opens them: each gets an answer in time, and this process hardly notices."""

import gzip
import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.datasets.choices import ChoiceNeededError, ReadingChoices
from services.datasets.errors import UnreadableFileError
from services.datasets.reading import read_file
from tests.makers_hostile import make_workbook

ANSWER_SECONDS, MEMORY_BYTES = 20.0, 50 * 1024**2
_MB = 1024**2


def _repack(changes: dict[str, bytes], *, times: int = 1, flags: int = 0) -> bytes:
    """A workbook with parts replaced or added."""
    book = zipfile.ZipFile(io.BytesIO(make_workbook([["a", "b"], [1, 2], [3, 4]])))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name in book.namelist():
            packed.writestr(name, changes.get(name, book.read(name)))
        for name, part in changes.items():
            if name not in book.namelist():
                for number in range(times):
                    packed.writestr(name.format(number), part)
    return content.getvalue()


def _sheet(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def zip_of_zeros(path: Path) -> None:
    path.write_bytes(_repack({"xl/media/zeros.bin": bytes(200 * _MB)}))


def zip_of_many_parts(path: Path) -> None:
    path.write_bytes(_repack({"xl/part{}.xml": b"<x/>"}, times=2_500))


def zip_that_unpacks_beyond_the_limit(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(13):
            with packed.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                for _ in range(10):
                    part.write(bytes(9 * _MB))


def workbook_of_entities(path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    sheet = _sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>').decode().split("?>", 1)[1]
    path.write_bytes(_repack({"xl/worksheets/sheet1.xml": (head + sheet).encode(), "xl/workbook.xml": head.encode()}))


def workbook_of_two_far_cells(path: Path) -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    path.write_bytes(_repack({"xl/worksheets/sheet1.xml": _sheet(cells)}))


def workbook_of_formulas(path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><f>B{n}</f></c></row>' for n in range(1, 200_000))
    path.write_bytes(_repack({"xl/worksheets/sheet1.xml": _sheet(rows)}))


def gzip_of_one_row(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * (30 * _MB), compresslevel=1))


def parquet_of_one_long_text(path: Path) -> None:
    """Few bytes in the file, 2 million rows of half a megabyte once the dictionary is undone."""
    words = pa.DictionaryArray.from_arrays(np.zeros(2_000_000, dtype=np.int32), ["x" * (_MB // 2)])
    pq.write_table(pa.table({"a": words, "b": np.zeros(2_000_000)}), path)


def parquet_of_many_rows(path: Path) -> None:
    schema = pa.schema([("a", pa.int8()), ("b", pa.int8())])
    zeros = pa.table({name: pa.array(np.zeros(5_000_000, dtype=np.int8)) for name in schema.names}, schema=schema)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for _ in range(5):
            writer.write_table(zeros)


def hundred_thousand_columns(path: Path) -> None:
    header = ",".join(f"column{number}" for number in range(100_000))
    path.write_text(f"{header}\n{','.join('1' for _ in range(100_000))}\n" * 3)


def cell_of_five_megabytes(path: Path) -> None:
    path.write_bytes(b'a,b\n1,"' + b"x\n" * (5 * _MB // 2) + b'"\n2,3\n')


def quotes_that_never_close(path: Path) -> None:
    """Each would make a reader that starts again after it look to the end of the file."""
    path.write_bytes(b"a,b\n" + b'"x\n1,2\n' * 400_000)


def deep_lines(path: Path) -> None:
    path.write_text(('{"a":' * 50_000 + "1" + "}" * 50_000 + "\n") * 20)


def lines_of_many_names(path: Path) -> None:
    path.write_text("".join(json.dumps({f"k{row}_{n}": n for n in range(100)}) + "\n" for row in range(2_000)))


def digits_without_end(path: Path) -> None:
    """Reading a whole number is quadratic in its digits."""
    path.write_text('{"a":' + "9" * 2_000_000 + "}\n" + '{"a":1}\n' * 20)


BOMBS: dict[str, tuple[Callable[[Path], None], str]] = {
    make.__name__: (make, ending)
    for make, ending in (
        (zip_of_zeros, ".xlsx"),
        (zip_of_many_parts, ".xlsx"),
        (zip_that_unpacks_beyond_the_limit, ".xlsx"),
        (workbook_of_entities, ".xlsx"),
        (workbook_of_two_far_cells, ".xlsx"),
        (workbook_of_formulas, ".xlsx"),
        (gzip_of_one_row, ".csv.gz"),
        (parquet_of_one_long_text, ".parquet"),
        (parquet_of_many_rows, ".parquet"),
        (hundred_thousand_columns, ".csv"),
        (cell_of_five_megabytes, ".csv"),
        (quotes_that_never_close, ".csv"),
        (deep_lines, ".jsonl"),
        (lines_of_many_names, ".jsonl"),
        (digits_without_end, ".jsonl"),
    )
}


WORDS = {
    "zip_of_zeros": "more than 200 times its size",
    "zip_of_many_parts": "parts (limit 2,000)",
    "zip_that_unpacks_beyond_the_limit": "would unpack to 1,170 MB (limit 1,024 MB); it was not opened.",
    "hundred_thousand_columns": "The file has 100,000 columns; at most 2,000 are read.",
    "parquet_of_many_rows": "The file has 25,000,000 rows; at most 20,000,000 are read.",
    "cell_of_five_megabytes": "Line 2 has a cell of more than 1 MB",
    "gzip_of_one_row": "more than 200 times its size",
    "digits_without_end": "Line 1 has a cell of more than 1 MB",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_gets_an_answer(name: str, tmp_path: Path) -> None:
    make, ending = BOMBS[name]
    source, folder = tmp_path / "source", tmp_path / "results"
    folder.mkdir()
    make(source)
    process = psutil.Process()
    before = most = process.memory_info().rss

    def find_interruption() -> None:
        nonlocal most
        most = max(most, process.memory_info().rss)

    started = time.monotonic()
    with pytest.raises((UnreadableFileError, ChoiceNeededError)) as answer:
        read_file(source, f"bomb{ending}", ReadingChoices(), folder, find_interruption=find_interruption)
    assert time.monotonic() - started < ANSWER_SECONDS
    assert most - before < MEMORY_BYTES
    assert answer.value.sentence.endswith((".", "?"))
    assert "could not be read (" not in answer.value.sentence, answer.value.sentence
    assert WORDS.get(name, "") in answer.value.sentence
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/externalLinks/externalLink1.xml", "other files"),
        ("../../etc/cron.d/x", "leads out of it"),
        ("/etc/x", "leads out of it"),
        ("XL/WORKBOOK.XML", "two parts of one name"),
    ],
)
def test_a_workbook_with_strange_parts_is_refused(part: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(_repack({part: b"x"}))
    with pytest.raises(UnreadableFileError, match=words):
        read_file(tmp_path / "source", "book.xlsx", ReadingChoices(), tmp_path)


def test_a_header_of_a_hundred_thousand_columns_is_refused_within_a_second(tmp_path: Path) -> None:
    """Without the second that a process takes to start."""
    from services.datasets.limits import ReadingLimits
    from services.datasets.parsing import parse_file
    from services.datasets.task import Task

    hundred_thousand_columns(tmp_path / "source")
    started = time.process_time()
    with pytest.raises(UnreadableFileError):
        parse_file(Task(tmp_path / "source", "wide.csv", tmp_path, ReadingChoices(), ReadingLimits()))
    assert time.process_time() - started < 1
