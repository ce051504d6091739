"""How columns become numbers: scikit-learn pieces that learn only from the rows they are fitted on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    QuantileTransformer,
    StandardScaler,
    TargetEncoder,
)

from services.automl.columns import Column
from services.automl.task import Task

MAX_ONE_HOT = 40
_TARGET_TYPES = {Task.BINARY: "binary", Task.MULTICLASS: "multiclass", Task.REGRESSION: "continuous"}


@dataclass(frozen=True)
class Layout:
    """Which columns get which treatment. `gappy` are the numbers that are missing in some rows."""

    numbers: tuple[str, ...]
    gappy: tuple[str, ...]
    categories: tuple[str, ...]
    crowded: tuple[str, ...]
    texts: tuple[str, ...]


def layout_of(x: pd.DataFrame, columns: Iterable[Column]) -> Layout:
    """The layout of a typed frame; categories with more than 40 values are crowded."""
    columns = tuple(columns)
    numbers = tuple(column.name for column in columns if column.kind in ("number", "date"))
    words = tuple(column.name for column in columns if column.kind == "category")
    crowded = tuple(name for name in words if x[name].nunique() > MAX_ONE_HOT)
    return Layout(
        numbers=numbers,
        gappy=tuple(name for name in numbers if bool(x[name].isna().any())),
        categories=tuple(name for name in words if name not in crowded),
        crowded=crowded,
        texts=tuple(column.name for column in columns if column.kind == "text"),
    )


def linear_features(layout: Layout, task: Task, *, shape: str, seed: int) -> ColumnTransformer:
    """For models that add up: numbers of equal spread, one column per category, words weighted by rarity.

    Parameters
    ----------
    shape
        "standard" takes numbers as they are, "ranked" also by their rank: a bent line, and no say for outliers.
    """
    return _columns(
        [
            ("number", _scaled_numbers(), layout.numbers),
            ("rank", _scaled_numbers(_ranks(seed)), layout.numbers if shape == "ranked" else ()),
            ("missing", MissingIndicator(features="all"), layout.gappy),
            ("category", _words(OneHotEncoder(handle_unknown="ignore")), layout.categories),
            ("crowded", _words(_target_means(task, seed), ("scale", StandardScaler())), layout.crowded),
            *((f"text {i}", _text(), (name,)) for i, name in enumerate(layout.texts)),
        ],
        sparse_threshold=0.3,
    )


def tree_features(layout: Layout, task: Task, *, fill: bool, seed: int) -> ColumnTransformer:
    """For trees: numbers as they are, categories as codes, the main themes of texts. All dense.

    Parameters
    ----------
    fill
        Replace missing numbers by the median and mark them; for trees that cannot branch on a missing number.
    """
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    numbers = SimpleImputer(strategy="median", keep_empty_features=True) if fill else "passthrough"
    return _columns(
        [
            ("number", numbers, layout.numbers),
            ("missing", MissingIndicator(features="all"), layout.gappy if fill else ()),
            ("category", _words(codes), layout.categories),
            ("crowded", _words(_target_means(task, seed)), layout.crowded),
            *((f"text {i}", _themes(seed), (name,)) for i, name in enumerate(layout.texts)),
        ],
        sparse_threshold=0.0,
    )


def _columns(parts: list[tuple[str, Any, tuple[str, ...]]], *, sparse_threshold: float) -> ColumnTransformer:
    used = [(name, transformer, list(columns)) for name, transformer, columns in parts if columns]
    return ColumnTransformer(used, sparse_threshold=sparse_threshold)


def _scaled_numbers(*before: tuple[str, Any]) -> Pipeline:
    fill = SimpleImputer(strategy="median", keep_empty_features=True)
    return Pipeline([("fill", fill), *before, ("scale", StandardScaler())])


def _ranks(seed: int) -> tuple[str, QuantileTransformer]:
    """The share of training rows below a number: uniform, because a normal shape has no ONNX twin."""
    return "rank", QuantileTransformer(n_quantiles=31, output_distribution="uniform", random_state=seed)


def _words(encoder: Any, *further: tuple[str, Any]) -> Pipeline:
    """A missing word is a word of its own."""
    return Pipeline([("fill", SimpleImputer(strategy="constant", fill_value="")), ("encode", encoder), *further])


def _target_means(task: Task, seed: int) -> TargetEncoder:
    """The mean outcome of each value, fitted crosswise within the training rows."""
    folds = StratifiedKFold if task.is_classification else KFold
    return TargetEncoder(target_type=_TARGET_TYPES[task], cv=folds(5, shuffle=True, random_state=seed))


def _text() -> Pipeline:
    return Pipeline(
        [
            ("fill", SimpleImputer(strategy="constant", fill_value="")),
            ("flatten", FunctionTransformer(np.ravel)),
            ("weigh", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_features=30_000)),
        ]
    )


def _themes(seed: int) -> Pipeline:
    return Pipeline([*_text().steps, ("themes", TruncatedSVD(n_components=30, random_state=seed))])
