import numpy as np
import pytest
from sklearn.tree import DecisionTreeRegressor

from services.models.exchanged_sums import ask_parts, ask_trees
from services.models.trees import trees_of

X = np.random.default_rng(0).normal(size=(200, 4))


def test_sets_follow_the_row_with_their_columns_and_the_typical_row_without() -> None:
    model = DecisionTreeRegressor(random_state=0).fit(X, X[:, 0] * X[:, 1])
    trees = trees_of(model)
    assert trees is not None
    sets = np.random.default_rng(1).random((150, 4)) < 0.5  # more than two words of 64
    found = ask_trees(trees, X[:2], X[5:8], np.arange(4))(1, sets)
    mixed = np.where(sets[None], X[1], X[5:8, None, :])
    assert np.allclose(found[:, :, 0], model.predict(mixed.reshape(-1, 4)).reshape(3, 150), atol=1e-12)


def test_features_of_one_column_are_exchanged_together() -> None:
    model = DecisionTreeRegressor(random_state=0).fit(X, X[:, 0] * X[:, 3])
    trees = trees_of(model)
    assert trees is not None
    sets = np.array([[True, False], [False, True]])
    found = ask_trees(trees, X[:1], X[5:6], np.array([0, 1, 1, 0]))(0, sets)[0, :, 0]
    mixed = [[X[0, 0], X[5, 1], X[5, 2], X[0, 3]], [X[5, 0], X[0, 1], X[0, 2], X[5, 3]]]
    assert found == pytest.approx(model.predict(mixed))


def test_parts_of_a_sum_are_exchanged_and_then_linked() -> None:
    rows, typical = np.array([[[1.0], [2.0]]]), np.array([[[10.0], [20.0]], [[0.0], [0.0]]])
    sets = np.array([[False, False], [True, False], [True, True]])
    found = ask_parts(rows, typical, np.square)(0, sets)
    assert found[:, :, 0].tolist() == [[900.0, 441.0, 9.0], [0.0, 1.0, 9.0]]
