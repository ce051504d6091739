"""Columns on one scale, so that two rows have a distance: one unit of spread for each column, whatever its kind.

Two rows drawn at random differ by 2 (squared) in a number, which has variance 1, and by 2 in a category where their
values differ. Multiplying a number by a constant, or renaming a column, changes no distance.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, Normalizer, OneHotEncoder, PowerTransformer, StandardScaler

from services.automl.columns import Column
from services.automl.errors import UnusableDataError

MAX_LEVELS = 20
MAX_DIMENSIONS = 30
_KEPT_SPREAD = 0.9
_MAX_SKEW = 1.0
_MAX_WORDS = 5_000
_N_THEMES = 10
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Space:
    """Fitted features, and which of their outputs come from which column.

    Attributes
    ----------
    features
        From typed rows (n, columns) to a dense matrix (n, d).
    blocks
        For each source column the positions of its outputs.
    """

    features: ColumnTransformer
    blocks: dict[str, tuple[int, ...]]


def fit_space(
    x: pd.DataFrame, columns: Iterable[Column], *, mark_gaps: bool = False, weigh_rarity: bool = False, seed: int = 0
) -> Space:
    """Fit the features to typed rows.

    Parameters
    ----------
    mark_gaps
        Whether a missing number differs from the median it is replaced by.
    weigh_rarity
        Whether a rare category is further from the others than a frequent one.

    Raises
    ------
    UnusableDataError
        There is nothing but texts without words.
    """
    columns = tuple(columns)
    numbers = [column.name for column in columns if column.kind in ("number", "date")]
    skewed = [name for name in numbers if abs(_skew(x[name])) > _MAX_SKEW]
    even = [name for name in numbers if name not in skewed]
    gappy = [name for name in numbers if mark_gaps and bool(x[name].isna().any())]
    words = [column.name for column in columns if column.kind == "category"]
    texts = [column.name for column in columns if column.kind == "text"]
    parts = [
        ("number", _numbers(), even),
        ("skewed", _numbers(("straighten", PowerTransformer())), skewed),
        ("gap", MissingIndicator(features="all"), gappy),
        ("category", _categories(weigh_rarity=weigh_rarity), words),
        *((f"text {i}", _themes(x[name], seed), [name]) for i, name in enumerate(texts)),
    ]
    used = [(name, transformer, chosen) for name, transformer, chosen in parts if chosen and transformer is not None]
    if not used:
        raise UnusableDataError("The texts of the table have no words that could be compared. Add other columns.")
    features = ColumnTransformer(used, sparse_threshold=0.0).fit(x)
    return Space(features, _blocks(features))


def fit_reduction(z: Floats, *, seed: int) -> PCA | None:
    """The directions that hold nine tenths of the spread of z (n, d); None where there are few dimensions anyway."""
    if z.shape[1] <= MAX_DIMENSIONS:
        return None
    most = min(MAX_DIMENSIONS, *z.shape)
    found = PCA(n_components=most, svd_solver="randomized", random_state=seed).fit(z)
    held = np.cumsum(found.explained_variance_) / max(float(z.var(axis=0, ddof=1).sum()), 1e-12)
    n = min(int(np.searchsorted(held, _KEPT_SPREAD)) + 1, most)
    return PCA(n_components=n, svd_solver="randomized", random_state=seed).fit(z)


def canonical_order(z: Floats) -> NDArray[np.intp]:
    """An order of the rows of z (n, d) that neither the order of the rows nor that of the columns has a say in."""
    keys = [np.round((z**power).sum(axis=1), 7) for power in (2, 3, 1)]
    return np.lexsort(tuple(keys))


def _skew(values: "pd.Series[Any]") -> float:
    known = values.dropna().to_numpy()
    return float(stats.skew(known)) if len(known) > 2 and np.ptp(known) > 0 else 0.0


def _numbers(*further: tuple[str, Any]) -> Pipeline:
    fill = SimpleImputer(strategy="median", keep_empty_features=True)
    return Pipeline([("fill", fill), ("scale", StandardScaler()), *further])


def _categories(*, weigh_rarity: bool) -> Pipeline:
    encode = OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=MAX_LEVELS, sparse_output=False)
    further = [("rarity", StandardScaler())] if weigh_rarity else []
    return Pipeline([("fill", SimpleImputer(strategy="constant", fill_value="")), ("encode", encode), *further])


def _themes(texts: "pd.Series[Any]", seed: int) -> Pipeline | None:
    """The main themes of a text as a direction of length 1; None where it has too few words."""
    try:
        n_words = len(CountVectorizer(max_features=_MAX_WORDS).fit(texts.fillna("")).vocabulary_)
    except ValueError:  # nothing but single letters
        return None
    if n_words < 2:
        return None
    n = min(_N_THEMES, n_words - 1)
    return Pipeline(
        [
            ("fill", SimpleImputer(strategy="constant", fill_value="")),
            ("flatten", FunctionTransformer(np.ravel)),
            ("weigh", TfidfVectorizer(sublinear_tf=True, max_features=_MAX_WORDS)),
            ("themes", TruncatedSVD(n_components=n, random_state=seed)),
            ("direction", Normalizer()),
        ]
    )


def _blocks(features: ColumnTransformer) -> dict[str, tuple[int, ...]]:
    blocks: dict[str, tuple[int, ...]] = {}
    for name, transformer, chosen in features.transformers_:
        place = features.output_indices_[name]
        widths = _widths(transformer, len(chosen), place.stop - place.start)
        start = place.start
        for column, width in zip(chosen, widths, strict=True):
            blocks[column] = (*blocks.get(column, ()), *range(start, start + width))
            start += width
    return blocks


def _widths(transformer: Any, n_columns: int, n_outputs: int) -> list[int]:
    """How many outputs each column of one transformer has."""
    encode = transformer.named_steps.get("encode") if isinstance(transformer, Pipeline) else None
    if encode is None:
        return [n_outputs // max(n_columns, 1)] * n_columns
    rare = [0 if found is None else len(found) - 1 for found in encode.infrequent_categories_]
    return [len(levels) - n for levels, n in zip(encode.categories_, rare, strict=True)]
