"""Amounts as people paste them. A text that can be read in two ways is asked about, never guessed."""

import re

from services.errors import InvalidInputError

_ENGLISH = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)
_EUROPEAN = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")


def readings(text: str) -> tuple[float, ...]:
    """Every amount that the text can mean, the smallest first: two for "1.234", one for "1.234,56", none for "n/a"."""
    plain = _SPACES.sub("", text).replace("−", "-")
    found = set()
    if _ENGLISH.fullmatch(plain):
        found.add(float(plain.replace(",", "")))
    if _EUROPEAN.fullmatch(plain):
        found.add(float(plain.replace(".", "").replace(",", ".")))
    return tuple(sorted(found))


def read_amount(text: str, name: str) -> float:
    """The one amount that the text can mean.

    Raises
    ------
    InvalidInputError
        It is no amount, or could be two.
    """
    found = readings(text)
    if not found:
        raise InvalidInputError(f"{name}: “{text.strip()[:40]}” is not a number. Type digits only, such as 1234.56.")
    if len(found) > 1:
        small, large = found if abs(found[0]) < abs(found[1]) else found[::-1]
        raise InvalidInputError(
            f"{name}: “{text.strip()[:40]}” can mean {small:.10g} or {large:.10g}. Type it without a separator of "
            "thousands."
        )
    return found[0]
