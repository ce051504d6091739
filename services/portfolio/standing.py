"""Where a project stands: what exists of it, and the phase that follows. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.automl.views import RunView
from services.datasets.views import Dataset
from services.models.queries import ModelView
from services.proposals.queries import SavedObjective
from services.reviews.rules import STALE, ReviewState
from services.reviews.views import ReviewView
from services.valuation.queries import SavedValuation


class Phase(StrEnum):
    """What the project waits for."""

    OBJECTIVE = "objective"
    MONEY = "money"
    DATA = "data"
    TARGET = "target"
    RUN = "run"
    RUNNING = "running"
    REQUEST = "request"
    DECISION = "decision"
    STALE = "stale"
    ANSWERING = "answering"


_IN_EFFECT: dict[str | None, Phase] = {
    ReviewState.IN_APPROVAL: Phase.DECISION,
    ReviewState.APPROVED: Phase.ANSWERING,
    STALE: Phase.STALE,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides the phase: what there is of a project, and the state of its newest sign-off, stale included."""

    review_state: str | None = None
    is_running: bool = False
    has_objective: bool = False
    has_valuation: bool = False
    has_dataset: bool = False
    has_target: bool = False
    has_model: bool = False
    is_model_outdated: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest of everything a project has; None where there is nothing yet."""

    project_id: str
    name: str
    sentence: str
    risk_tier: str
    owner_name: str
    started_at: datetime
    objective: SavedObjective | None = None
    valuation: SavedValuation | None = None
    dataset: Dataset | None = None
    run: RunView | None = None
    model: ModelView | None = None
    review: ReviewView | None = None

    @property
    def phase(self) -> Phase:
        """The first thing that is missing; a sign-off in effect goes before everything that came earlier."""
        return find_phase(
            Facts(
                review_state=self.review.state if self.review else None,
                is_running=self.run is not None and self.run.is_active,
                has_objective=self.objective is not None,
                has_valuation=self.valuation is not None,
                has_dataset=self.dataset is not None,
                has_target=self.dataset is not None and self.dataset.target is not None,
                has_model=self.model is not None,
                is_model_outdated=self.is_model_outdated,
            )
        )

    @property
    def ids(self) -> dict[str, str]:
        """Of its newest run, model and sign-off, by these names; without those it has not."""
        newest = {"run": self.run, "model": self.model, "review": self.review}
        return {name: item.id for name, item in newest.items() if item is not None}

    @property
    def is_model_outdated(self) -> bool:
        """Whether the data changed after the run that found the model."""
        return self.run is not None and self.dataset is not None and self.run.dataset_id != self.dataset.id


def find_phase(facts: Facts) -> Phase:
    """The first thing that is missing; a sign-off in effect goes before everything that came earlier."""
    if facts.review_state in _IN_EFFECT:
        return _IN_EFFECT[facts.review_state]
    if facts.is_running:
        return Phase.RUNNING
    missing = (
        (not facts.has_objective, Phase.OBJECTIVE),
        (not facts.has_valuation, Phase.MONEY),
        (not facts.has_dataset, Phase.DATA),
        (not facts.has_target, Phase.TARGET),
        (not facts.has_model or facts.is_model_outdated, Phase.RUN),
    )
    return next((phase for is_missing, phase in missing if is_missing), Phase.REQUEST)
