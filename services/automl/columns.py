"""What the columns of a table mean to a model: numbers, categories, free text, dates, and what is of no use.

Free of machine-learning imports, so that rows to be scored are typed by the same code as the rows of training.
"""

import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Kind = Literal["number", "category", "text", "date", "identifier", "constant"]
USABLE_KINDS = frozenset({"number", "category", "text", "date"})

MISSING_TOKENS = frozenset({"", "?", "na", "n/a", "nan", "null", "none"})
SECONDS_PER_DAY = 86_400

_IDENTIFIER_NAME = re.compile(
    r"(^|_|\s|[a-z](?=I))(id|uuid|guid|key)$|^(id|uuid|guid|key)(_|\s)|^(row|index|no)$", re.IGNORECASE
)
_LEADING_ZERO = re.compile(r"^[+-]?0\d")
_DAY = re.compile(r"^\d{4}-\d{1,2}-\d{1,2}")
_MIN_WORDS_OF_TEXT = 2.5
_MIN_DISTINCT_SHARE_OF_TEXT = 0.2
_MIN_DISTINCT_SHARE_OF_IDENTIFIER = 0.95
_SAMPLE = 2_000
_FEW_ROWS = 100
_FIRST = 20  # most columns of words are told from numbers and dates by these, without reading the others


@dataclass(frozen=True)
class Column:
    """One column and what it means; `note` says why it is left out, where it is."""

    name: str
    kind: Kind
    note: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether a model can learn from this kind of column."""
        return self.kind in USABLE_KINDS


def describe_columns(frame: pd.DataFrame) -> tuple[Column, ...]:
    """The meaning of each column, in order.

    Parameters
    ----------
    frame
        As read from a file: numbers may be text, with blanks or "?" for missing values, and dates may be text.
    """
    return tuple(_describe(str(name), frame[name]) for name in frame.columns)


def is_named_identifier(name: str) -> bool:
    """Whether a column is called like what names rows or cases: id, uuid, key."""
    return bool(_IDENTIFIER_NAME.search(name))


def model_frame(frame: pd.DataFrame, columns: Iterable[Column]) -> pd.DataFrame:
    """The usable columns in the form a pipeline takes.

    Numbers are float64; dates are float64 days since 1970-01-01; categories and text are pandas `str`. Missing is NaN.
    """
    used = [column for column in columns if column.is_usable]
    found = _read_together(frame, used) if len(frame) <= _FEW_ROWS else {}
    read = {
        column.name: found[column.name]
        if column.name in found
        else to_model_values(frame[column.name], column.kind).array
        for column in used
    }
    return pd.DataFrame(read, index=pd.RangeIndex(len(frame)))


def _read_together(frame: pd.DataFrame, columns: Sequence[Column]) -> dict[str, Any]:
    """Columns of text and of numbers as `to_model_values` reads them, all of a kind in one go.

    A model is asked for one row at a time, for which pandas takes as long as for 1,000: once for each column.
    """
    n, types = len(frame), frame.dtypes
    numbers = [column for column in columns if column.kind == "number" and _is_plain_number(types[column.name])]
    texts = [column for column in columns if pd.api.types.is_string_dtype(types[column.name])]
    read: dict[str, Any] = {}
    if numbers:
        names = [column.name for column in numbers]
        matrix = frame[names].to_numpy(dtype="float64")
        read |= zip(names, np.where(np.isfinite(matrix), matrix, np.nan).T, strict=True)
    for kind in {column.kind for column in texts}:
        names = [column.name for column in texts if column.kind == kind]
        joined = pd.Series(frame[names].to_numpy(dtype=object).T.ravel(), dtype=object)
        values = to_model_values(joined, kind).array
        read |= {name: values[place * n : (place + 1) * n] for place, name in enumerate(names)}
    return read


def _is_plain_number(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind in "fiu"


def to_model_values(values: "pd.Series[Any]", kind: str) -> "pd.Series[Any]":
    """One column as a pipeline takes it; what cannot be read as a number or a date becomes missing."""
    values = values.reset_index(drop=True)
    if kind == "number":
        return as_numbers(values)
    if kind == "date":
        return as_days(values)
    return as_words(values)


def as_numbers(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """float64; infinite values and what is not a number are missing."""
    # In NumPy, as below in Arrow: a model is asked for one row at a time, for which pandas takes as long as for 1,000.
    if not pd.api.types.is_numeric_dtype(values.dtype):
        values = pd.to_numeric(as_words(values), errors="coerce")
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    return pd.Series(np.where(np.isfinite(numbers), numbers, np.nan), index=values.index, name=values.name)


def as_days(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Days since 1970-01-01 as float64; what is not a date is missing."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.astype("float64")
    if not pd.api.types.is_datetime64_any_dtype(values.dtype):
        values = pd.to_datetime(as_words(values), errors="coerce", format="ISO8601", utc=True)
    if getattr(values.dtype, "tz", None) is not None:
        values = values.dt.tz_convert(None)
    seconds = (values - pd.Timestamp(0)).dt.total_seconds()
    return cast("pd.Series[Any]", (seconds / SECONDS_PER_DAY).astype("float64"))


def as_words(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Text without surrounding blanks; blanks and tokens such as "?" or "NA" are missing."""
    if pd.api.types.is_float_dtype(values.dtype):
        values = values.map(_shortest, na_action="ignore")
    words = values.astype("str").str.strip()
    tokens = pa.array(sorted(MISSING_TOKENS))
    is_missing = np.asarray(pc.is_in(pa.array(words.str.lower().array), value_set=tokens), dtype=bool)
    return words.mask(is_missing) if is_missing.any() else words


def _shortest(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _describe(name: str, values: "pd.Series[Any]") -> Column:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _varying(name, "date", values)
    if pd.api.types.is_numeric_dtype(values.dtype):
        return _described_numbers(name, as_numbers(values))
    return _described_words(name, as_words(values))


def _described_numbers(name: str, numbers: "pd.Series[Any]") -> Column:
    if _counts_rows(name, numbers):
        return Column(name, "identifier", "It numbers the rows.")
    return _varying(name, "number", numbers)


def _described_words(name: str, words: "pd.Series[Any]") -> Column:
    known = words.dropna()
    if _all_numbers(known):
        return _described_numbers(name, as_numbers(words))
    if _all_dates(known):
        return _varying(name, "date", known)
    if _is_free_text(known):
        return Column(name, "text")
    if len(known) and known.nunique() >= _MIN_DISTINCT_SHARE_OF_IDENTIFIER * len(words) and len(words) > 1:
        return Column(name, "identifier", "Almost every row has a value of its own.")
    return _varying(name, "category", known)


def _varying(name: str, kind: Kind, values: "pd.Series[Any]") -> Column:
    n_distinct = values.nunique()
    if n_distinct > 1 or (n_distinct == 1 and kind == "number" and bool(values.isna().any())):
        return Column(name, kind)
    note = "It is empty." if n_distinct == 0 else "It has the same value in every row."
    return Column(name, "constant", note)


def _counts_rows(name: str, numbers: "pd.Series[Any]") -> bool:
    known = numbers.dropna()
    if len(known) < 2 or bool((known % 1 != 0).any()):
        return False
    if known.nunique() < _MIN_DISTINCT_SHARE_OF_IDENTIFIER * len(numbers):
        return False
    steps = known.diff().dropna()
    return is_named_identifier(name) or bool((steps == 1).all())


def _all_numbers(words: "pd.Series[Any]") -> bool:
    if not len(words) or not bool(pd.to_numeric(words.head(_FIRST), errors="coerce").notna().all()):
        return False
    if bool(words.head(_SAMPLE).str.match(_LEADING_ZERO.pattern).any()):
        return False
    return bool(pd.to_numeric(words, errors="coerce").notna().all())


def _all_dates(words: "pd.Series[Any]") -> bool:
    if not len(words) or not all(bool(words.head(n).str.match(_DAY.pattern).all()) for n in (_FIRST, _SAMPLE)):
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool(pd.to_datetime(words, errors="coerce", format="ISO8601", utc=True).notna().all())


def _is_free_text(words: "pd.Series[Any]") -> bool:
    sample = words.head(_SAMPLE)
    if not len(sample) or sample.nunique() < _MIN_DISTINCT_SHARE_OF_TEXT * len(sample):
        return False
    return float(sample.str.count(r"\S+").mean()) >= _MIN_WORDS_OF_TEXT
