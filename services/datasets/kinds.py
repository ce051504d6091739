"""What a column is for, told from its name and its values."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.counted import Counted, is_text
from services.datasets.profile import Kind

IDENTIFIER_SHARE = 0.95  # of values that occur once
MIN_ROWS_FOR_IDENTIFIER = 20
MAX_CATEGORIES = 50
CATEGORY_SHARE = 0.2  # distinct values among rows up to which text still repeats
CATEGORY_LENGTH = 60  # characters, on average
_FIRST = 100  # values that tell nearly always that a column is none of uuids

_IDENTIFIER_NAME = re.compile(r"(?:^|[^a-z])(?:id|key|no|nr|uuid|guid)$|(?<=[a-z])(?:ID|Id|Key|No|Nr|UUID)$")
_UUID_OR_HASH = r"^(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{32,64})$"


def kind_of(name: str, cells: pa.ChunkedArray, counted: Counted) -> Kind:
    """The kind of a typed column, from its cells and their different values.

    A number is an identifier only where it is whole, nearly unique, and either counts up or down or is named like one;
    an amount with many digits is not.
    """
    if counted.n_distinct <= 1:
        return "constant"
    if pa.types.is_timestamp(cells.type):
        return "date"
    if _is_identifier(name, cells, counted):
        return "identifier"
    if not is_text(cells.type):
        return "number"
    return "category" if _repeats(counted) else "text"


def is_named_like_a_key(name: str) -> bool:
    """Whether the name ends as names of keys do: customer_id, orderNo, uuid."""
    return bool(_IDENTIFIER_NAME.search(name.strip()) or _IDENTIFIER_NAME.search(name.strip().lower()))


def _is_identifier(name: str, cells: pa.ChunkedArray, counted: Counted) -> bool:
    n_present = int(counted.counts.sum())
    if n_present < MIN_ROWS_FOR_IDENTIFIER or counted.n_distinct < IDENTIFIER_SHARE * n_present:
        return False
    is_named_so = is_named_like_a_key(name)
    if not is_text(cells.type):
        return _is_whole(counted) and (is_named_so or _is_monotone(cells))
    if is_named_so:
        return True
    # nearly all columns are told by a few
    return _look_like_hashes(counted.values[:_FIRST]) and _look_like_hashes(counted.values)


def _look_like_hashes(texts: pa.Array) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, _UUID_OR_HASH)).as_py())


def _is_whole(counted: Counted) -> bool:
    assert isinstance(counted.values, np.ndarray)
    return counted.values.dtype.kind == "i" or bool((counted.values.astype(float) % 1 == 0).all())


def _is_monotone(cells: pa.ChunkedArray) -> bool:
    present = cells.drop_null().to_numpy()
    return bool((present[1:] >= present[:-1]).all() or (present[1:] <= present[:-1]).all())


def _repeats(counted: Counted) -> bool:
    n_present = int(counted.counts.sum())
    n_characters = int((pc.utf8_length(counted.values).to_numpy().astype(np.int64) * counted.counts).sum())
    if n_characters > CATEGORY_LENGTH * n_present:
        return False
    return counted.n_distinct <= MAX_CATEGORIES or counted.n_distinct <= CATEGORY_SHARE * n_present
