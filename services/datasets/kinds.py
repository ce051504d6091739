"""What a column is for, told from its name and its values."""

import re
from typing import Any

import pandas as pd

from services.datasets.profile import Kind

IDENTIFIER_SHARE = 0.95  # of values that occur once
MIN_ROWS_FOR_IDENTIFIER = 20
MAX_CATEGORIES = 50
CATEGORY_SHARE = 0.2  # distinct values among rows up to which text still repeats
CATEGORY_LENGTH = 60  # characters, on average
_FIRST = 100  # values that tell nearly always that a column is none of uuids

_IDENTIFIER_NAME = re.compile(r"(?:^|[^a-z])(?:id|key|no|nr|uuid|guid)$|(?<=[a-z])(?:ID|Id|Key|No|Nr|UUID)$")
_UUID_OR_HASH = r"(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{32,64})"


def kind_of(name: str, present: "pd.Series[Any]", n_distinct: int) -> Kind:
    """The kind of a typed column, from its values without gaps.

    A number is an identifier only where it is whole, nearly unique, and either counts up or down or is named like one;
    an amount with many digits is not.
    """
    if n_distinct <= 1:
        return "constant"
    if present.dtype.kind == "M":
        return "date"
    if _is_identifier(name, present, n_distinct):
        return "identifier"
    if pd.api.types.is_numeric_dtype(present.dtype):
        return "number"
    return "category" if _repeats(present, n_distinct) else "text"


def is_named_like_a_key(name: str) -> bool:
    """Whether the name ends as names of keys do: customer_id, orderNo, uuid."""
    return bool(_IDENTIFIER_NAME.search(name.strip()) or _IDENTIFIER_NAME.search(name.strip().lower()))


def _is_identifier(name: str, present: "pd.Series[Any]", n_distinct: int) -> bool:
    if len(present) < MIN_ROWS_FOR_IDENTIFIER or n_distinct < IDENTIFIER_SHARE * len(present):
        return False
    is_named_so = is_named_like_a_key(name)
    if pd.api.types.is_numeric_dtype(present.dtype):
        return _is_whole(present) and (is_named_so or _is_monotone(present))
    if is_named_so:
        return True
    first = present.iloc[:_FIRST]  # nearly all columns are told by these
    return bool(first.str.fullmatch(_UUID_OR_HASH).all()) and bool(present.str.fullmatch(_UUID_OR_HASH).all())


def _is_whole(present: "pd.Series[Any]") -> bool:
    return present.dtype.kind == "i" or bool((present.astype(float) % 1 == 0).all())


def _is_monotone(present: "pd.Series[Any]") -> bool:
    return bool(present.is_monotonic_increasing or present.is_monotonic_decreasing)


def _repeats(present: "pd.Series[Any]", n_distinct: int) -> bool:
    if present.str.len().mean() > CATEGORY_LENGTH:
        return False
    return n_distinct <= MAX_CATEGORIES or n_distinct <= CATEGORY_SHARE * len(present)
