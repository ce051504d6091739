"""Columns as a file has them, read inside the pipeline: numbers in text, dates as text, blanks and "?" for missing.

Built from named functions of pandas and the standard library, so that a stored pipeline reads them without the portal.
Each step says in a library's words what `columns.to_model_values` says in ours; a test holds them to each other.
"""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from operator import methodcaller
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import VotingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, LabelEncoder

from services.automl.columns import MISSING_TOKENS, SECONDS_PER_DAY, Column

_NO_DATE = float(np.iinfo(np.int64).min)
_MICROSECONDS_PER_DAY = SECONDS_PER_DAY * 1e6
_TOKENS = "|".join(re.escape(token) for token in sorted(MISSING_TOKENS - {""}))
# A token for missing becomes nothing, and blanks around other words are cut off.
_NOTHING_OR_BLANKS = rf"(?i)\A\s*(?:{_TOKENS})?\s*\Z|\A\s+|\s+\Z"
_FIT_ROWS = 20  # the steps learn nothing but the names of the columns


def takes_raw_columns(pipeline: Pipeline, columns: Iterable[Column], raw: pd.DataFrame) -> Pipeline:
    """A fitted pipeline on typed columns as one on the columns of a file; other columns of the file are ignored.

    Parameters
    ----------
    raw
        Some rows of the file.
    """
    return Pipeline([("read", _reading_step(tuple(columns)).fit(raw.head(_FIT_ROWS))), *pipeline.steps])


def answers_with_labels(pipeline: Pipeline, labels: Sequence[str]) -> Pipeline:
    """A fitted pipeline that answers with positions of labels as one that answers with the labels, in their order."""
    seen = np.asarray(labels, dtype=str)[np.asarray(pipeline.classes_, dtype=np.intp)]
    voting = VotingClassifier([("model", clone(pipeline))], voting="soft")  # the fitted one once: see `ensemble`
    voting.le_ = LabelEncoder()
    voting.le_.classes_ = voting.classes_ = seen
    voting.estimators_ = [pipeline]
    return Pipeline([("labels", voting)])


def _reading_step(columns: Sequence[Column]) -> ColumnTransformer:
    named = {kind: [column.name for column in columns if column.kind == kind] for kind in ("number", "date")}
    words = [column.name for column in columns if column.kind in ("category", "text")]
    parts = [
        ("number", _numbers(), named["number"]),
        ("date", _dates(), named["date"]),
        ("words", _words(), words),
    ]
    used = [part for part in parts if part[2]]
    reading = ColumnTransformer(used, verbose_feature_names_out=False).set_output(transform="pandas")
    for _, steps, _ in used:
        for _, step in steps.steps:
            step.set_output(transform="default")  # each gives a frame by itself; wrapping it again costs milliseconds
    return reading


def _numbers() -> Pipeline:
    return _calls(
        methodcaller("apply", partial(pd.to_numeric, errors="coerce")),
        methodcaller("astype", "float64"),
        methodcaller("replace", [np.inf, -np.inf], np.nan),
    )


def _dates() -> Pipeline:
    """Days since 1970-01-01; what is not a date is missing."""
    return _calls(
        methodcaller("apply", partial(pd.to_datetime, errors="coerce", format="ISO8601", utc=True)),
        methodcaller("astype", "datetime64[us, UTC]"),
        methodcaller("astype", "int64"),
        methodcaller("astype", "float64"),
        methodcaller("replace", _NO_DATE, np.nan),
        methodcaller("div", _MICROSECONDS_PER_DAY),
    )


def _words() -> Pipeline:
    """Whole numbers that stand among words are written without decimals, as they were when the model learned them."""
    return _calls(
        methodcaller("convert_dtypes"),
        methodcaller("astype", "str"),
        methodcaller("map", partial(re.sub, _NOTHING_OR_BLANKS, ""), "ignore"),
    )


def _calls(*calls: Any) -> Pipeline:
    steps = [
        (f"call_{i}", FunctionTransformer(call, feature_names_out="one-to-one")) for i, call in enumerate(calls, 1)
    ]
    return Pipeline(steps)
