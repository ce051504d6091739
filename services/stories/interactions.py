"""Pairs of columns that do together what neither does alone.

Trees are asked by SHAP's own interaction values: the effect of each column splits into a main effect and its half of
what it does with each other one, and these sum to it exactly. Any other model is asked four times about each row: as
it is, with either column of a typical row, and with both; what is left of the difference of the differences is what
the two do together.

References
----------
Lundberg, Erion & Lee (2018), Consistent individualized feature attribution for tree ensembles, arXiv 1802.03888.
Friedman & Popescu (2008), Predictive learning via rule ensembles, Ann. Appl. Stat. 2 (double differences).
"""

import warnings
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import shap
from lightgbm import LGBMClassifier, LGBMModel
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from services.automl.preparation import Preparation
from services.models.attribution import feature_sources
from services.models.explanation import shown_class
from services.models.members import members_of
from services.models.sentences import POINTS
from services.stories.answering import Ask, Floats
from services.stories.report import Interactions, Pair

MAX_PAIRS, MAX_ROWS, MAX_COLUMNS = 10, 300, 10
BY_TREES = "SHAP interaction values along the paths of the trees; main and interactions sum to each effect"
BY_DIFFERENCES = "double differences of exchanging two columns with those of {n} typical rows, among the {m} strongest"
_ONE_TREE = (DecisionTreeClassifier, DecisionTreeRegressor)
_FORESTS = (ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor)
_STEPS = 1_500_000_000  # about a minute
_FEWEST_ROWS, _MOST_FEATURES = 20, 150
_ASKED_ROWS, _ASKED_TYPICAL = 100, 16
_NOTHING = 1e-9  # of the strongest effect: what rounding leaves


@dataclass(frozen=True, eq=False)
class Matrix:
    """For each row the effect that each pair of columns shares (n, m, m), main effects on the diagonal.

    `effects` (n, m) are the effects of the columns, computed apart from it.
    """

    values: Floats
    effects: Floats

    @property
    def max_gap(self) -> float:
        """Largest |main + interactions - effect|."""
        return float(np.abs(self.values.sum(axis=2) - self.effects).max())


def tree_interactions(model: Any, features: Floats, source: NDArray[np.intp], n_columns: int, shown: int) -> Matrix:
    """SHAP interaction values of a tree, a forest or a boosted model, summed to original columns.

    Parameters
    ----------
    features
        Encoded rows (n, e), of which `source` (e,) gives the column.
    shown
        Place of the class that is told of, where the model tells classes apart.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
        pairs = _of_class(explainer.shap_interaction_values(features), 3, shown)
        effects = _of_class(explainer.shap_values(features, check_additivity=False), 2, shown)
    member = (source[:, None] == np.arange(n_columns)).astype(np.float64)  # (e, m)
    return Matrix(np.einsum("nef,ej,fk->njk", pairs, member, member, optimize=True), effects @ member)


def double_differences(ask: Ask, rows: pd.DataFrame, typical: pd.DataFrame, columns: list[str]) -> Floats:
    """What each pair of columns does together in each row (n, m, m), 0 on the diagonal.

    That is f(x) - f(x with j exchanged) - f(x with k exchanged) + f(x with both), a mean over the typical rows.
    """
    n, t = len(rows), len(typical)
    repeated = rows.loc[rows.index.repeat(t)].reset_index(drop=True)
    other = pd.concat([typical] * n, ignore_index=True)

    def exchanged(*names: str) -> Floats:
        table = repeated.assign(**{name: other[name] for name in names})
        return np.asarray(ask(table).reshape(n, t).mean(axis=1))

    itself, alone = ask(rows), {name: exchanged(name) for name in columns}
    found = np.zeros((n, len(columns), len(columns)))
    for j, k in combinations(range(len(columns)), 2):
        both = exchanged(columns[j], columns[k])
        found[:, j, k] = found[:, k, j] = itself - alone[columns[j]] - alone[columns[k]] + both
    return found


def find_interactions(
    pipeline: Pipeline,
    preparation: Preparation,
    ask: Ask,
    rows: pd.DataFrame,
    typical: pd.DataFrame,
    importances: Floats,
) -> Interactions:
    """The strongest pairs; by the paths of trees where the model is one of trees, else by double differences."""
    names = [column.name for column in preparation.columns]
    by_trees = _asked_as_trees(pipeline, preparation, rows.iloc[:MAX_ROWS], names)
    if by_trees is not None:
        matrix, unit = by_trees
        strengths = 2 * np.abs(matrix.values).mean(axis=0)  # both halves
        return Interactions(
            BY_TREES,
            unit,
            len(matrix.values),
            _strongest(strengths, names, float(np.abs(matrix.effects).mean(axis=0).max())),
            matrix.max_gap,
        )
    strongest = [names[place] for place in np.argsort(-importances, kind="stable")[:MAX_COLUMNS]]
    asked, typical = rows.iloc[:_ASKED_ROWS], typical.iloc[:_ASKED_TYPICAL]
    strengths = np.abs(double_differences(ask, asked, typical, strongest)).mean(axis=0)
    how = BY_DIFFERENCES.format(n=len(typical), m=len(strongest))
    unit = POINTS if preparation.task.is_classification else preparation.target
    return Interactions(how, unit, len(asked), _strongest(strengths, strongest, float(importances.max())), None)


def _asked_as_trees(
    pipeline: Pipeline, preparation: Preparation, rows: pd.DataFrame, names: list[str]
) -> tuple[Matrix, str] | None:
    """None where the model is not of trees, or too large for it."""
    members = members_of(pipeline)
    model = members[0].model
    if len(members) > 1 or not isinstance(model, (LGBMModel, *_FORESTS, *_ONE_TREE)):
        return None
    source = feature_sources(members[0].columns, names)
    affordable = _STEPS // max(1, _steps_of_a_row(model) * len(source))
    if affordable < _FEWEST_ROWS or len(source) > _MOST_FEATURES:
        return None
    encoded = members[0].columns.transform(rows.iloc[: min(len(rows), affordable)])
    features = np.asarray(encoded.toarray() if hasattr(encoded, "toarray") else encoded, dtype=np.float64)
    if not preparation.task.is_classification:
        return tree_interactions(model, features, source, len(names), 0), preparation.target
    shown = int(np.flatnonzero(pipeline.classes_ == shown_class(preparation))[0])
    matrix = tree_interactions(model, features, source, len(names), shown)
    if isinstance(model, LGBMClassifier):
        return matrix, "log-odds"
    return Matrix(100 * matrix.values, 100 * matrix.effects), POINTS


def _steps_of_a_row(model: Any) -> int:
    """Leaves times squared depth, over all trees."""
    if isinstance(model, LGBMModel):
        leaves = int(model.get_params()["num_leaves"])
        return int(model.booster_.num_trees()) * leaves * min(leaves, 12) ** 2
    trees = [model] if isinstance(model, _ONE_TREE) else list(model.estimators_)
    return int(sum(tree.get_n_leaves() * max(1, tree.get_depth()) ** 2 for tree in trees))


def _of_class(values: Any, n_axes: int, shown: int) -> Floats:
    """shap gives (n, ...) for one answer, (n, ..., k) for several; some versions a list of k."""
    if isinstance(values, list):
        values = np.stack(values, axis=-1)
    found = np.asarray(values, dtype=np.float64)
    return found if found.ndim == n_axes else np.asarray(found[..., min(shown, found.shape[-1] - 1)])


def _strongest(strengths: Floats, names: list[str], largest: float) -> tuple[Pair, ...]:
    pairs = [
        Pair(names[j], names[k], float(strengths[j, k]))
        for j, k in combinations(range(len(names)), 2)
        if strengths[j, k] > _NOTHING * largest
    ]
    return tuple(sorted(pairs, key=lambda pair: -pair.strength)[:MAX_PAIRS])
