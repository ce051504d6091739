"""What a reading is asked for and what it answers, as the plain documents that a job keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.datasets.choices import Question, ReadingChoices
from services.datasets.outcome import ReadingReport
from services.errors import InvalidInputError
from services.jobs.views import JobView

KIND = "dataset.read"


@dataclass(frozen=True, slots=True)
class ReadingRequest:
    """A stored file to read: what the person called it, its digest and size, and what they chose so far."""

    file_name: str
    source_sha256: str
    n_bytes: int
    choices: ReadingChoices

    def document(self) -> dict[str, Any]:
        """Plain data, as stored."""
        return {
            "file_name": self.file_name,
            "source_sha256": self.source_sha256,
            "n_bytes": self.n_bytes,
            "choices": self.choices.document(),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "ReadingRequest":
        """The request that `document` wrote."""
        choices = ReadingChoices.from_document(document["choices"])
        return cls(str(document["file_name"]), str(document["source_sha256"]), int(document["n_bytes"]), choices)


@dataclass(frozen=True, slots=True)
class Received:
    """A file that became a version: which one, how it was read, and the file of the rows that were set aside.

    `is_new` is False where the latest version has these bytes already, read with the same choices.
    """

    dataset_id: str
    version: int
    report: ReadingReport
    set_aside_sha256: str | None = None
    is_new: bool = True

    def document(self) -> dict[str, Any]:
        """Plain data, as stored."""
        return {
            "dataset_id": self.dataset_id,
            "version": self.version,
            "report": self.report.document(),
            "set_aside_sha256": self.set_aside_sha256,
            "is_new": self.is_new,
        }


def questions_document(questions: Sequence[Question]) -> dict[str, Any]:
    """The result of a reading that needs answers first."""
    return {"questions": [question.document() for question in questions]}


def open_questions(job: JobView) -> tuple[Question, ...]:
    """What a reading asked and nobody has answered yet."""
    asked = (job.result or {}).get("questions", ())
    return tuple(Question.from_document(question) for question in asked)


def find_received(job: JobView) -> Received | None:
    """What a reading produced; None while, or if, it produced nothing."""
    result = job.result or {}
    if "dataset_id" not in result:
        return None
    report = ReadingReport.from_document(result["report"])
    is_new = bool(result.get("is_new", True))
    return Received(str(result["dataset_id"]), int(result["version"]), report, result["set_aside_sha256"], is_new)


def with_answers(choices: ReadingChoices, questions: Sequence[Question], answers: Sequence[str]) -> ReadingChoices:
    """The choices with every question answered, in the order in which they were asked.

    Raises
    ------
    InvalidInputError
        An answer is missing, or is none of its question's options.
    """
    if len(answers) != len(questions):
        raise InvalidInputError(f"Answer each of the {len(questions)} questions; {len(answers)} are answered.")
    for question, value in zip(questions, answers, strict=True):
        choices = choices.with_answer(question, value)
    return choices
