"""Pairs of columns: the published trees, sums that hold, and models whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from services.automl.task import Task
from services.models.explanation import effects_of, typical_rows
from services.models.pipeline_file import load_pipeline
from services.models.sentences import POINTS
from services.stories.answering import answers_of
from services.stories.interactions import (
    BY_TREES,
    MAX_PAIRS,
    double_differences,
    find_interactions,
    tree_interactions,
)
from services.stories.report import Interactions
from tests.makers_automl import CANDIDATES, finished, prepared

PEOPLE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
BOTH = np.array([0, 1], dtype=np.intp)


@pytest.mark.parametrize(
    ("risks", "matrix"),
    [([0, 0, 0, 80], [[20, 10], [10, 20]]), ([0, 10, 0, 90], [[20, 10], [10, 25]])],
)
def test_the_trees_of_lundberg_have_their_published_matrices(risks: list[int], matrix: list[list[int]]) -> None:
    tree = DecisionTreeRegressor(random_state=0).fit(PEOPLE, risks)
    found = tree_interactions(tree, PEOPLE, BOTH, 2, 0)
    assert found.values[3] == pytest.approx(np.array(matrix, dtype=float))
    assert found.effects[3] == pytest.approx(np.array(matrix).sum(axis=1))


def test_main_effects_and_interactions_sum_to_the_effect_of_each_column() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(200, 5))
    forest = ExtraTreesRegressor(12, max_depth=5, random_state=0).fit(x, x[:, 0] * x[:, 1] + x[:, 2])
    source = np.array([0, 0, 1, 2, 2], dtype=np.intp)  # three columns, two of them encoded as two features
    found = tree_interactions(forest, x[:40], source, 3, 0)
    assert found.max_gap < 1e-9
    assert found.values == pytest.approx(np.swapaxes(found.values, 1, 2))
    assert found.effects.sum(axis=1) + forest.predict(x).mean() == pytest.approx(forest.predict(x[:40]), abs=0.2)


def test_of_a_classifier_the_shown_class_is_told() -> None:
    tree = DecisionTreeClassifier(random_state=0).fit(PEOPLE, [0, 0, 0, 1])
    positive, negative = (tree_interactions(tree, PEOPLE, BOTH, 2, shown).values[3] for shown in (1, 0))
    assert positive == pytest.approx(np.array([[0.25, 0.125], [0.125, 0.25]]))
    assert negative == pytest.approx(-positive)


def test_double_differences_find_a_product_and_leave_a_sum_alone() -> None:
    random = np.random.default_rng(3)
    frame = pd.DataFrame(random.normal(size=(60, 3)), columns=list("abc"))
    found = double_differences(
        lambda rows: (rows["a"] * rows["b"] + 5 * rows["c"]).to_numpy(),
        frame.iloc[:40],
        frame.iloc[40:],
        ["a", "b", "c"],
    )
    typical = frame.iloc[40:]
    for place in range(40):
        row = frame.iloc[place]
        by_hand = ((row["a"] - typical["a"]) * (row["b"] - typical["b"])).mean()
        assert found[place, 0, 1] == pytest.approx(by_hand)
    assert np.abs(found[:, 0, 2]).max() < 1e-9
    assert found == pytest.approx(np.swapaxes(found, 1, 2))


def asked(family: str, task: Task) -> Interactions:
    pipeline, preparation = load_pipeline(finished(family, task).pipeline_file), prepared(task)
    rows, typical = preparation.train.x.iloc[:60].reset_index(drop=True), typical_rows(pipeline, preparation)
    importances = effects_of(pipeline, preparation, rows, typical, n_orders=1).importances
    return find_interactions(pipeline, preparation, answers_of(pipeline, preparation), rows, typical, importances)


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("family", list(CANDIDATES))
def test_every_family_is_asked_in_a_way_that_is_stated(family: str, task: Task) -> None:
    found = asked(family, task)
    by_trees = family in ("lightgbm", "extra_trees", "random_forest")
    assert (found.method == BY_TREES) == by_trees
    assert (found.max_gap is not None) == by_trees
    assert found.max_gap is None or found.max_gap < 1e-6
    unit = "spend" if task is Task.REGRESSION else "log-odds" if family == "lightgbm" else POINTS
    assert found.unit == unit
    strengths = [pair.strength for pair in found.pairs]
    assert strengths == sorted(strengths, reverse=True)
    assert len(strengths) <= MAX_PAIRS


def test_a_straight_model_of_a_number_has_no_pair_at_all() -> None:
    assert asked("linear", Task.REGRESSION).pairs == ()
