"""How names, words and numbers are spelled in a formula, before Python's grammar reads it.

A name with blanks or signs stands in backticks: `` `monthly fee` * 12 ``; a backtick in a name is doubled. A word
stands in quotes. Both are taken out and replaced by plain names, so that nothing written inside them is ever read as
grammar.
"""

import keyword
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from services.errors import InvalidInputError

LONGEST_TEXT = 1000
MOST_NAMES_SHOWN = 12
_QUOTED = re.compile(r"`(?P<name>(?:[^`]|``)*)`|'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<open>[`'\"])")
_NUMBER = re.compile(r"(?<![\w.])\.?\d[\w.]*")
_PLAIN_NUMBER = re.compile(r"(?:0|[1-9]\d*|[1-9]\d{0,2}(?:_\d{3})+)?(?:\.\d*)?(?:[eE]\d*)?")


@dataclass(frozen=True, slots=True)
class Spelled:
    """The text with plain names in place of what was quoted, and what each of them stands for."""

    grammar: str
    names: dict[str, str]
    words: dict[str, str]


def spell(text: str) -> Spelled:
    """Take the quoted names and words out of a formula.

    Raises
    ------
    InvalidInputError
        It is empty, too long, or has a sign or a number that a formula cannot have.
    """
    if not text.strip():
        raise InvalidInputError("The formula is empty. Write a number, or a formula with the names of columns.")
    if len(text) > LONGEST_TEXT:
        raise InvalidInputError(f"The formula has {len(text):,} characters; {LONGEST_TEXT:,} are enough.")
    spare = _spare_prefix(text)
    names: dict[str, str] = {}
    words: dict[str, str] = {}

    def take_out(match: re.Match[str]) -> str:
        if match["open"]:
            raise InvalidInputError(f"A quotation mark ({match['open']}) in the formula is opened and never closed.")
        placeholder = f"{spare}{len(names) + len(words)}"
        if match["name"] is not None:
            names[placeholder] = match["name"].replace("``", "`")
        else:
            words[placeholder] = match["single"] if match["single"] is not None else match["double"]
        return f" {placeholder} "

    grammar = _QUOTED.sub(take_out, text).strip()
    _refuse_signs(grammar)
    return Spelled(grammar, names, words)


def written(name: str) -> str:
    """The name as it is written in a formula: plain where it can be, else in backticks."""
    is_plain = name.isidentifier() and not keyword.iskeyword(name) and unicodedata.normalize("NFKC", name) == name
    return name if is_plain else "`" + name.replace("`", "``") + "`"


def unknown_name(name: str, known: Iterable[str]) -> str:
    """The sentence for a name nobody knows: the nearest one, and which there are."""
    there = list(known)
    lower = {candidate.casefold(): candidate for candidate in reversed(there)}
    close = get_close_matches(name.casefold(), lower, n=1, cutoff=0.6)
    nearest = f" Did you mean {written(lower[close[0]])}?" if close else ""
    return f"The formula names {written(_shortened(name))}, which is not known.{nearest} {known_names(there)}"


def known_names(known: Iterable[str]) -> str:
    """Which names a formula may use, as a sentence."""
    there = list(known)
    if not there:
        return "It can only use numbers here, as there are no columns yet."
    shown = ", ".join(written(_shortened(name)) for name in there[:MOST_NAMES_SHOWN])
    more = f" and {len(there) - MOST_NAMES_SHOWN:,} more" if len(there) > MOST_NAMES_SHOWN else ""
    return f"Known are {shown}{more}."


def _shortened(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:59]}…"


def _spare_prefix(text: str) -> str:
    """A beginning that no name of the text has, also not after Python made one spelling of its letters."""
    present, spare = unicodedata.normalize("NFKC", text), "quoted_"
    while spare in present:
        spare += "_"
    return spare


def _refuse_signs(grammar: str) -> None:
    for sign in ("\\", "#", "$", ";", "\0", "{", "["):
        if sign in grammar:
            shown = "a character that cannot be shown" if sign == "\0" else sign
            raise InvalidInputError(
                f"A formula cannot have {shown}. A name with signs or blanks stands in backticks: `my column`."
            )
    for number in _NUMBER.findall(grammar):
        if not _PLAIN_NUMBER.fullmatch(number):
            raise InvalidInputError(
                f"{_shortened(number)} is not a number as a formula reads it. Write 1000 or 1_000, "
                "and 0.5 with a point."
            )
