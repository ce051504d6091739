import numpy as np
import pandas as pd
import pytest
import shap
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor

from services.automl.task import Task
from services.models.attribution import Attributions, Encoded, attribute, encoded, feature_sources, n_questions
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


@pytest.mark.slow
def test_values_agree_with_exact_ones_from_shap() -> None:
    preparation, model = prepared(), finished("lightgbm")
    cut = encoded(model.pipeline, list(preparation.train.x.columns))
    background = preparation.train.x.head(20)
    rows = preparation.holdout.x.head(5)
    found = attribute(cut, rows, background, n_orders=20).effects[:, :, 1]
    codes = pd.concat([rows, background], ignore_index=True)

    def answer(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        mixed = pd.DataFrame({name: codes[name].to_numpy()[numbers[:, i].astype(int)] for i, name in enumerate(codes)})
        return np.asarray(model.pipeline.predict_proba(mixed.astype(codes.dtypes))[:, 1])

    positions = np.tile(np.arange(len(codes))[:, None], codes.shape[1])
    exact = shap.explainers.ExactExplainer(answer, shap.maskers.Independent(positions[5:], max_samples=20))
    assert np.allclose(found, exact(positions[:5]).values, atol=0.004)


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
    pipeline = finished("linear").pipeline
    names = pipeline.named_steps["columns"].get_feature_names_out()
    columns = list(prepared().train.x.columns)
    for name, source in zip(names, feature_sources(pipeline.named_steps["columns"], columns), strict=True):
        assert columns[source] in name


def test_the_number_of_questions_is_known_in_advance() -> None:
    asked: list[int] = []

    def answer(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        asked.append(len(matrix))
        return np.asarray(matrix.sum(axis=1, keepdims=True))

    model = Encoded(lambda rows: rows.to_numpy(dtype=np.float64), answer, np.arange(2))
    attribute(model, PEOPLE.head(1), PEOPLE)
    assert sum(asked) - len(PEOPLE) == n_questions(2, len(PEOPLE))
