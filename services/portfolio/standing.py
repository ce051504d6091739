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


_IN_EFFECT = {
    ReviewState.IN_APPROVAL: Phase.DECISION,
    ReviewState.APPROVED: Phase.ANSWERING,
    STALE: Phase.STALE,
}


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
        if self.review is not None and self.review.state in _IN_EFFECT:
            return _IN_EFFECT[self.review.state]
        if self.run is not None and self.run.is_active:
            return Phase.RUNNING
        missing = (
            (self.objective is None, Phase.OBJECTIVE),
            (self.valuation is None, Phase.MONEY),
            (self.dataset is None, Phase.DATA),
            (self.dataset is not None and self.dataset.target is None, Phase.TARGET),
            (self.model is None or self.is_model_outdated, Phase.RUN),
        )
        return next((phase for is_missing, phase in missing if is_missing), Phase.REQUEST)

    @property
    def is_model_outdated(self) -> bool:
        """Whether the data changed after the run that found the model."""
        return self.run is not None and self.dataset is not None and self.run.dataset_id != self.dataset.id
