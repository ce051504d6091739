"""What people may write into an objective: one line, not too long, that every database can store."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

NAME_LENGTH = 80
TEXT_LENGTH = 300


class Text(NamedTuple):
    """One text with its limits."""

    value: str
    longest: int = NAME_LENGTH
    is_required: bool = False


def text_problems(texts: Mapping[str, Text]) -> Iterator[str]:
    """One sentence for each text that cannot be used; the keys are the names people know them by."""
    for name, text in texts.items():
        if text.is_required and not text.value.strip():
            yield f"{name} is missing."
        elif len(text.value) > text.longest:
            yield f"{name} has {len(text.value)} characters; {text.longest} are enough."
        elif not _is_storable(text.value):
            yield f"{name} contains a character that cannot be stored. Type it again."


def _is_storable(value: str) -> bool:
    """Whether it is without NUL, which PostgreSQL refuses, and without half characters, which UTF-8 cannot spell."""
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value)
