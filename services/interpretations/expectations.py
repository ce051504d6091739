"""What one person expects of a model before they see what drives it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from services.errors import InvalidInputError

MOST_COLUMNS = 6
TEXT_LENGTH = 2_000
UNKNOWN = "unknown"
DIRECTIONS = {"raises": "Raises it", "lowers": "Lowers it", UNKNOWN: "Cannot say"}
_MOST_NAMED = 80  # characters of a name that is repeated in a refusal


@dataclass(frozen=True, slots=True)
class Expected:
    """A column that should matter, and what more of it should do to the outcome: a key of `DIRECTIONS`."""

    column: str
    direction: str = UNKNOWN

    def document(self) -> dict[str, str]:
        """As plain data, to be stored."""
        return asdict(self)


def checked_expectation(said: Sequence[Mapping[str, Any]], columns: Collection[str]) -> tuple[Expected, ...]:
    """What somebody expects, as it can be compared with a model.

    Parameters
    ----------
    said
        {"column", "direction"} for each column; a missing direction is `UNKNOWN`.
    columns
        Those the model takes.

    Raises
    ------
    InvalidInputError
        Nothing is named, or more than `MOST_COLUMNS`, or a column twice, or one the model does not take, or a
        direction that is none; one sentence for each.
    """
    expected = [Expected(str(one.get("column", "")), str(one.get("direction", UNKNOWN))) for one in said]
    problems = []
    if not expected:
        problems.append("Name at least one column you expect to matter, or skip the question with a reason.")
    if len(expected) > MOST_COLUMNS:
        problems.append(f"You named {len(expected)} columns; the {MOST_COLUMNS} that matter most are enough.")
    names = [one.column for one in expected]
    for name in dict.fromkeys(names):
        if name not in columns:
            problems.append(f"The model does not take a column “{name[:_MOST_NAMED]}”. Choose from its columns.")
        elif names.count(name) > 1:
            problems.append(f"“{name}” is named twice. Name it once.")
    if any(one.direction not in DIRECTIONS for one in expected):
        problems.append("A column raises the outcome, lowers it, or you cannot say: choose one of the three.")
    if problems:
        raise InvalidInputError(*problems)
    return tuple(expected)


def read_expectation(document: Sequence[Mapping[str, str]]) -> tuple[Expected, ...]:
    """What was stored with `Expected.document`."""
    return tuple(Expected(one["column"], one["direction"]) for one in document)


def checked_sentence(text: str, lacking: str) -> str:
    """What a person wrote, on one line and without what cannot be stored.

    Parameters
    ----------
    lacking
        What to say where nothing was written.

    Raises
    ------
    InvalidInputError
        It is empty or too long.
    """
    text = " ".join(text.replace("\x00", "").split())
    if not text:
        raise InvalidInputError(lacking)
    if len(text) > TEXT_LENGTH:
        raise InvalidInputError(f"The text has {len(text):,} characters; {TEXT_LENGTH:,} are enough.")
    return text
