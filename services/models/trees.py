"""Fitted models of trees as arrays: what each node asks, and what its leaves add to the answer.

What is read here is never trusted alone: who uses it compares its answers with those of the model itself first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from lightgbm import LGBMModel, LGBMRegressor
from numpy.typing import NDArray
from scipy import special
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

Floats = NDArray[np.float64]
Link = Callable[[Floats], Floats]

_ONE_TREE = (DecisionTreeClassifier, DecisionTreeRegressor)
_FORESTS = (ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor)
_BOOSTED = (GradientBoostingClassifier, GradientBoostingRegressor)
_HISTOGRAMS = (HistGradientBoostingClassifier, HistGradientBoostingRegressor)
_IS_CATEGORICAL, _DEFAULT_LEFT, _MISSING_TYPE, _NEVER_MISSING, _ZERO_IS_MISSING = 1, 2, 12, 0, 4  # bits of LightGBM


@dataclass(frozen=True, eq=False)
class Trees:
    """Nodes of all trees one after the other (q,): left where a feature is at most the threshold.

    Attributes
    ----------
    left, right
        The next node; -1 in a leaf.
    missing_left
        Whether a feature that is missing goes left.
    values
        What a leaf adds to each of the k sums (q, k).
    roots
        The first node of each tree (t,).
    link
        From the sums (n, k) to the answers of the model.
    most_steps
        No path from a root is longer.
    is_single
        Whether features count as numbers of 32 bits.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: Floats
    missing_left: NDArray[np.bool_]
    values: Floats
    roots: NDArray[np.int64]
    link: Link
    most_steps: int
    is_single: bool = False


@dataclass(frozen=True, eq=False)
class _Tree:
    """One tree, its nodes counted from 0."""

    left: NDArray[Any]
    right: NDArray[Any]
    feature: NDArray[Any]
    threshold: NDArray[Any]
    missing_left: NDArray[Any]
    values: Floats


def trees_of(model: Any) -> Trees | None:
    """The trees of a fitted model; None where it is not made of trees that are read here."""
    if isinstance(model, LGBMModel):
        return _of_lightgbm(model)
    if isinstance(model, _ONE_TREE):
        return _joined([_of_sklearn(model.tree_, 1.0)], _same, is_single=True)
    if isinstance(model, _FORESTS):
        share = 1.0 / len(model.estimators_)
        return _joined([_of_sklearn(found.tree_, share) for found in model.estimators_], _same, is_single=True)
    if isinstance(model, _BOOSTED):
        return _of_boosted(model)
    if isinstance(model, _HISTOGRAMS):
        return _of_histograms(model)
    return None


def has_trees(model: Any) -> bool:
    """Whether a fitted model is of a kind whose trees are read here."""
    return isinstance(model, (LGBMModel, *_ONE_TREE, *_FORESTS, *_BOOSTED, *_HISTOGRAMS))


def _joined(trees: list[_Tree], link: Link, *, is_single: bool = False) -> Trees:
    sizes = [len(tree.left) for tree in trees]
    roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)

    def children(name: str) -> NDArray[np.int64]:
        moved = [np.where((own := getattr(t, name)) < 0, -1, own + root) for t, root in zip(trees, roots, strict=True)]
        return np.concatenate(moved).astype(np.int64)

    return Trees(
        left=children("left"),
        right=children("right"),
        feature=np.concatenate([tree.feature for tree in trees]).astype(np.int64),
        threshold=np.concatenate([tree.threshold for tree in trees]).astype(np.float64),
        missing_left=np.concatenate([tree.missing_left for tree in trees]).astype(np.bool_),
        values=np.ascontiguousarray(np.concatenate([tree.values for tree in trees]), dtype=np.float64),
        roots=roots,
        link=link,
        most_steps=max(sizes) // 2 + 2,  # each step passes a branch by
        is_single=is_single,
    )


def _of_sklearn(tree: Any, share: float) -> _Tree:
    return _Tree(
        tree.children_left,
        tree.children_right,
        np.maximum(tree.feature, 0),
        tree.threshold,
        tree.missing_go_to_left,
        share * tree.value[:, 0, :],
    )


def _of_boosted(model: Any) -> Trees | None:
    if model.init is not None:
        return None
    n_sums = model.estimators_.shape[1]
    nothing = np.zeros((1, model.n_features_in_), dtype=np.float32)
    start = np.asarray(model._raw_predict_init(nothing))[0]  # noqa: SLF001 - scikit-learn tells it nowhere else
    trees = [_constant(start)]
    for stage in model.estimators_:
        for place, found in enumerate(stage):
            tree = _of_sklearn(found.tree_, model.learning_rate)
            trees.append(_placed(tree, place, n_sums))
    return _joined(trees, _link(model, n_sums), is_single=True)


def _of_histograms(model: Any) -> Trees | None:
    n_sums = model.n_trees_per_iteration_
    start = model._baseline_prediction  # noqa: SLF001 - scikit-learn tells it nowhere else, nor its trees
    trees = [_constant(np.asarray(start, dtype=np.float64).reshape(-1))]
    for stage in model._predictors:  # noqa: SLF001
        for place, found in enumerate(stage):
            nodes = found.nodes
            if nodes["is_categorical"].any():
                return None
            is_leaf = nodes["is_leaf"].astype(bool)
            tree = _Tree(
                np.where(is_leaf, -1, nodes["left"].astype(np.int64)),
                np.where(is_leaf, -1, nodes["right"].astype(np.int64)),
                nodes["feature_idx"],
                nodes["num_threshold"],
                nodes["missing_go_to_left"],
                nodes["value"][:, None],
            )
            trees.append(_placed(tree, place, n_sums))
    return _joined(trees, _link(model, n_sums))


def _of_lightgbm(model: Any) -> Trees | None:
    """Read from LightGBM's own text of the model, which holds every number to its last digit."""
    blocks = model.booster_.model_to_string().split("end of trees")[0].split("\nTree=")
    n_sums = int(_fields(blocks[0])["num_tree_per_iteration"])
    trees = []
    for number, block in enumerate(blocks[1:]):
        tree = _of_block(_fields(block))
        if tree is None:
            return None
        trees.append(_placed(tree, number % n_sums, n_sums))
    return _joined(trees, _link(model, n_sums)) if trees else None


def _fields(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _of_block(fields: dict[str, str]) -> _Tree | None:
    def numbers(name: str, kind: type) -> NDArray[Any]:
        return np.array(fields.get(name, "").split(), dtype=kind)

    leaves = numbers("leaf_value", np.float64)
    if len(leaves) == 1:
        return _constant(leaves)
    kinds = numbers("decision_type", np.int64)
    missing = kinds & _MISSING_TYPE
    if (kinds & _IS_CATEGORICAL).any() or (missing == _ZERO_IS_MISSING).any() or fields["is_linear"] == "1":
        return None
    n_inner, ends, threshold = len(kinds), np.full(len(leaves), -1), numbers("threshold", np.float64)
    left, right = numbers("left_child", np.int64), numbers("right_child", np.int64)  # a leaf is -1 - its number
    goes_left = np.where(missing == _NEVER_MISSING, threshold >= 0.0, (kinds & _DEFAULT_LEFT) != 0)  # as 0 otherwise
    nothing = np.zeros(len(leaves))
    return _Tree(
        np.concatenate([np.where(left < 0, n_inner - 1 - left, left), ends]),
        np.concatenate([np.where(right < 0, n_inner - 1 - right, right), ends]),
        np.concatenate([numbers("split_feature", np.int64), nothing]),
        np.concatenate([threshold, nothing]),
        np.concatenate([goes_left, nothing]),
        np.concatenate([np.zeros(n_inner), leaves])[:, None],
    )


def _constant(sums: Floats) -> _Tree:
    """A tree of one leaf."""
    nothing = np.zeros(1)
    return _Tree(np.array([-1]), np.array([-1]), nothing, nothing, nothing, np.reshape(sums, (1, -1)))


def _placed(tree: _Tree, place: int, n_sums: int) -> _Tree:
    """The tree of one number as one that adds to the sum at `place`."""
    values = np.zeros((len(tree.left), n_sums))
    values[:, place] = tree.values[:, 0]
    return _Tree(tree.left, tree.right, tree.feature, tree.threshold, tree.missing_left, values)


def _link(model: Any, n_sums: int) -> Link:
    """What a boosted model makes of its sums, as it usually does."""
    if isinstance(model, LGBMRegressor) or not hasattr(model, "classes_"):
        return _same
    return _of_two if n_sums == 1 else _of_many


def _same(sums: Floats) -> Floats:
    return sums


def _of_two(sums: Floats) -> Floats:
    return np.hstack([special.expit(-sums), special.expit(sums)])


def _of_many(sums: Floats) -> Floats:
    return np.asarray(special.softmax(sums, axis=1), dtype=np.float64)
