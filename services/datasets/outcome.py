"""What comes of reading a file: a table with the report of how it was read, questions, or a refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from services.datasets.choices import ChoiceNeededError, Question
from services.datasets.errors import UnreadableFileError
from services.datasets.profile import TableProfile

TABLE, SET_ASIDE = "table.parquet", "set_aside.csv"


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """What one column was read as ("number", "whole number", "date", "text" or "empty"), and why."""

    name: str
    type: str
    reason: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """How a file was read: everything that was decided on the way, by the file or by a person.

    `encoding`, `separator` and `decimal_sign` are empty where the format has none. `n_set_aside` rows were left out
    because somebody chose so. `warnings` are about the file as a whole, `columns[].notes` about a column.
    """

    format: str
    n_bytes: int
    n_rows: int
    n_set_aside: int
    columns: tuple[ColumnReading, ...]
    encoding: str = ""
    separator: str = ""
    decimal_sign: str = ""
    sheet: str = ""
    warnings: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Plain data, as stored."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "ReadingReport":
        """The report that `document` wrote."""
        columns = tuple(ColumnReading(**{**column, "notes": tuple(column["notes"])}) for column in document["columns"])
        return cls(**{**document, "columns": columns, "warnings": tuple(document["warnings"])})


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A file that was read: the typed table (Parquet) and, where rows were set aside, those with their line numbers."""

    profile: TableProfile
    report: ReadingReport
    table: Path
    set_aside: Path | None = None


def refusal(sentence: str) -> dict[str, Any]:
    """The answer that the file cannot be read."""
    return {"refusal": sentence}


def questions(asked: Sequence[Question]) -> dict[str, Any]:
    """The answer that something must be chosen first."""
    return {"questions": [question.document() for question in asked]}


def table(profile: TableProfile, report: ReadingReport) -> dict[str, Any]:
    """The answer that the file was read; the table is beside it."""
    return {"profile": profile.document(), "report": report.document()}


def take_over(answer: Mapping[str, Any]) -> tuple[TableProfile, ReadingReport]:
    """What an answer says.

    Raises
    ------
    UnreadableFileError
        The answer is a refusal.
    ChoiceNeededError
        The answer is questions.
    """
    if "refusal" in answer:
        raise UnreadableFileError(str(answer["refusal"]))
    if "questions" in answer:
        raise ChoiceNeededError([Question.from_document(question) for question in answer["questions"]])
    return TableProfile.from_document(answer["profile"]), ReadingReport.from_document(answer["report"])
