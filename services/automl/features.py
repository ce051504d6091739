"""How columns become numbers: scikit-learn pieces that learn only from the rows they are fitted on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    QuantileTransformer,
    StandardScaler,
    TargetEncoder,
)

from services.automl.columns import Column
from services.automl.task import Task

View = Literal["codes", "filled", "means", "scaled", "ranked"]

MAX_ONE_HOT = 40
MAX_LEVELS = 31
_FIRST_ROWS = 500
_TARGET_TYPES = {Task.BINARY: "binary", Task.MULTICLASS: "multiclass", Task.REGRESSION: "continuous"}
_DAYS_OF_WEEK, _DAYS_OF_YEAR = 7.0, 365.25  # exact in 32 bits, in which some twins calculate
_MIN_DAYS_OF_SEASONS = 60.0


@dataclass(frozen=True)
class Layout:
    """Which columns get which treatment.

    Attributes
    ----------
    numbers
        Numbers, and dates as days.
    gappy
        The numbers that are missing in some rows.
    crowded
        Categories with more than 40 values.
    levels
        Whole numbers with few different values, such as an hour or a grade: each may matter by itself.
    timed, seasonal
        The dates that have a time of day, and those that span enough of a year to have seasons.
    """

    numbers: tuple[str, ...]
    gappy: tuple[str, ...]
    categories: tuple[str, ...]
    crowded: tuple[str, ...]
    texts: tuple[str, ...]
    levels: tuple[str, ...]
    dates: tuple[str, ...]
    timed: tuple[str, ...]
    seasonal: tuple[str, ...]


def layout_of(x: pd.DataFrame, columns: Iterable[Column]) -> Layout:
    """The layout of a typed frame.

    Columns are ordered by what they hold, so that neither their place in the file nor their names have a say in models
    that draw columns at random.
    """
    columns = tuple(sorted(columns, key=lambda column: _content(x[column.name].head(_FIRST_ROWS))))
    numbers = tuple(column.name for column in columns if column.kind in ("number", "date"))
    words = tuple(column.name for column in columns if column.kind == "category")
    crowded = tuple(name for name in words if x[name].nunique() > MAX_ONE_HOT)
    dates = tuple(column.name for column in columns if column.kind == "date")
    return Layout(
        numbers=numbers,
        gappy=tuple(name for name in numbers if bool(x[name].isna().any())),
        categories=tuple(name for name in words if name not in crowded),
        crowded=crowded,
        texts=tuple(column.name for column in columns if column.kind == "text"),
        levels=tuple(column.name for column in columns if column.kind == "number" and _has_levels(x[column.name])),
        dates=dates,
        timed=tuple(name for name in dates if bool((x[name].dropna() % 1 != 0).any())),
        seasonal=tuple(name for name in dates if float(x[name].max() - x[name].min()) > _MIN_DAYS_OF_SEASONS),
    )


def _content(values: "pd.Series[Any]") -> bytes:
    """The order of numbers, or which words are the same: no unit and no name changes it."""
    if values.dtype.kind == "f":
        return b"number" + values.to_numpy().argsort(kind="stable").tobytes()
    return b"word" + pd.factorize(values)[0].tobytes()


def features_for(view: View, layout: Layout, task: Task, *, seed: int) -> ColumnTransformer:
    """The unfitted features of a view.

    Parameters
    ----------
    view
        For trees "codes" (categories as codes, gaps stay), "filled" (the same with gaps filled and marked) or "means"
        (each category as the mean outcome of its rows). For models that add up "scaled" (equal spread, one column per
        category, words by rarity) or "ranked" (numbers also by their rank: a bent line, and no say for outliers).
    """
    if view in ("scaled", "ranked"):
        return _for_sums(layout, task, is_ranked=view == "ranked", seed=seed)
    return _for_trees(layout, task, is_filled=view == "filled", in_means=view == "means", seed=seed)


def _for_sums(layout: Layout, task: Task, *, is_ranked: bool, seed: int) -> ColumnTransformer:
    return _columns(
        [
            ("number", _scaled_numbers(("range", MinMaxScaler(clip=True))), layout.numbers),
            ("rank", _scaled_numbers(_ranks(seed)), layout.numbers if is_ranked else ()),
            ("level", _levels(), layout.levels),
            ("missing", _gaps(), layout.gappy),
            ("weekday", _bins_of(_DAYS_OF_WEEK, 7), layout.dates),
            ("season", _bins_of(_DAYS_OF_YEAR, 12), layout.seasonal),
            ("hour", _bins_of(1.0, 24), layout.timed),
            ("category", _words(OneHotEncoder(handle_unknown="ignore")), layout.categories),
            ("crowded", _words(_target_means(task, seed), ("scale", StandardScaler())), layout.crowded),
            *((f"text {i}", _text(), (name,)) for i, name in enumerate(layout.texts)),
        ],
        sparse_threshold=0.3,
    )


def _for_trees(layout: Layout, task: Task, *, is_filled: bool, in_means: bool, seed: int) -> ColumnTransformer:
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    numbers = Pipeline(_filled()) if is_filled else "passthrough"
    return _columns(
        [
            ("number", numbers, layout.numbers),
            ("missing", _gaps(), layout.gappy if is_filled else ()),
            ("weekday", _part_of(_DAYS_OF_WEEK, is_filled), layout.dates),
            ("season", _part_of(_DAYS_OF_YEAR, is_filled), layout.seasonal),
            ("hour", _part_of(1.0, is_filled), layout.timed),
            ("category", _words(_target_means(task, seed) if in_means else codes), layout.categories),
            ("crowded", _words(_target_means(task, seed)), layout.crowded),
            *((f"text {i}", _themes(seed), (name,)) for i, name in enumerate(layout.texts)),
            *((f"words of text {i}", _count("word"), (name,)) for i, name in enumerate(layout.texts)),
            *((f"length of text {i}", _count("char"), (name,)) for i, name in enumerate(layout.texts)),
        ],
        sparse_threshold=0.0,
    )


def _columns(parts: list[tuple[str, Any, tuple[str, ...]]], *, sparse_threshold: float) -> ColumnTransformer:
    used = [(name, transformer, list(columns)) for name, transformer, columns in parts if columns]
    return ColumnTransformer(used, sparse_threshold=sparse_threshold)


def _as_matrix(kind: str = "float64") -> tuple[str, FunctionTransformer]:
    """Columns as one matrix: what follows looks at a matrix once, and at a frame column by column, ten times slower."""
    return "matrix", FunctionTransformer(np.asarray, kw_args={"dtype": kind}, feature_names_out="one-to-one")


def _filled() -> list[tuple[str, Any]]:
    return [_as_matrix(), ("fill", SimpleImputer(strategy="median", keep_empty_features=True))]


def _gaps() -> Pipeline:
    return Pipeline([_as_matrix(), ("mark", MissingIndicator(features="all"))])


def _scaled_numbers(*before: tuple[str, Any]) -> Pipeline:
    """Numbers of equal spread. What lies outside the range of training counts as its end: a sum must not run away."""
    return Pipeline([*_filled(), *before, ("scale", StandardScaler())])


def _ranks(seed: int) -> tuple[str, QuantileTransformer]:
    """The share of training rows below a number: uniform, because a normal shape has no ONNX twin."""
    return "rank", QuantileTransformer(n_quantiles=31, output_distribution="uniform", random_state=seed)


def _has_levels(values: "pd.Series[Any]") -> bool:
    known = values.dropna()
    return 3 <= known.nunique() <= MAX_LEVELS and bool((known % 1 == 0).all())


def _levels() -> Pipeline:
    """What lies between two levels, as a median may, counts as the nearest: a twin in ONNX knows whole numbers only."""
    whole = FunctionTransformer(np.round, feature_names_out="one-to-one")
    return Pipeline([*_filled(), ("whole", whole), ("encode", OneHotEncoder(handle_unknown="ignore"))])


def _part_of(period: float, is_filled: bool) -> Pipeline:
    """Where in a week, a year or a day a date falls, in days from the start of the period."""
    steps = [("part", _remainder(period))]
    if is_filled:
        steps.append(("fill", SimpleImputer(strategy="median", keep_empty_features=True)))
    return Pipeline(steps)


def _bins_of(period: float, n: int) -> Pipeline:
    """The same as one column for each day of the week, month or hour."""
    fill = SimpleImputer(strategy="median", keep_empty_features=True)
    bins = KBinsDiscretizer(n_bins=n, encode="onehot-dense", strategy="uniform", subsample=None)
    return Pipeline([("part", _remainder(period)), ("fill", fill), ("bins", bins)])


def _remainder(period: float) -> FunctionTransformer:
    """The remainder of a division, as an interpolation on a line that starts again after each period."""
    line = [0.0, period * (1.0 - 1e-9)]
    return FunctionTransformer(
        np.interp, kw_args={"xp": line, "fp": line, "period": period}, feature_names_out="one-to-one"
    )


def _words(encoder: Any, *further: tuple[str, Any]) -> Pipeline:
    """A missing word is a word of its own."""
    return Pipeline([*_no_gaps(), ("encode", encoder), *further])


def _target_means(task: Task, seed: int) -> TargetEncoder:
    """The mean outcome of each value, fitted crosswise within the training rows."""
    folds = StratifiedKFold if task.is_classification else KFold
    return TargetEncoder(target_type=_TARGET_TYPES[task], cv=folds(5, shuffle=True, random_state=seed))


def _text(*further: tuple[str, Any]) -> Pipeline:
    weigh = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_features=30_000)
    return Pipeline([*_flat(), ("weigh", weigh), *further])


def _themes(seed: int) -> Pipeline:
    return _text(("themes", TruncatedSVD(n_components=30, random_state=seed)))


def _count(unit: str) -> Pipeline:
    """How many words or characters a text has: all of them fall into one bucket."""
    count = HashingVectorizer(analyzer=unit, n_features=1, norm=None, alternate_sign=False)
    return Pipeline([*_flat(), ("count", count)])


def _flat() -> list[tuple[str, Any]]:
    return [*_no_gaps(), ("flatten", FunctionTransformer(np.ravel))]


def _no_gaps() -> list[tuple[str, Any]]:
    return [_as_matrix("object"), ("fill", SimpleImputer(strategy="constant", fill_value=""))]
