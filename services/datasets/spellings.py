"""Which characters a column of text uses, told from its bytes at once, so that costly questions are asked rarely."""

from enum import IntFlag
from typing import Any

import numpy as np
import pyarrow as pa


class Signs(IntFlag):
    """Classes of bytes."""

    DIGIT = 1
    POINT = 2
    COMMA = 4
    SIGN = 8  # plus and minus
    EXPONENT = 16  # e and E
    BLANK = 32  # spaces and control characters
    OTHER = 64
    BEYOND_ASCII = 128


PLAIN_NUMBER = Signs.DIGIT | Signs.POINT | Signs.SIGN | Signs.EXPONENT


def _classes() -> "np.ndarray[Any, np.dtype[np.uint8]]":
    table = np.full(256, Signs.OTHER, dtype=np.uint8)
    table[:33], table[127], table[128:] = Signs.BLANK, Signs.BLANK, Signs.BEYOND_ASCII
    for characters, sign in (
        (b"0123456789", Signs.DIGIT),
        (b".", Signs.POINT),
        (b",", Signs.COMMA),
        (b"+-", Signs.SIGN),
        (b"eE", Signs.EXPONENT),
    ):
        table[list(characters)] = sign
    return table


_CLASSES = _classes()


def find_signs(cells: pa.ChunkedArray) -> Signs:
    """The classes of all bytes in the cells (those of nulls may be among them)."""
    found = 0
    for chunk in cells.chunks:
        data, _ = _bytes_and_offsets(chunk)
        if len(data):
            found |= int(np.bitwise_or.reduce(_CLASSES[data]))
    return Signs(found)


def has_leading_zeros(cells: pa.ChunkedArray) -> bool:
    """Whether any cell, after its sign, begins with a zero and another digit. All cells are ASCII."""
    return any(_chunk_has_leading_zeros(chunk) for chunk in cells.chunks)


def _chunk_has_leading_zeros(chunk: pa.Array) -> bool:
    data, offsets = _bytes_and_offsets(chunk)
    starts, ends = offsets[:-1], offsets[1:]
    long = ends - starts >= 2
    starts, ends = starts[long], ends[long]
    is_signed = _CLASSES[data[starts]] == Signs.SIGN
    starts = starts + is_signed
    starts = starts[ends - starts >= 2]
    is_zero = data[starts] == ord("0")
    return bool((_CLASSES[data[starts[is_zero] + 1]] == Signs.DIGIT).any())


def _bytes_and_offsets(chunk: pa.Array) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]":
    _, offset_buffer, data_buffer = chunk.buffers()
    if len(chunk) == 0 or data_buffer is None:
        return np.zeros(0, dtype=np.uint8), np.zeros(len(chunk) + 1, dtype=np.int32)
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    data = np.frombuffer(data_buffer, dtype=np.uint8)[offsets[0] : offsets[-1]]
    return data, offsets - offsets[0]
