"""Parquet: types are taken over where nothing is lost, and every loss or change is said."""

import datetime
import io
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.datasets.choices import ChoiceNeededError
from services.datasets.errors import UnreadableFileError
from services.datasets.limits import ReadingLimits
from tests.makers_files import Parsed, parse


def written(**columns: Any) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content)
    return content.getvalue()


def read(**columns: Any) -> Parsed:
    return parse(written(**columns), "t.parquet")


TYPES = {
    "bytes as numbers": (pa.array([1, 2], pa.uint8()), [1, 2], "whole number"),
    "beyond 64 bits": (pa.array([2**63, 1], pa.uint64()), ["9223372036854775808", "1"], "text"),
    "single precision": (pa.array([0.5, 1.5], pa.float32()), [0.5, 1.5], "number"),
    "short decimals": (pa.array([Decimal("1.25"), Decimal("2.50")]), [1.25, 2.5], "number"),
    "long decimals": (pa.array([Decimal("1.25"), Decimal("2.50")], pa.decimal128(30, 2)), ["1.25", "2.50"], "text"),
    "truth": (pa.array([True, False]), ["true", "false"], "text"),
    "categories": (pa.array(["x", "y"]).dictionary_encode(), ["x", "y"], "text"),
    "large text": (pa.array(["x", ""], pa.large_string()), ["x", ""], "text"),
    "times": (pa.array([datetime.time(1, 2), datetime.time(3, 4)]), ["01:02:00.000000", "03:04:00.000000"], "text"),
}


@pytest.mark.parametrize("case", TYPES)
def test_a_type_becomes_one_that_holds_the_same(case: str) -> None:
    values, expected, words = TYPES[case]
    found = read(a=values)
    assert found.frame["a"].tolist() == expected
    assert found.report.columns[0].type == words


def test_dates_and_moments_are_dates() -> None:
    moment = datetime.datetime(2024, 5, 6, 12, tzinfo=datetime.UTC)
    found = read(
        day=pa.array([moment.date()] * 2),
        zoned=pa.array([moment] * 2, pa.timestamp("ms", "Europe/Berlin")),
        fine=pa.array([1_714_996_800_000_000_001, 0], pa.timestamp("ns")),
    )
    assert [found.frame[name].iloc[0].day for name in found.frame] == [6, 6, 6]
    assert found.frame["zoned"].iloc[0].hour == 12
    assert found.report.columns[1].notes == ("Its moments have a time zone; they are read as UTC.",)
    assert found.report.columns[2].notes == ("1 moments are read without their nanoseconds.",)


REFUSED = {
    "lists": (pa.array([[1], [2]]), "lists or records"),
    "records": (pa.array([{"x": 1}, {"x": 2}]), "lists or records"),
    "bytes": (pa.array([b"\xff", b"x"]), "bytes"),
    "NUL": (pa.array(["a\0b", "x"]), "NUL"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_table_holds_is_refused(case: str) -> None:
    values, words = REFUSED[case]
    with pytest.raises(UnreadableFileError, match=words):
        read(a=values, b=pa.array([1, 2]))


def test_a_table_that_is_too_wide_or_long_is_refused_by_its_footer() -> None:
    content = written(a=pa.array(range(100)), b=pa.array(range(100)))
    with pytest.raises(UnreadableFileError, match="2 columns; at most 1"):
        parse(content, "t.parquet", limits=ReadingLimits(max_columns=1))
    with pytest.raises(UnreadableFileError, match="100 rows; at most 50"):
        parse(content, "t.parquet", limits=ReadingLimits(max_rows=50))


def test_names_that_repeat_are_asked_about() -> None:
    content = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array([1, 2]), pa.array([3, 4])], names=["a", "a"]), content)
    with pytest.raises(ChoiceNeededError, match="called “a”"):
        parse(content.getvalue(), "t.parquet")
    assert list(parse(content.getvalue(), "t.parquet", renames={1: "b"}).frame.columns) == ["a", "b"]


def test_a_damaged_file_is_a_sentence() -> None:
    content = bytearray(written(a=pa.array([1, 2])))
    content[-20:-8] = b"x" * 12
    with pytest.raises(UnreadableFileError, match="damaged"):
        parse(bytes(content), "t.parquet")
