"""Read a table to score as the table was read that the model learned from, where it could be read in several ways."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from services.datasets.choices import ChoiceNeededError, DateOrder, Question, ReadingChoices
from services.datasets.dates import find_order
from services.datasets.errors import UnreadableFileError
from services.datasets.intake import read_upload
from services.datasets.tables import read_table

_MAX_ROUNDS = 6  # a file asks about its letters first, then its separator, its names, its columns
_ADVICE = (
    "Nothing can be chosen here: save the table as the one that the model learned from was saved, with dates such as "
    "2024-12-31, and score it again."
)


def read_batch(file_name: str, content: bytes, *, origin: Mapping[str, Any]) -> pd.DataFrame:
    """The table in the file. Takes seconds; call it outside a transaction.

    What was chosen about columns holds here too. A question about the file as a whole is answered as it was then, if
    that is one of its options. Choices for columns that are not there mean nothing, and faulty rows are always refused:
    nobody would miss their answers.

    Parameters
    ----------
    origin
        How the version was read that the model learned from, as `Dataset.origin` has it.

    Raises
    ------
    UnreadableFileError
        The file is no table, or what was chosen then leaves it open how to read it.
    """
    known = _known(origin)
    choices = ReadingChoices(
        decimal_comma=False if known.decimal_comma is False else None,  # yes only where asked: points are read too
        date_orders=known.date_orders,
        missing_tokens=known.missing_tokens,
    )
    for _ in range(_MAX_ROUNDS):
        try:
            return read_table(read_upload(file_name, content, choices=choices, min_rows=1).table)
        except ChoiceNeededError as error:
            asked = error
        answers = [(question, _answer(question, known)) for question in asked.questions]
        if any(value is None for _, value in answers):
            break
        for question, value in answers:
            choices = choices.with_answer(question, str(value))
    raise UnreadableFileError(f"{asked.sentence} {_ADVICE}")


def _known(origin: Mapping[str, Any]) -> ReadingChoices:
    """What was chosen, and what the file said by itself where that may be ambiguous in a smaller one."""
    choices = ReadingChoices.from_document(origin.get("choices", {}))
    report = origin.get("report", {})
    told: dict[str, DateOrder] = {}
    for column in report.get("columns", ()):
        if order := find_order(column["reason"]):
            told[column["name"]] = order
    is_comma = choices.decimal_comma is None and report.get("decimal_sign") == ","
    return ReadingChoices(
        encoding=choices.encoding or report.get("encoding") or None,
        separator=choices.separator or report.get("separator") or None,
        decimal_comma=True if is_comma else choices.decimal_comma,
        sheet=choices.sheet,
        renames=choices.renames,
        date_orders={**told, **choices.date_orders},
        missing_tokens=choices.missing_tokens,
    )


def _answer(question: Question, known: ReadingChoices) -> str | None:
    """The option that was taken then, None where it is not offered now."""
    for value, _ in question.options:
        if question.field == "renames":
            proposed = {int(position): name for position, name in json.loads(value).items()}
            if proposed.items() <= dict(known.renames).items():
                return value
        elif question.field == "decimal_comma":
            if known.decimal_comma is (value == "true"):
                return value
        elif question.field in ("encoding", "separator", "sheet") and value == getattr(known, question.field):
            return value
    return None
