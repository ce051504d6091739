"""What a file leaves open, as questions with a preview, and what somebody chose, so that it can be read again alike."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from services.errors import InvalidInputError

FaultyRows = Literal["refuse", "set_aside"]
DateOrder = Literal["day", "month"]
QuestionField = Literal[
    "encoding", "separator", "decimal_comma", "sheet", "faulty_rows", "renames", "date_orders", "missing_tokens"
]

PREVIEW_ROWS, PREVIEW_COLUMNS, PREVIEW_LENGTH = 6, 8, 60


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that the file does not say by itself.

    `field` names the field of `ReadingChoices` that answers it, `column` the column where it is about one. `options`
    are pairs of the value to answer with and its label, the likeliest first. `preview` shows the file's own cells: what
    they look like under an option is in `previews`, by the option's value, where that differs.
    """

    code: str
    field: QuestionField
    sentence: str
    options: tuple[tuple[str, str], ...]
    preview: tuple[tuple[str, ...], ...] = ()
    column: str | None = None
    previews: Mapping[str, tuple[tuple[str, ...], ...]] = dataclasses.field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Plain data, as stored."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Question":
        """The question that `document` wrote."""
        return cls(
            **{
                **document,
                "options": tuple((value, label) for value, label in document["options"]),
                "preview": _rows(document["preview"]),
                "previews": {value: _rows(rows) for value, rows in document["previews"].items()},
            }
        )


@dataclass(frozen=True, slots=True)
class ReadingChoices:
    """How to read a file where it could be read in several ways; what is None is told from the file, or asked.

    `renames` gives names by position (0-based), `date_orders` says per column which of two numbers is the day, and
    `missing_tokens` lists per column the spellings of "missing" (such as NA) that are values there.
    """

    encoding: str | None = None
    separator: str | None = None
    decimal_comma: bool | None = None
    sheet: str | None = None
    faulty_rows: FaultyRows = "refuse"
    renames: Mapping[int, str] = dataclasses.field(default_factory=dict)
    date_orders: Mapping[str, DateOrder] = dataclasses.field(default_factory=dict)
    missing_tokens: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Plain data, as stored."""
        found = asdict(self)
        return found | {
            "renames": {str(position): name for position, name in self.renames.items()},
            "missing_tokens": {column: list(tokens) for column, tokens in self.missing_tokens.items()},
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "ReadingChoices":
        """The choices that `document` wrote; fields it lacks are left open.

        Raises
        ------
        InvalidInputError
            A field has a value that is none of its options.
        """
        choices = cls(**{name: document[name] for name in cls.__dataclass_fields__ if name in document})
        try:
            renames = {int(position): str(name) for position, name in choices.renames.items()}
        except (ValueError, AttributeError):
            raise InvalidInputError("New names are given by the position of their column.") from None
        choices = replace(choices, renames=renames)
        _check(choices)
        return choices

    def with_answer(self, question: Question, value: str) -> "ReadingChoices":
        """These choices with a question answered by the value of one of its options.

        Raises
        ------
        InvalidInputError
            The value is none of the options.
        """
        if value not in dict(question.options):
            raise InvalidInputError("Choose one of the options that are listed.")
        answer: Any = value
        if question.field == "decimal_comma":
            answer = value == "true"
        elif question.field == "renames":
            answer = {**self.renames, **{int(position): name for position, name in json.loads(value).items()}}
        elif question.field == "date_orders":
            answer = {**self.date_orders, str(question.column): value}
        elif question.field == "missing_tokens":
            answer = {**self.missing_tokens, str(question.column): json.loads(value)}
        return replace(self, **{question.field: answer})


class ChoiceNeededError(InvalidInputError):
    """The file can be read in several ways; `questions` are to be answered before it is read again."""

    code = "choice_needed"

    def __init__(self, questions: Sequence[Question]) -> None:
        super().__init__(" ".join(question.sentence for question in questions))
        self.questions = tuple(questions)


def clip_preview(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The upper left corner of a table, with long cells cut."""
    return tuple(
        tuple(
            cell if len(cell) <= PREVIEW_LENGTH else cell[: PREVIEW_LENGTH - 1] + "…" for cell in row[:PREVIEW_COLUMNS]
        )
        for row in rows[:PREVIEW_ROWS]
    )


def _rows(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in rows)


def _check(choices: ReadingChoices) -> None:
    for name, value in (("encoding", choices.encoding), ("separator", choices.separator), ("sheet", choices.sheet)):
        if value is not None and not isinstance(value, str):
            raise InvalidInputError(f"The {name} is given as text.")
    if choices.decimal_comma not in (None, True, False) or choices.faulty_rows not in ("refuse", "set_aside"):
        raise InvalidInputError("Faulty rows are refused or set aside; a decimal comma is there or not.")
    if any(order not in ("day", "month") for order in choices.date_orders.values()):
        raise InvalidInputError("Dates begin with the day or with the month.")
    if any(isinstance(tokens, str) for tokens in choices.missing_tokens.values()):
        raise InvalidInputError("Spellings to keep are given as a list for each column.")
