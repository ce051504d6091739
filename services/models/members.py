"""The pipelines that a model is made of: itself, or the members of a team, each from columns to an answer."""

from dataclasses import dataclass
from typing import Any

from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.pipeline import Pipeline


@dataclass(frozen=True)
class Member:
    """A fitted pipeline of two steps, "columns" and "model", and its share in the answer."""

    pipeline: Pipeline
    weight: float

    @property
    def columns(self) -> Any:
        """From typed columns to a matrix."""
        return self.pipeline.named_steps["columns"]

    @property
    def model(self) -> Any:
        """From the matrix to an answer."""
        return self.pipeline.named_steps["model"]


def members_of(pipeline: Pipeline) -> list[Member]:
    """The members of a fitted pipeline; weights sum to 1. Their weighted mean is what the pipeline answers."""
    return [Member(found, weight) for found, weight in _flat(pipeline, 1.0)]


def _flat(pipeline: Pipeline, share: float) -> list[tuple[Pipeline, float]]:
    model = pipeline.named_steps["model"]
    if not isinstance(model, VotingClassifier | VotingRegressor):
        return [(pipeline, share)]
    total = float(sum(model.weights))
    found: list[tuple[Pipeline, float]] = []
    for member, weight in zip(model.estimators_, model.weights, strict=True):
        whole = member if "columns" not in pipeline.named_steps else _behind(pipeline.named_steps["columns"], member)
        found += _flat(whole, share * float(weight) / total)
    return found


def _behind(columns: Any, model: Any) -> Pipeline:
    return Pipeline([("columns", columns), ("model", model)])
