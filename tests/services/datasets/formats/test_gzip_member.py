"""Gzip: one member, to its end, and no more than honest tables unpack to."""

import gzip

import pytest

from services.datasets.errors import UnreadableFileError
from services.datasets.limits import ReadingLimits
from tests.makers_files import parse
from tests.makers_hostile import PLAIN

PACKED = gzip.compress(PLAIN.encode(), mtime=0)


@pytest.mark.parametrize(("name", "text"), [("t.csv.gz", PLAIN), ("T.TSV.GZ", PLAIN.replace(",", "\t"))])
def test_a_packed_table_is_the_same_table(name: str, text: str) -> None:
    assert parse(gzip.compress(text.encode()), name).frame.equals(parse(text).frame)


def test_packed_json_lines_are_read() -> None:
    assert parse(gzip.compress(b'{"a":1}\n{"a":2}\n'), "t.jsonl.gz").frame["a"].tolist() == [1, 2]


DAMAGED = {
    "cut off": (PACKED[:-9], "no end"),
    "two members": (PACKED * 2, "several parts"),
    "rubbish behind": (PACKED + b"rubbish", "several parts"),
    "broken": (PACKED[:40] + b"\xff" * 20 + PACKED[60:], "damaged"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_file_is_refused(case: str) -> None:
    content, words = DAMAGED[case]
    with pytest.raises(UnreadableFileError, match=words):
        parse(content, "t.csv.gz")


def test_zeros_behind_the_end_are_padding() -> None:
    assert len(parse(PACKED + bytes(512), "t.csv.gz").frame) == 60


def test_what_it_would_unpack_to_is_said() -> None:
    content = gzip.compress(PLAIN.encode() * 2_000)
    with pytest.raises(UnreadableFileError, match=r"would unpack to \d MB \(limit 1 MB\)"):
        parse(content, "t.csv.gz", limits=ReadingLimits(max_bytes=1024**2))
