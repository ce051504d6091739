from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lightgbm import LGBMClassifier, LGBMRegressor
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeRegressor

from services.automl.candidates import Candidate
from services.automl.families.log_target import on_log_scale
from services.automl.preparation import Preparation, prepare
from services.automl.task import Task
from services.automl.training import fit_pipeline, new_pipeline
from services.automl.voting import team_of
from services.models import paths
from services.models.attribution import attribute, encoded
from services.models.paths import attribute_pipeline, n_with_path
from services.models.trees import trees_of
from tests.makers_automl import CANDIDATES

Floats = NDArray[np.float64]
WORDS = ("late delivery again", "price too high", "nice people on the phone", "asked for a price", "")


def hard_table(n_rows: int = 500) -> pd.DataFrame:
    """Texts, dates, gaps, a column of many words, and two that are hardly ever filled."""
    random = np.random.default_rng(0)
    values = random.normal(size=(n_rows, 5))
    frame: dict[str, Any] = {f"number {place}": values[:, place] for place in range(5)}
    frame["gappy"] = np.where(random.random(n_rows) < 0.4, np.nan, random.normal(size=n_rows))
    frame["since"] = pd.Timestamp("2023-01-01") + pd.to_timedelta(random.integers(0, 20_000, n_rows), unit="h")
    frame["plan"] = random.choice(["month", "year", "two years"], n_rows)
    frame["town"] = [f"town {place}" for place in random.integers(0, 90, n_rows)]
    frame["note"] = [f"{random.choice(WORDS)} {random.choice(WORDS)} {number % 97}" for number in range(n_rows)]
    drive = values[:, 0] + values[:, 1] * (frame["plan"] == "month") + 0.5 * np.isnan(frame["gappy"])
    frame["left"] = np.where(drive + 0.5 * random.normal(size=n_rows) > 0, "Yes", "No")
    frame["kind"] = pd.cut(drive, 3, labels=["low", "mid", "high"]).astype(str)
    frame["spend"] = np.exp(drive)
    return pd.DataFrame(frame)


def prepared(task: Task) -> Preparation:
    target = {Task.BINARY: "left", Task.MULTICLASS: "kind", Task.REGRESSION: "spend"}[task]
    return prepare(hard_table().drop(columns=list({"left", "kind", "spend"} - {target})), target=target, n_folds=3)


def fitted(preparation: Preparation, candidate: Candidate) -> Pipeline:
    train = preparation.train
    return fit_pipeline(new_pipeline(preparation, candidate), candidate, train.x, train.y)


def cases_of(preparation: Preparation, n: int = 6) -> pd.DataFrame:
    """Rows the model has not seen, one with a word it never met and one with every number missing."""
    rows = preparation.holdout.x.head(n).reset_index(drop=True)
    rows.loc[0, "town"], rows.loc[0, "plan"] = "nowhere", "never"
    rows.loc[1, [f"number {place}" for place in range(5)]] = np.nan
    return rows


def same_by_general_path(pipeline: Pipeline, rows: pd.DataFrame, background: pd.DataFrame, n_orders: int = 1) -> None:
    general = attribute(encoded(pipeline, list(rows.columns)), rows, background, n_orders=n_orders, seed=3)
    found = attribute_pipeline(pipeline, rows, background, n_orders=n_orders, seed=3)
    scale = 1 + np.abs(general.effects).max()
    assert np.abs(found.effects).max() > 1e-3
    assert np.allclose(found.effects, general.effects, rtol=0, atol=1e-9 * scale)
    assert np.allclose(found.base, general.base, rtol=0, atol=1e-9 * scale)
    answers = pipeline.predict_proba if hasattr(pipeline, "predict_proba") else pipeline.predict
    said = np.asarray(answers(rows), dtype=np.float64).reshape(len(rows), -1)
    assert np.all(np.abs(found.base + found.effects.sum(axis=1) - said) <= 1e-6 * (1 + np.abs(said)))


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("family", ["linear", "lightgbm", "extra_trees", "random_forest"])
def test_a_path_gives_what_asking_the_whole_pipeline_gives(
    family: str, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    preparation = prepared(task)
    pipeline = fitted(preparation, CANDIDATES[family])
    rows, background = cases_of(preparation), preparation.train.x.head(5)
    same_by_general_path(pipeline, rows, background)
    monkeypatch.setattr(paths, "attribute", refused)  # and it was the path that gave it
    attribute_pipeline(pipeline, rows, background)
    assert n_with_path(pipeline) == (1, 1)


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("family", ["neural_network", "kernel", "neighbours"])
def test_effects_of_families_without_a_path_add_up_with_texts_dates_gaps_and_unseen_words(
    family: str, task: Task
) -> None:
    preparation = prepared(task)
    pipeline = fitted(preparation, CANDIDATES[family])
    rows = cases_of(preparation, 4)
    found = attribute_pipeline(pipeline, rows, preparation.train.x.head(5))
    said = pipeline.predict_proba(rows) if task.is_classification else pipeline.predict(rows)[:, None]
    gaps = np.abs(found.base + found.effects.sum(axis=1) - said)
    assert gaps.max() <= (1e-5 if task.is_classification else 1e-6 * (1 + np.abs(said).max()))


def test_several_orders_are_the_orders_of_shap() -> None:
    preparation = prepared(Task.BINARY)
    same_by_general_path(fitted(preparation, CANDIDATES["lightgbm"]), cases_of(preparation), preparation.train.x[:7], 3)


def refused(*_: Any, **__: Any) -> Any:
    raise AssertionError("The general path was taken.")


def in_columns(model: Any, x: pd.DataFrame, y: Any) -> Pipeline:
    columns = ColumnTransformer([("number", "passthrough", list(x.columns))])
    return Pipeline([("columns", columns), ("model", model)]).fit(x, y)


def numbers(n: int = 300, m: int = 9) -> tuple[pd.DataFrame, Floats]:
    random = np.random.default_rng(1)
    x = random.normal(size=(n, m))
    drive = x[:, 0] * x[:, 1] + np.sin(x[:, 2]) + x[:, 3] * (x[:, 4] > 0)
    x[random.random((n, m)) < 0.05] = np.nan
    return pd.DataFrame(x, columns=[f"c{place}" for place in range(m)]), drive


def classes_of(drive: Floats) -> NDArray[np.intp]:
    return np.digitize(drive, [-0.5, 0.5])


MODELS: dict[str, tuple[Callable[[], Any], Callable[[Floats], Any]]] = {
    "histograms": (lambda: HistGradientBoostingClassifier(max_iter=20), lambda y: y > 0),
    "histograms of three": (lambda: HistGradientBoostingClassifier(max_iter=15), classes_of),
    "histograms of numbers": (lambda: HistGradientBoostingRegressor(max_iter=20), lambda y: y),
    "one tree": (lambda: DecisionTreeRegressor(max_depth=6), lambda y: y),
    "gaps in a forest": (lambda: RandomForestClassifier(15, random_state=0), classes_of),
    "a skewed target": (
        lambda: on_log_scale(LGBMRegressor(n_estimators=20, verbose=-1), {"target": "log"}),
        lambda y: np.exp(y),
    ),
    "a calibrated forest": (
        lambda: CalibratedClassifierCV(ExtraTreesClassifier(15, random_state=0), ensemble=False, cv=3),
        lambda y: y > 0,
    ),
    "a calibrated forest of three": (
        lambda: CalibratedClassifierCV(ExtraTreesClassifier(15, random_state=0), ensemble=False, cv=3),
        classes_of,
    ),
    "more sets than a word": (lambda: LGBMClassifier(n_estimators=20, verbose=-1), lambda y: y > 0),
}  # fmt: skip


@pytest.mark.parametrize("name", list(MODELS))
def test_other_models_of_trees_have_the_path_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, target = MODELS[name]
    x, drive = numbers(m=70 if name == "more sets than a word" else 9)
    pipeline = in_columns(make(), x, target(drive))
    same_by_general_path(pipeline, x.tail(5), x.head(8))
    monkeypatch.setattr(paths, "attribute", refused)
    attribute_pipeline(pipeline, x.tail(5), x.head(8))


def test_boosted_trees_of_scikit_learn_and_a_ridge_behind_a_logarithm_have_it() -> None:
    x, drive = numbers()
    x = x.fillna(0.0)
    same_by_general_path(in_columns(GradientBoostingClassifier(n_estimators=20), x, classes_of(drive)), x[:4], x[9:15])
    ridge = on_log_scale(Ridge(), {"target": "log"})
    same_by_general_path(in_columns(ridge, x, np.exp(drive)), x.head(4), x.tail(6))


def test_few_columns_are_exact_along_a_path() -> None:
    x, drive = numbers(m=5)
    same_by_general_path(in_columns(LGBMRegressor(n_estimators=20, verbose=-1), x, drive), x.head(5), x.tail(7))


def test_a_model_whose_answers_are_not_what_its_trees_say_is_asked_as_a_whole() -> None:
    """Poisson: the answer is the exponential of the sum, which the path does not know of."""
    x, drive = numbers()
    pipeline = in_columns(LGBMRegressor(n_estimators=20, objective="poisson", verbose=-1), x, np.exp(drive))
    same_by_general_path(pipeline, x.head(4), x.tail(6))


def test_categories_inside_of_trees_are_asked_as_a_whole() -> None:
    x, drive = numbers()
    x["c0"] = (x["c0"].fillna(0) * 3).round().clip(0, 5)
    model = HistGradientBoostingRegressor(max_iter=10, categorical_features=[0])
    pipeline = in_columns(model, x, drive + (x["c0"] == 2))
    assert trees_of(pipeline.named_steps["model"]) is None
    same_by_general_path(pipeline, x.head(4), x.tail(6))


def test_a_team_is_the_weighted_sum_of_its_members_each_by_its_own_way() -> None:
    x, drive = numbers()
    x, y = x.fillna(0.0), (drive > 0).astype(int)
    makers: list[tuple[str, Any, float]] = [
        ("trees", LGBMClassifier(n_estimators=15, verbose=-1), 0.5),
        ("sums", LogisticRegression(), 0.3),
        ("neighbours", KNeighborsClassifier(9), 0.2),
    ]
    members = [(view, in_columns(model, x, y), weight) for view, model, weight in makers]
    team = team_of(members, [0, 1])
    rows, background = x.head(3), x.tail(5)
    found = attribute_pipeline(team, rows, background, seed=2)
    alone = [attribute_pipeline(member, rows, background, seed=2) for _, member, _ in members]
    expected = sum(weight * one.effects for (_, _, weight), one in zip(members, alone, strict=True))
    assert np.allclose(found.effects, expected, atol=1e-12)
    assert np.allclose(found.base + found.effects.sum(axis=1), team.predict_proba(rows), atol=1e-9)
    assert n_with_path(team) == (2, 3)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n_columns=st.integers(1, 12), depth=st.integers(1, 9))
def test_any_forest_gets_the_values_of_the_general_path(seed: int, n_columns: int, depth: int) -> None:
    random = np.random.default_rng(seed)
    x = pd.DataFrame(random.integers(0, 4, (60, n_columns)).astype(float)).rename(columns=str)
    forest = RandomForestRegressor(4, max_depth=depth, random_state=seed % 100).fit(
        x.to_numpy(), random.normal(size=60)
    )
    columns = ColumnTransformer([("number", "passthrough", list(x.columns))]).fit(x)
    pipeline = Pipeline([("columns", columns), ("model", forest)])
    general = attribute(encoded(pipeline, list(x.columns)), x.head(3), x.tail(6), seed=seed)
    found = attribute_pipeline(pipeline, x.head(3), x.tail(6), seed=seed)
    assert np.allclose(found.effects, general.effects, atol=1e-10)
    assert np.allclose(found.base, general.base, atol=1e-10)
