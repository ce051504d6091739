"""Receiving a file: name and size are checked here, the content in a child process that may be killed."""

import sys
from pathlib import Path

import pytest

from services.datasets import intake, parser_process
from services.datasets.errors import UnreadableFileError
from services.datasets.intake import clean_file_name, read_upload
from services.datasets.tables import read_table

STORY = Path(__file__).resolve().parents[4] / "shared" / "data" / "stories" / "telco_churn.csv"


def test_a_file_is_read_in_a_child_process() -> None:
    content = b"name,size\nx,1\ny,2\n"
    upload = read_upload("sizes.csv", content)
    assert upload.source == content
    assert list(read_table(upload.table)["size"]) == [1, 2]
    assert [column.name for column in upload.profile.columns] == ["name", "size"]


def test_a_refusal_of_the_child_reaches_the_person() -> None:
    with pytest.raises(UnreadableFileError, match="The file is empty"):
        read_upload("empty.csv", b"")


def test_a_child_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(UnreadableFileError, match="took longer than 0 seconds"):
        read_upload("slow.csv", b"a,b\n1,2\n3,4\n", wall_seconds=0.05)


def test_a_child_that_dies_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(UnreadableFileError, match="more memory or time"):
        read_upload("large.csv", b"a,b\n1,2\n")


def test_the_child_gets_none_of_the_portals_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", "postgresql://secret")
    assert not [name for name in parser_process.child_environment() if name.startswith("PORTAL")]


@pytest.mark.parametrize("name", ["table.xls", "table.zip", "table", "table.csv.exe", "table.xlsx.gz"])
def test_another_ending_is_refused_before_the_content_is_looked_at(name: str) -> None:
    with pytest.raises(UnreadableFileError, match="Tables are read from"):
        read_upload(name, b"a,b\n1,2\n3,4\n")


def test_the_content_must_agree_with_the_ending() -> None:
    with pytest.raises(UnreadableFileError, match="The archive is damaged"):
        read_upload("table.csv", b"PK\x03\x04")


def test_too_many_bytes_are_refused_before_a_child_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_BYTES", 1024**2)
    with pytest.raises(UnreadableFileError, match="The file has 2 MB; at most 1 MB are read"):
        read_upload("large.csv", b"x" * 2 * 1024**2)


NAMES = {
    "sales.csv": "sales.csv",
    "../../etc/passwd.csv": "passwd.csv",
    "C:\\Users\\me\\sales.csv": "sales.csv",
    "a\u202evsc.csv": "avsc.csv",
    "line\nbreak.csv": "linebreak.csv",
    "x" * 400 + ".csv": "x" * 251 + ".csv",
    "Mu\u0308nchen.csv": "München.csv",
}


@pytest.mark.parametrize("given", NAMES)
def test_a_file_name_is_only_a_name(given: str) -> None:
    assert clean_file_name(given) == NAMES[given]


@pytest.mark.skipif(not STORY.exists(), reason="the public churn table is not beside this repository")
def test_the_public_churn_table_uploads_as_it_is() -> None:
    upload = read_upload(STORY.name, STORY.read_bytes())
    columns = {column.name: column for column in upload.profile.columns}
    assert (upload.profile.n_rows, len(columns)) == (7_043, 21)
    assert columns["customerID"].kind == "identifier"
    assert (columns["TotalCharges"].kind, columns["TotalCharges"].n_missing) == ("number", 11)
    assert columns["TotalCharges"].notes == ("11 cells are blank and read as missing.",)
    assert columns["Churn"].top_values == (("No", 5_174), ("Yes", 1_869))
