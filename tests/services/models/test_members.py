import numpy as np
import pytest

from services.automl.families import family_named
from services.automl.task import Task
from services.automl.training import fit_pipeline, new_pipeline, predict
from services.automl.voting import team_of
from services.models.members import members_of
from tests.makers_automl import CANDIDATES, prepared


def test_a_single_model_is_its_only_member() -> None:
    preparation, candidate = prepared(), CANDIDATES["linear"]
    pipeline = fit_pipeline(new_pipeline(preparation, candidate), candidate, preparation.train.x, preparation.train.y)
    (member,) = members_of(pipeline)
    assert member.pipeline is pipeline
    assert member.weight == 1.0


@pytest.mark.parametrize("task", [Task.BINARY, Task.MULTICLASS, Task.REGRESSION])
@pytest.mark.parametrize("names", [("extra_trees", "random_forest"), ("linear", "extra_trees", "random_forest")])
def test_the_weighted_mean_of_the_members_is_what_a_team_answers(task: Task, names: tuple[str, ...]) -> None:
    preparation, k = prepared(task), len(prepared(task).classes)
    parts = []
    for place, name in enumerate(names, start=1):
        candidate = CANDIDATES[name]
        fitted = fit_pipeline(new_pipeline(preparation, candidate), candidate, preparation.train.x, preparation.train.y)
        parts.append((family_named(name).view(candidate.parameters), fitted, float(place)))
    team = team_of(parts, range(k))
    members = members_of(team)
    assert len(members) == len(names)
    assert sum(member.weight for member in members) == pytest.approx(1.0)
    x = preparation.holdout.x
    mean = sum(member.weight * predict(member.pipeline, x, k) for member in members)
    assert np.allclose(mean, predict(team, x, k))
