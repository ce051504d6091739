"""What is tried: repeats and trends that need no learning, and regressors on the lag table.

Each is a plain scikit-learn pipeline from the features of the lag table to a prediction, so that a repeat that wins is
delivered in the same form as a forest that does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesRegressor, VotingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

Floats = NDArray[np.float64]
Kind = Literal[
    "last", "drift", "season", "season_mean", "ridge", "lightgbm", "lightgbm_absolute", "extra_trees", "blend"
]

NAIVE: dict[Kind, tuple[str, ...]] = {  # the features of which each is the sum
    "season": ("season_1",),
    "last": ("last",),
    "drift": ("last", "on_drift"),
    "season_mean": ("season_mean",),
}
LABELS: dict[Kind, str] = {
    "season": "Repeat of the last season",
    "last": "Last value",
    "drift": "Last value and drift",
    "season_mean": "Mean of the same season",
    "ridge": "Linear (ridge)",
    "lightgbm": "Boosted trees (LightGBM)",
    "lightgbm_absolute": "Boosted trees for the median (LightGBM)",
    "extra_trees": "Extra trees",
    "blend": "Mean of linear, boosted and extra trees",
}
BLENDED: tuple[Kind, ...] = ("ridge", "lightgbm", "extra_trees")
_CALENDAR = ("hour", "weekday", "month")
_MIN_ROWS = 20
_MOST_PER_TREE = 4_000


@dataclass(frozen=True)
class Learnt:
    """Rows of the lag table with what happened (n,)."""

    x: pd.DataFrame
    y: Floats


def kinds_for(season: int, n_rows: int) -> tuple[Kind, ...]:
    """What is worth trying, the simplest first: a season needs a season, a regressor rows to learn from."""
    naive: list[Kind] = ["season", "last", "drift", "season_mean"] if season > 1 else ["last", "drift", "season_mean"]
    learned: list[Kind] = ["ridge", "lightgbm", "extra_trees", "lightgbm_absolute", "blend"]
    return (*naive, *learned) if n_rows >= _MIN_ROWS else tuple(naive)


def is_naive(kind: Kind) -> bool:
    """Whether it learns nothing."""
    return kind in NAIVE


def fit(kind: Kind, learnt: Learnt, *, seed: int) -> Pipeline:
    """The pipeline fitted; a repeat is not fitted to anything."""
    if kind in NAIVE:
        return _sum_of(NAIVE[kind], learnt.x)
    if kind == "blend":
        parts = [(name, _learner(name, learnt.x, seed)) for name in BLENDED]
        return Pipeline([("mean", VotingRegressor(parts))]).fit(learnt.x, learnt.y)
    return _learner(kind, learnt.x, seed).fit(learnt.x, learnt.y)


def predict(pipeline: Pipeline, x: pd.DataFrame) -> Floats:
    """What the pipeline says for rows of the lag table (n,)."""
    return np.asarray(pipeline.predict(x), dtype=np.float64)


def _sum_of(columns: Sequence[str], x: pd.DataFrame) -> Pipeline:
    """A regression whose coefficients are given: 1 for each of the columns."""
    chosen = ColumnTransformer([("chosen", "passthrough", list(columns))])
    filled = SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True)  # the level of the series
    pipeline = Pipeline([("columns", chosen), ("fill", filled), ("sum", LinearRegression(fit_intercept=False))])
    pipeline.fit(x.head(2), np.zeros(len(x.head(2))))
    pipeline["sum"].coef_, pipeline["sum"].intercept_ = np.ones(len(columns)), 0.0
    return pipeline


def _learner(kind: str, x: pd.DataFrame, seed: int) -> Pipeline:
    words = [name for name in x.columns if not pd.api.types.is_numeric_dtype(x[name].dtype)]
    numbers = [name for name in x.columns if name not in words]
    if kind == "ridge":
        parts = [name for name in numbers if name in _CALENDAR]
        plain = [name for name in numbers if name not in parts]
        return Pipeline(
            [("columns", _linear_columns(plain, [*parts, *words])), ("model", RidgeCV(np.logspace(-2, 4, 13)))]
        )
    fill = kind == "extra_trees"
    return Pipeline([("columns", _tree_columns(numbers, words, fill=fill)), ("model", _trees(kind, len(x), seed))])


def _trees(kind: str, n_rows: int, seed: int) -> Any:
    if kind == "extra_trees":
        return ExtraTreesRegressor(
            100,
            min_samples_leaf=3,
            max_features=0.5,
            bootstrap=n_rows > _MOST_PER_TREE,
            max_samples=_MOST_PER_TREE if n_rows > _MOST_PER_TREE else None,
            n_jobs=1,
            random_state=seed,
        )
    return LGBMRegressor(
        objective="regression_l1" if kind == "lightgbm_absolute" else "regression",
        n_estimators=250,
        learning_rate=0.05,
        num_leaves=20,
        min_child_samples=20,
        subsample=0.8,
        subsample_freq=1,
        colsample_bytree=0.7,
        reg_lambda=1.0,
        n_jobs=1,
        random_state=seed,
        verbose=-1,
    )


def _linear_columns(numbers: list[str], words: list[str]) -> ColumnTransformer:
    filled = Pipeline(
        [
            ("fill", SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True)),
            ("scale", StandardScaler()),
        ]
    )
    encoded = OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=40, sparse_output=False)
    parts = [("number", filled, numbers), ("word", encoded, words)]
    return ColumnTransformer([part for part in parts if part[2]], sparse_threshold=0.0)


def _tree_columns(numbers: list[str], words: list[str], *, fill: bool) -> ColumnTransformer:
    passed = SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True) if fill else "passthrough"
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    parts = [("number", passed, numbers), ("word", codes, words)]
    return ColumnTransformer([part for part in parts if part[2]], sparse_threshold=0.0)
