"""One spelling for each document, so that equal content has one hash on every machine."""

import hashlib
import json
from typing import Any


def canonical_json(document: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces.

    Raises
    ------
    ValueError
        The document contains NaN or an infinity, which JSON cannot spell.
    TypeError
        The document contains something that is not plain data.
    """
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def sha256_of(document: Any) -> str:
    """The sha256 (64 hex digits) of the canonical JSON of `document`."""
    return hashlib.sha256(canonical_json(document)).hexdigest()
