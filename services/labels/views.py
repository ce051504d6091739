"""What pages see of labelling: frozen pictures, blind to who said what about a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.datasets.dictionary import DictionaryLine
from services.jobs.views import JobView
from services.labels.agreement import Alpha, Kappa
from services.models.cards import Card


@dataclass(frozen=True, slots=True)
class TaskView:
    """Rows of one version of the data that people give a class to; `model` is what the quick model scored."""

    id: str
    project_id: str
    dataset_id: str
    column: str
    classes: tuple[str, ...]
    positive_class: str | None
    guideline: str
    second_rater_share: float
    state: str
    queue_round: int
    n_queued: int
    cards_sha256: str | None
    model: Mapping[str, Any] | None
    created_by: str
    created_by_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: the row this person looks at next, None when there is none for them now."""

    card: Card | None
    n_left: int
    n_mine: int
    last_row: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is. `by_class` counts answers, `seconds_per_label` is the median of what people took."""

    n_rows: int
    n_answers: int
    n_raters: int
    n_agreed: int
    n_disputed: int
    n_unclear: int
    by_class: Mapping[str, int]
    seconds_per_label: float | None
    n_since_training: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two people see the same rows. `kappa` only where exactly two people rated them."""

    n_twice: int
    n_equal: int
    alpha: Alpha | None
    kappa: Kappa | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """A row that people see differently, with what was said, without who said it."""

    row: int
    said: tuple[str, ...]
    card: Card | None


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything the page of a task shows; `card` and `disputes` only for those who label.

    `is_blind` where the objective says that people who label must not see what a model says.
    """

    task: TaskView
    progress: Progress
    agreement: Agreement
    training: JobView | None
    worth: JobView | None
    disputes: tuple[Dispute, ...]
    card: Card | None
    may_label: bool
    currency: str
    dictionary: Mapping[str, DictionaryLine]
    is_blind: bool = False

    @property
    def is_fitting(self) -> bool:
        """Whether a worker is about to learn from answers, so that what was said of fewer of them is out of date."""
        return self.training is not None and self.training.is_active and self.progress.n_answers > 0


@dataclass(frozen=True, slots=True)
class Suspect:
    """A row that a job found suspicious, with what a person decided about it (None: nobody has yet)."""

    row: int
    given: str
    suggested: str
    score: float
    card: Card | None
    verdict: str | None
    value: str | None
    reason: str | None
    decided_by_name: str | None


@dataclass(frozen=True, slots=True)
class SuspectList:
    """What a job found, and how far people are with it. `classes` is empty where a number is predicted."""

    job_id: str
    kind: str
    project_id: str
    dataset_id: str
    column: str
    classes: tuple[str, ...]
    n_examined: int
    noise_rate: float | None
    suspects: tuple[Suspect, ...]
    model_id: str | None = None

    @property
    def n_decided(self) -> int:
        """How many rows somebody has decided about."""
        return sum(suspect.verdict is not None for suspect in self.suspects)

    @property
    def n_changes(self) -> int:
        """How many rows will change: those excluded and those relabelled."""
        return sum(suspect.verdict in ("exclude", "relabel") for suspect in self.suspects)
