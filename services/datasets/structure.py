"""A fast look at delimited text: are its quotes so plain that every reader takes them alike, and how many records?

Quotes are plain if each opening one follows a separator, a line break or a quote, and each closing one is followed by
one of them. Then a break or separator is inside a cell exactly where an odd number of quotes stands before it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_PIECE = 1024**2  # at once, so that it stays near the processor
_QUOTE, _LF, _CR = ord('"'), ord("\n"), ord("\r")


@dataclass(frozen=True, slots=True)
class Structure:
    """Whether the quotes are plain; if so, whether line breaks stand inside cells, and the number of records."""

    is_plain: bool
    has_breaks_in_cells: bool = False
    n_records: int = 0


def scan(path: Path, start: int, separator: str, say: Callable[[int], None] = lambda _n_bytes: None) -> Structure:
    """The structure of the text from the byte `start` on; `say` hears how many bytes were seen."""
    around = np.zeros(256, dtype=bool)  # what may stand outside a quote
    around[[_QUOTE, _LF, _CR, ord(separator)]] = True
    before, is_open, has_breaks, n_records = _LF, False, False, 0
    with path.open("rb") as file:
        file.seek(start)
        held = b""
        while True:
            piece = file.read(_PIECE)
            is_last = len(piece) < _PIECE
            content = held + piece + (b"\n" if is_last else b"")
            held = b"" if is_last else content[-1:]  # what follows it is not known yet
            codes = np.frombuffer(content, dtype=np.uint8)
            body = codes if is_last else codes[:-1]
            found = _scan_piece(body, codes, before, is_open, around)
            if found is None:
                return Structure(is_plain=False)
            is_open, broke, n_ended = found
            has_breaks, n_records = has_breaks or broke, n_records + n_ended
            say(file.tell())
            if is_last:
                return Structure(not is_open, has_breaks, n_records)
            before = int(body[-1])


def _scan_piece(
    body: "np.ndarray[Any, Any]",
    codes: "np.ndarray[Any, Any]",
    before: int,
    is_open: bool,
    around: "np.ndarray[Any, Any]",
) -> tuple[bool, bool, int] | None:
    """Whether a quote is open after the piece, whether a break stood inside a cell, and how many records ended."""
    is_break = body == _LF
    is_return = body == _CR
    breaks = np.flatnonzero(is_break | is_return if is_return.any() else is_break)
    quotes = np.flatnonzero(body == _QUOTE)
    if len(quotes) or is_open:
        opening, closing = (quotes[1::2], quotes[::2]) if is_open else (quotes[::2], quotes[1::2])
        ahead = np.where(opening > 0, body[opening - 1], before)
        behind = codes[np.minimum(closing + 1, len(codes) - 1)]
        if not (around[ahead].all() and around[behind].all()):
            return None
        is_inside = (np.searchsorted(quotes, breaks) + is_open) % 2 == 1
        broke, breaks = bool(is_inside.any()), breaks[~is_inside]
        is_open = (len(quotes) + is_open) % 2 == 1
    else:
        broke = False
    previous = np.where(breaks > 0, body[breaks - 1], before)
    n_ended = int(np.count_nonzero((previous != _LF) & (previous != _CR)))
    return is_open, broke, n_ended
