"""A team of models as one plain scikit-learn estimator."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder


def team_of(members: Sequence[tuple[str, Pipeline, float]], classes: Sequence[Any]) -> Pipeline:
    """Fitted pipelines as one fitted pipeline.

    Parameters
    ----------
    members
        View, fitted pipeline and weight. Members of one view were fitted to the same rows, so that their columns step
        is the same and is kept once.
    classes
        What the members answer with: positions of classes; empty for numbers.

    Returns
    -------
    Pipeline
        The only member itself, or one step "model": a VotingClassifier or VotingRegressor. Fitted anew to rows, it fits
        every member anew.
    """
    if len(members) == 1:
        return members[0][1]
    branches = []
    for view, found in groupby(sorted(members, key=lambda member: member[0]), key=lambda member: member[0]):
        group = list(found)
        weights = [weight for _, _, weight in group]
        models = [pipeline.named_steps["model"] for _, pipeline, _ in group]
        model = models[0] if len(models) == 1 else _voting(models, weights, classes)
        columns = group[0][1].named_steps["columns"]
        branches.append((view, Pipeline([("columns", columns), ("model", model)]), sum(weights)))
    if len(branches) == 1:
        return branches[0][1]
    named = [branch for _, branch, _ in branches]
    return Pipeline([("model", _voting(named, [weight for *_, weight in branches], classes))])


def _voting(models: Sequence[Any], weights: Sequence[float], classes: Sequence[Any]) -> Any:
    """A voting estimator around models that are fitted already.

    Each of them is held once: a file of skops has a copy for every place that a model stands in.
    """
    named = [(f"model_{number}", clone(model)) for number, model in enumerate(models, start=1)]
    voting: Any
    if len(classes):
        voting = VotingClassifier(named, voting="soft", weights=list(weights))
        voting.le_ = LabelEncoder().fit(np.asarray(classes))
        voting.classes_ = voting.le_.classes_
    else:
        voting = VotingRegressor(named, weights=list(weights))
    voting.estimators_ = list(models)
    return voting
