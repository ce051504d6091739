import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import VotingClassifier
from sklearn.pipeline import Pipeline

from services.automl.ensemble import blend
from services.automl.families import family_named
from services.automl.preparation import Preparation
from services.automl.task import Task
from services.automl.training import fit_pipeline, new_pipeline, predict
from services.automl.voting import team_of
from tests.makers_automl import CANDIDATES, prepared


def _fitted(preparation: Preparation, name: str) -> Pipeline:
    train, candidate = preparation.train, CANDIDATES[name]
    return fit_pipeline(new_pipeline(preparation, candidate), candidate, train.x, train.y)


def _view(name: str) -> str:
    return family_named(name).view(CANDIDATES[name].parameters)


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("names", [("linear",), ("extra_trees", "random_forest"), ("linear", "lightgbm", "kernel")])
def test_a_team_answers_with_the_weighted_mean_of_its_members(task: Task, names: tuple[str, ...]) -> None:
    preparation = prepared(task)
    pipelines = [_fitted(preparation, name) for name in names]
    weights = list(np.arange(1, len(names) + 1) / sum(range(1, len(names) + 1)))
    members = [
        (_view(name), pipeline, weight) for name, pipeline, weight in zip(names, pipelines, weights, strict=True)
    ]
    team = team_of(members, range(len(preparation.classes)))
    x, k = preparation.holdout.x, len(preparation.classes)
    expected = blend([predict(pipeline, x, k) for pipeline in pipelines], dict(enumerate(weights)))
    assert np.allclose(predict(team, x, k), expected, rtol=1e-9, atol=1e-9)


def test_a_team_keeps_the_features_of_a_view_once() -> None:
    preparation = prepared()
    names = ("extra_trees", "random_forest")
    team = team_of([(_view(name), _fitted(preparation, name), 0.5) for name in names], (0, 1))
    assert [name for name, _ in team.steps] == ["columns", "model"]
    assert isinstance(team.named_steps["model"], VotingClassifier)


def test_a_team_fitted_anew_learns_every_member_anew() -> None:
    preparation = prepared()
    names = ("linear", "extra_trees")
    team = team_of([(_view(name), _fitted(preparation, name), 0.5) for name in names], (0, 1))
    x, y = preparation.train.x, preparation.train.y
    again = clone(team).fit(x, y)
    assert np.allclose(again.predict_proba(x), team.predict_proba(x))
    turned = clone(team).fit(x, 1 - y)
    assert np.corrcoef(turned.predict_proba(x)[:, 1], team.predict_proba(x)[:, 1])[0, 1] < -0.9
