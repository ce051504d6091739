"""A table to score is read as the one the model learned from; what stays open is a sentence, not a guess."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from services.datasets.choices import ChoiceNeededError, ReadingChoices
from services.datasets.errors import UnreadableFileError
from services.datasets.intake import read_upload
from services.datasets.reading import read_file
from services.deployments.batch_reading import read_batch

AMBIGUOUS = b"id,since\na,03/04/2024\nb,05/06/2024\n"


def origin_of(folder: Path, content: bytes, **choices: Any) -> dict[str, Any]:
    """The origin of a version that was made of this file."""
    source, chosen = folder / "source", ReadingChoices(**choices)
    source.write_bytes(content)
    read = read_file(source, "learned.csv", chosen, folder)
    return {"kind": "upload", "choices": chosen.document(), "report": read.report.document()}


def test_dates_begin_with_what_somebody_chose() -> None:
    for order, month in (("day", 4), ("month", 3)):
        origin = {"choices": {"date_orders": {"since": order, "gone": "day"}}}
        table = read_batch("batch.csv", AMBIGUOUS, origin=origin)
        assert table["since"].iloc[0] == pd.Timestamp(2024, month, 7 - month)


def test_dates_begin_with_what_the_larger_file_told_by_itself(tmp_path: Path) -> None:
    with pytest.raises(ChoiceNeededError):
        read_upload("batch.csv", AMBIGUOUS)
    for content, month in (
        (b"id,since\na,25/12/2024\nb,05/06/2024\n", 4),
        (b"id,since\na,12/25/2024\nb,05/06/2024\n", 3),
    ):
        table = read_batch("batch.csv", AMBIGUOUS, origin=origin_of(tmp_path, content))
        assert table["since"].iloc[0] == pd.Timestamp(2024, month, 7 - month)


def test_an_open_question_is_one_sentence_with_a_way_out() -> None:
    for origin in ({}, {"kind": "sql"}, {"choices": {"date_orders": {"other": "day"}}}):
        with pytest.raises(UnreadableFileError, match=r"“since” could be day/month.*Nothing can be chosen here"):
            read_batch("batch.csv", AMBIGUOUS, origin=origin)


def test_a_decimal_comma_is_one_again_and_a_point_is_read_too() -> None:
    origin = {"choices": {"decimal_comma": True}}
    table = read_batch("batch.csv", b"id\tpaid\na\t1,500\nb\t2,250\n", origin=origin)
    assert table["paid"].tolist() == [1.5, 2.25]
    for content in (b"id,paid\na,1.5\nb,2.25\n", b"id,paid\na,1.500\nb,2.250\n"):
        assert read_batch("batch.csv", content, origin=origin)["paid"].tolist() == [1.5, 2.25]
    grouped = read_batch("batch.csv", b"id;paid\na;1.500\nb;2.250\n", origin=origin)
    assert grouped["paid"].tolist() == [1500, 2250]


def test_a_comma_that_is_no_decimal_sign_stays_text() -> None:
    table = read_batch("batch.csv", b"id\tpaid\na\t1,500\nb\t2,250\n", origin={"choices": {"decimal_comma": False}})
    assert table["paid"].tolist() == ["1,500", "2,250"]


def test_a_column_without_a_name_gets_the_one_it_had() -> None:
    content = b",tenure\n0,5\n1,6\n"
    table = read_batch("batch.csv", content, origin={"choices": {"renames": {"0": "column_1", "7": "column_8"}}})
    assert list(table.columns) == ["column_1", "tenure"]
    with pytest.raises(UnreadableFileError, match="has no name"):
        read_batch("batch.csv", content, origin={"choices": {"renames": {"0": "number"}}})


def test_one_row_is_enough_and_none_is_not() -> None:
    assert len(read_batch("batch.csv", b"id,tenure\na,1\n", origin={})) == 1
    assert len(read_batch("batch.jsonl", b'{"id": "a", "tenure": 1}\n', origin={})) == 1
    with pytest.raises(UnreadableFileError, match="no rows"):
        read_batch("batch.csv", b"id,tenure\n", origin={})
    with pytest.raises(UnreadableFileError, match="only one row"):
        read_upload("table.csv", b"id,tenure\na,1\n")


def test_rows_are_never_left_out_silently() -> None:
    content = b"id,tenure\na,1\nb,2,3\nc,3\n"
    with pytest.raises(UnreadableFileError):
        read_batch("batch.csv", content, origin={"choices": {"faulty_rows": "set_aside"}})
