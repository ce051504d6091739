"""One spelling for each document, so that equal content has one hash on every machine."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_EXACT = 2**53  # from here on a double no longer holds every whole number


def canonical_json(document: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; equal numbers have one spelling (1, 1.0; 0, -0.0; 1e16, 10**16).

    A database may hand back a number in another spelling than it was given: PostgreSQL's JSONB keeps 1e16 as
    10000000000000000 and -0.0 as 0.0. As in RFC 8785, whole numbers beyond 2**53 are therefore read as doubles.

    Raises
    ------
    ValueError
        The document contains NaN or an infinity, which JSON cannot spell.
    TypeError
        The document contains something that is not plain data.
    """
    text = json.dumps(_plain(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def sha256_of(document: Any) -> str:
    """The sha256 (64 hex digits) of the canonical JSON of `document`."""
    return hashlib.sha256(canonical_json(document)).hexdigest()


def _plain(part: Any) -> Any:
    if isinstance(part, Mapping):
        return {name: _plain(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_plain(value) for value in part]
    if isinstance(part, float) and part.is_integer() and abs(part) < _EXACT:
        return int(part)
    if isinstance(part, int) and not isinstance(part, bool) and abs(part) >= _EXACT:
        return _double(part)
    return part


def _double(number: int) -> float | int:
    try:
        return float(number)
    except OverflowError:
        return number
