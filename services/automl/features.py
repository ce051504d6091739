"""How columns become numbers: scikit-learn pieces that learn only from the rows they are fitted on."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    OrdinalEncoder,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)

from services.automl.columns import Column
from services.automl.task import Task

View = Literal["codes", "filled", "means", "scaled", "ranked"]

MAX_ONE_HOT = 40
MAX_LEVELS = 31
SPAN = 2.0**40  # between the levels of two columns: those of 8,000 columns stay exact in 64 bits
MOST_LEVEL = SPAN / 4
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
            ("number", _scaled_numbers(*_middle()), layout.numbers),
            ("rank", _scaled_numbers(_ranks(seed)), layout.numbers if is_ranked else ()),
            ("level", _levels(len(layout.levels)), layout.levels),
            ("missing", _gaps(), layout.gappy),
            ("weekday", _bins_of(_DAYS_OF_WEEK, 7), layout.dates),
            ("season", _bins_of(_DAYS_OF_YEAR, 12), layout.seasonal),
            ("hour", _bins_of(1.0, 24), layout.timed),
            ("category", _words(*_one_each(_words_before(len(layout.categories)))), layout.categories),
            ("crowded", _words(("encode", _target_means(task, seed)), ("scale", StandardScaler())), layout.crowded),
            *((f"text {i}", _text(), (name,)) for i, name in enumerate(layout.texts)),
        ],
        sparse_threshold=0.3,
    )


def _for_trees(layout: Layout, task: Task, *, is_filled: bool, in_means: bool, seed: int) -> ColumnTransformer:
    means = [("encode", _target_means(task, seed))]
    words = means if in_means else _codes(len(layout.categories))
    numbers = Pipeline(_filled()) if is_filled else "passthrough"
    return _columns(
        [
            ("number", numbers, layout.numbers),
            ("missing", _gaps(), layout.gappy if is_filled else ()),
            ("weekday", _part_of(_DAYS_OF_WEEK, is_filled), layout.dates),
            ("season", _part_of(_DAYS_OF_YEAR, is_filled), layout.seasonal),
            ("hour", _part_of(1.0, is_filled), layout.timed),
            ("category", _words(*words), layout.categories),
            ("crowded", _words(*means), layout.crowded),
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
    """Numbers of equal spread."""
    return Pipeline([*_filled(), *before, ("scale", StandardScaler())])


def _middle() -> list[tuple[str, Any]]:
    """Numbers in widths of the middle 98 %, at most one width from the median: a sum must not run away with a few.

    From 0 to 1 first: where the middle has no width, nothing is cut."""
    return [("range", MinMaxScaler(clip=True)), ("middle", RobustScaler(quantile_range=(1.0, 99.0))), _ends(-1.0, 1.0)]


def _ends(low: float, high: float) -> tuple[str, FunctionTransformer]:
    ends = {"a_min": low, "a_max": high}
    return "ends", FunctionTransformer(np.clip, kw_args=ends, feature_names_out="one-to-one")


def _ranks(seed: int) -> tuple[str, QuantileTransformer]:
    """The share of training rows below a number: uniform, because a normal shape has no ONNX twin."""
    return "rank", QuantileTransformer(n_quantiles=31, output_distribution="uniform", random_state=seed)


def _has_levels(values: "pd.Series[Any]") -> bool:
    known = values.dropna()
    return 3 <= known.nunique() <= MAX_LEVELS and bool(((known % 1 == 0) & (known.abs() < MOST_LEVEL)).all())


def _levels(n_columns: int) -> Pipeline:
    """What lies between two levels, as a median may, counts as the nearest: a twin in ONNX knows whole numbers only."""
    whole = FunctionTransformer(np.round, feature_names_out="one-to-one")
    ends = _ends(-MOST_LEVEL, MOST_LEVEL)
    return Pipeline([*_filled(), ("whole", whole), ends, *_one_each(SPAN * np.arange(n_columns, dtype=np.float64))])


def _words_before(n_columns: int) -> NDArray[Any]:
    """What is written before each word so that no two columns share one, in the order of the columns (m,)."""
    width = len(str(n_columns))
    return np.array([f"{place:0{width}}_" for place in range(n_columns)], dtype=object)


def _one_each(before: NDArray[Any]) -> list[tuple[str, Any]]:
    """One column per value (n, e), a new value has none; what OneHotEncoder gives.

    It and OrdinalEncoder look at each column by itself, which takes one row of forty columns 4 ms, and all of them at
    once 0.1 ms. Therefore `before` (m,) is added to the values, which makes them different, and they are looked up like
    the words of a text.
    """
    count = CountVectorizer(analyzer=list, binary=True, dtype=np.float64)
    return [("mark", FunctionTransformer(partial(np.add, before))), ("encode", count)]


def _codes(n_columns: int) -> list[tuple[str, Any]]:
    """Words as the numbers of an alphabet over all columns (n, m), a new word as -1; why at once: see `_one_each`."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return [
        ("mark", FunctionTransformer(partial(np.add, _words_before(n_columns)))),
        ("below", FunctionTransformer(np.reshape, kw_args={"shape": (-1, 1)})),
        ("encode", codes),
        ("beside", FunctionTransformer(np.reshape, kw_args={"shape": (-1, n_columns)})),
    ]


def split_mark(value: Any) -> tuple[int, Any]:
    """The place of the column and the value by itself, of one that `before` was added to."""
    if isinstance(value, str):
        place, word = value.split("_", 1)
        return int(place), word
    number = round(value / SPAN)
    return number, value - number * SPAN


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


def _words(*further: tuple[str, Any]) -> Pipeline:
    """A missing word is a word of its own."""
    return Pipeline([*_no_gaps(), *further])


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
