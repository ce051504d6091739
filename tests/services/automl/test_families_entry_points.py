"""Kinds of model that another package brings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from services.automl import families as known
from services.automl.candidates import Candidate
from services.automl.errors import TrialFailedError
from services.automl.families import Family, families
from services.automl.search_domains import Span
from services.automl.search_space import portfolio
from services.automl.training import train_candidate
from services.models.choosing import Tried
from services.models.finishing import finish
from services.models.pipeline_file import load_pipeline
from tests.makers_automl import make_cases, prepared
from tests.makers_search import run_here, search_here

STUMP = Family(
    "stump",
    lambda _: "filled",
    lambda parameters, _task, seed: DecisionTreeClassifier(max_depth=parameters["depth"], random_state=seed),
    lambda _: {"depth": Span(1, 4)},
    lambda shape: [{"depth": 2}] if shape.task.is_classification else [],
)


class Stranger(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Answers with the shares of the classes; not of scikit-learn, so not allowed in a model file."""

    def fit(self, x: Any, y: Any) -> "Stranger":
        """Count."""
        self.classes_, counts = np.unique(y, return_counts=True)
        self.shares_ = counts / counts.sum()
        return self

    def predict_proba(self, x: Any) -> Any:
        """The same for everybody."""
        return np.tile(self.shares_, (len(x), 1))


class _Point:
    def __init__(self, name: str, loaded: object) -> None:
        self.name, self._loaded = name, loaded

    def load(self) -> object:
        return self._loaded


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    points = [_Point("stump", STUMP), _Point("bayes", GaussianNB), _Point("stranger", Stranger)]
    monkeypatch.setattr(known, "entry_points", lambda group: points if group == known.ENTRY_POINTS else [])
    families.cache_clear()
    yield
    families.cache_clear()


def test_a_family_and_an_estimator_of_another_package_join_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {"stump", "bayes"} <= set(families())
    tried = {candidate.family: candidate for candidate in portfolio(prepared())}
    assert tried["stump"].parameters == {"depth": 2}
    assert tried["bayes"].label == "bayes"
    monkeypatch.setattr(known, "_OWN", ())
    families.cache_clear()
    search_here(monkeypatch)
    report = run_here(tmp_path, make_cases(300)[["months", "plan", "left"]], save=tmp_path / "model", max_trials=3)
    assert {"stump", "bayes"} <= {entry["family"] for entry in report["leaderboard"]}


@pytest.mark.parametrize("candidate", [Candidate("stump", {"depth": 2}), Candidate("bayes")])
def test_its_model_can_be_finished_and_stored(candidate: Candidate) -> None:
    outcome = train_candidate(prepared(), candidate, seconds_limit=120)
    model = finish(prepared(), [Tried(candidate, outcome.predictions)])
    assert model.family == candidate.family
    rows = prepared().holdout.x
    assert np.array_equal(load_pipeline(model.pipeline_file).predict(rows), model.pipeline.predict(rows))


def test_a_model_that_no_file_may_hold_is_refused_by_its_name() -> None:
    candidate = Candidate("stranger")
    outcome = train_candidate(prepared(), candidate, seconds_limit=120)
    with pytest.raises(TrialFailedError, match="stranger holds parts that are not allowed in a model file"):
        finish(prepared(), [Tried(candidate, outcome.predictions)])


def test_where_another_candidate_can_be_stored_it_becomes_the_model() -> None:
    ranked = [
        Tried(candidate, train_candidate(prepared(), candidate, seconds_limit=120).predictions)
        for candidate in (Candidate("stranger"), Candidate("bayes"))
    ]
    assert finish(prepared(), ranked).family == "bayes"
