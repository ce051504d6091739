import numpy as np
import pytest
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.linear_model import Ridge

from services.models.exchanged_sums import answers_of_trees
from services.models.trees import has_trees, trees_of

X = np.random.default_rng(0).normal(size=(200, 4))


def test_a_tree_of_lightgbm_is_read_to_its_last_digit_gaps_included() -> None:
    x = X.copy()
    x[::5, 1] = np.nan
    model = LGBMClassifier(n_estimators=30, verbose=-1).fit(x, (X[:, 0] + X[:, 1] > 0).astype(int))
    trees = trees_of(model)
    assert trees is not None
    assert np.allclose(answers_of_trees(trees, x), model.predict_proba(x), rtol=0, atol=1e-14)
    unseen = np.full((1, 4), np.nan)  # also where training had no gap
    assert np.allclose(answers_of_trees(trees, unseen), model.predict_proba(unseen), rtol=0, atol=1e-14)


def test_a_constant_target_gives_trees_of_one_leaf() -> None:
    model = LGBMRegressor(n_estimators=3, verbose=-1).fit(X, np.full(len(X), 7.0))
    trees = trees_of(model)
    assert trees is not None
    assert answers_of_trees(trees, X[:3])[:, 0] == pytest.approx(model.predict(X[:3]))


def test_a_model_without_trees_has_none() -> None:
    assert trees_of(Ridge().fit(X, X[:, 0])) is None
    assert not has_trees(Ridge())
