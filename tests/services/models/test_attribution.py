from typing import Any

import numpy as np
import pandas as pd
import pytest
import shap
from numpy.typing import NDArray
from scipy import sparse
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from services.automl.task import Task
from services.models.attribution import (
    MAX_EXACT_COLUMNS,
    Attributions,
    Encoded,
    attribute,
    encoded,
    feature_sources,
    n_questions,
)
from services.models.explanation import Effects
from tests.makers_automl import finished, prepared

PEOPLE = pd.DataFrame({"fever": [0.0, 0.0, 1.0, 1.0], "cough": [0.0, 1.0, 0.0, 1.0]})


def explain(answer: object, frame: pd.DataFrame, **options: int) -> Attributions:
    model = Encoded(
        encode=lambda rows: rows.to_numpy(dtype=np.float64),
        answer=lambda matrix: np.asarray(answer.predict(matrix))[:, None],  # type: ignore[attr-defined] # any regressor
        source=np.arange(frame.shape[1]),
    )
    return attribute(model, frame, frame, **options)


@pytest.mark.parametrize(
    ("risks", "base", "fever", "cough"), [([0, 0, 0, 80], 20.0, 30.0, 30.0), ([0, 10, 0, 90], 25.0, 30.0, 35.0)]
)
def test_the_trees_of_lundberg_get_their_published_values(
    risks: list[int], base: float, fever: float, cough: float
) -> None:
    found = explain(DecisionTreeRegressor().fit(PEOPLE.to_numpy(), risks), PEOPLE)
    assert found.base == pytest.approx([base])
    assert found.effects[3, :, 0] == pytest.approx([fever, cough])


def test_effects_in_a_linear_model_are_slope_times_distance_from_the_mean() -> None:
    random = np.random.default_rng(0)
    x = pd.DataFrame(random.normal(size=(30, 4)), columns=list("abcd"))
    model = LinearRegression().fit(x.to_numpy(), random.normal(size=30))
    effects = explain(model, x).effects[:, :, 0]
    assert np.allclose(effects, model.coef_ * (x - x.mean()).to_numpy())


def test_the_only_column_of_a_model_gets_the_whole_distance_from_the_base() -> None:
    x = PEOPLE[["fever"]]
    found = explain(LinearRegression().fit(x.to_numpy(), [0.0, 0.0, 8.0, 8.0]), x)
    assert found.base == pytest.approx([4.0])
    assert found.effects[:, 0, 0] == pytest.approx([-4.0, -4.0, 4.0, 4.0])


def test_effects_of_encoded_features_are_summed_per_row_before_their_size_is_taken() -> None:
    """Two features of one city: .3, (-.1 + .2) in one row and -.4, (.1 + .05) in another."""
    features = np.array([[0.3, -0.1, 0.2], [-0.4, 0.1, 0.05]])
    model = Encoded(
        encode=lambda rows: features[rows.index] if len(rows) == 2 else np.zeros((1, 3)),
        answer=lambda matrix: matrix.sum(axis=1, keepdims=True),
        source=np.array([0, 1, 1]),
    )
    rows = pd.DataFrame({"age": [0, 1], "city": [0, 1]})
    found = attribute(model, rows, rows.head(1))
    assert found.effects[:, 1, 0] == pytest.approx([0.1, 0.15])
    assert Effects(found.effects, found.base, np.zeros((2, 1))).importances == pytest.approx([0.35, 0.125])


def test_values_of_a_cut_pipeline_agree_with_those_of_the_whole() -> None:
    preparation, model = prepared(), finished("lightgbm")
    cut = encoded(model.pipeline, list(preparation.train.x.columns))
    background = preparation.train.x.head(20)
    rows = preparation.holdout.x.head(5)
    found = attribute(cut, rows, background).effects[:, :, 1]
    codes = pd.concat([rows, background], ignore_index=True)

    def answer(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        mixed = pd.DataFrame({name: codes[name].to_numpy()[numbers[:, i].astype(int)] for i, name in enumerate(codes)})
        return np.asarray(model.pipeline.predict_proba(mixed.astype(codes.dtypes))[:, 1])

    positions = np.tile(np.arange(len(codes))[:, None], codes.shape[1])
    exact = shap.explainers.ExactExplainer(answer, shap.maskers.Independent(positions[5:], max_samples=20))
    assert np.allclose(found, exact(positions[:5]).values, atol=1e-9)


def test_values_from_many_random_orders_come_close_to_exact_ones() -> None:
    x = np.random.default_rng(0).normal(size=(60, MAX_EXACT_COLUMNS + 2))
    forest = ExtraTreesRegressor(20, random_state=0).fit(x, x[:, 0] * x[:, 1] * x[:, 2] + x[:, 3])
    found = attribute(
        Encoded(lambda rows: rows.to_numpy(), lambda matrix: forest.predict(matrix)[:, None], np.arange(x.shape[1])),
        pd.DataFrame(x[:2]),
        pd.DataFrame(x[50:]),
        n_orders=50,
    )
    exact = shap.explainers.ExactExplainer(forest.predict, shap.maskers.Independent(x[50:]))(x[:2])
    assert np.allclose(found.effects[:, :, 0], exact.values, atol=0.03)
    assert not np.allclose(found.effects[:, :, 0], exact.values, atol=1e-9)


@pytest.mark.parametrize("family", ["linear", "lightgbm", "extra_trees", "random_forest"])
@pytest.mark.parametrize("task", list(Task))
def test_base_and_effects_sum_to_what_the_whole_pipeline_answers(family: str, task: Task) -> None:
    explanation = finished(family, task).explanation
    assert explanation.is_additive
    assert explanation.max_additivity_gap < 1e-8
    for example in explanation.examples:
        total = example.base_value + sum(part.effect for part in example.contributions)
        assert total == pytest.approx(example.prediction, abs=1e-8)


def test_every_encoded_feature_belongs_to_the_column_it_was_made_from() -> None:
    """Exchange the values of one column: no feature but its own changes, and some of its own do."""
    features, rows = finished("linear").pipeline.named_steps["columns"], prepared().train.x
    sources, before = feature_sources(features, list(rows.columns)), _dense(features.transform(rows))
    assert set(sources) == set(range(rows.shape[1]))
    for place, name in enumerate(rows.columns):
        exchanged = rows.assign(**{name: rows[name].to_numpy()[::-1]})
        is_changed = (_dense(features.transform(exchanged)) != before).any(axis=0)
        assert set(sources[is_changed]) == {place}


def test_features_of_a_model_from_before_are_found_too() -> None:
    frame = pd.DataFrame({"a": ["x", "y_1", "x"], "n": [1.0, 2.0, 3.0], "b": ["x", "z", "w"]})
    before = ColumnTransformer([("n", StandardScaler(), ["n"]), ("c", OneHotEncoder(), ["a", "b"])]).fit(frame)
    assert feature_sources(before, ["a", "n", "b"]).tolist() == [1, 0, 0, 2, 2, 2]


def _dense(matrix: Any) -> NDArray[np.float64]:
    return np.asarray(matrix.toarray() if sparse.issparse(matrix) else matrix)


@pytest.mark.parametrize("n_columns", [1, 3, MAX_EXACT_COLUMNS, MAX_EXACT_COLUMNS + 1, 12])
@pytest.mark.parametrize("n_orders", [1, 2])
def test_the_number_of_questions_about_a_row_is_known_in_advance(n_columns: int, n_orders: int) -> None:
    asked: list[int] = []
    distinct = pd.DataFrame(np.random.default_rng(0).normal(size=(5, n_columns)))
    attribute(counted(asked, n_columns), distinct.head(1), distinct.tail(4), n_orders=n_orders)
    assert sum(asked) == n_questions(n_columns, 4, n_orders)


def test_nothing_is_asked_where_a_typical_row_has_the_same_value() -> None:
    asked: list[int] = []
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(3, 10)))
    rows.iloc[1, :5] = rows.iloc[0, :5]
    attribute(counted(asked, 10), rows.head(1), rows.tail(2))
    assert sum(asked) == n_questions(10, 2) - 2 * 5


def test_an_interaction_of_two_columns_among_many_is_shared_exactly() -> None:
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(6, 9)))
    model = Encoded(
        encode=lambda frame: frame.to_numpy(dtype=np.float64),
        answer=lambda matrix: np.column_stack([matrix[:, 0] * matrix[:, 1], matrix[:, 2]]),
        source=np.arange(9),
    )
    row, background = rows.head(1).to_numpy()[0], rows.tail(5).to_numpy()
    found = attribute(model, rows.head(1), rows.tail(5)).effects[0]
    mean = background.mean(axis=0)
    kept = row[0] * row[1] + row[0] * mean[1] - row[1] * mean[0] - np.mean(background[:, 0] * background[:, 1])
    assert found[0, 0] == pytest.approx(kept / 2)
    assert found[2] == pytest.approx([0.0, row[2] - mean[2]])
    assert found[3:] == pytest.approx(np.zeros((6, 2)))


def test_the_global_random_state_of_numpy_is_left_alone() -> None:
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(4, MAX_EXACT_COLUMNS + 1)))
    expected = np.random.RandomState(5).uniform()
    np.random.seed(5)
    attribute(counted([], MAX_EXACT_COLUMNS + 1), rows.head(2), rows.tail(2))
    assert np.random.uniform() == expected


def counted(asked: list[int], n_columns: int) -> Encoded:
    """A model that adds its columns up and notes how many predictions each call wants."""

    def answer(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        asked.append(len(matrix))
        return np.asarray(matrix.sum(axis=1, keepdims=True))

    return Encoded(lambda rows: rows.to_numpy(dtype=np.float64), answer, np.arange(n_columns))
