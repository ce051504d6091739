"""What a page sees of a run: one frozen picture, taken at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.automl.business_inputs import joined_directions
from services.automl.serving_limits import NO_LIMITS, ServingLimits

ACTIVE_STATES = frozenset({"queued", "running", "finishing"})
ENDED_STATES = frozenset({"finished", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class TrialView:
    """One model tried. `second` is the search time at which it ended; `value_amount` is money a year.

    What was not measured is None. `beyond_limits` says what keeps it from becoming the
    model, and is None where it keeps the limits. `reused_from` is the trial of an earlier run whose result this one is.
    """

    number: int
    family: str
    parameters: Mapping[str, Any]
    state: str
    score: float | None
    fold_scores: tuple[float, ...]
    value_amount: float | None
    second: float
    duration_seconds: float | None
    failure: str | None
    id: str = ""
    lane: str = ""
    worker_id: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    prediction_sha256: str | None = None
    score_low: float | None = None
    score_high: float | None = None
    value_low: float | None = None
    value_high: float | None = None
    latency_ms: float | None = None
    batch_latency_ms: float | None = None
    size_bytes: float | None = None
    peak_memory_mb: float | None = None
    fairness_gap: float | None = None
    beyond_limits: str | None = None
    reused_from: str | None = None


@dataclass(frozen=True, slots=True)
class RunEvent:
    """What somebody did with a run, as the audit log has it."""

    at: datetime
    who: str
    action: str
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WorkerView:
    """The worker that touched the run last, or the freshest one there is."""

    host: str
    heartbeat_age_seconds: float
    is_alive: bool


@dataclass(frozen=True, slots=True)
class RunView:
    """A run, its trials and its worker. Amounts are yearly, in `currency`, against acting on nobody.

    `references` has the yearly amounts of "nothing" (0), "everyone" and "break_even", and is empty without payoffs.
    `eta_seconds` is how long the search may still take; None when that cannot be said honestly.
    `circumstances` is what the worker wrote down at the start (`services.automl.circumstances`), empty before that.
    `limits` are what the objective of the run allows a model to cost, `directions` by column whether its levers let the
    answer only rise (1) or only fall (-1) with it, `expected` the same as people expect it, `compared` the columns
    whose groups are compared, `todays_rule` the formula that decides today, `amount_formula` what a caught case is
    worth by row ("" where all are worth the same), `excluded` the columns that people left
    out, with their reasons, and `derived` those that the portal computes, with their formulas.
    `families` are the kinds of model it was started with and `only_families` those it tries now; empty means all.
    """

    id: str
    project_id: str
    number: int
    state: str
    wish: str
    phase: str
    task: str
    metric: str
    greater_is_better: bool
    dataset_id: str
    dataset_version: int
    budget_seconds: float
    used_seconds: float
    n_trials_budget: int
    n_complete: int
    n_failed: int
    eta_seconds: float | None
    best: TrialView | None
    currency: str | None
    worker: WorkerView | None
    queue_position: int | None
    failure: str | None
    created_by: str
    created_by_name: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    generation: int = 1
    depth: str = "guided"
    families: tuple[str, ...] = ()
    only_families: tuple[str, ...] = ()
    added_seconds: float = 0.0
    split: Mapping[str, Any] = field(default_factory=dict)
    references: Mapping[str, float] = field(default_factory=dict)
    trials: tuple[TrialView, ...] = ()
    seed: int = 0
    rerun_of: str | None = None
    rerun_from: str | None = None
    circumstances: Mapping[str, Any] = field(default_factory=dict)
    limits: ServingLimits = NO_LIMITS
    directions: Mapping[str, int] = field(default_factory=dict)
    expected: Mapping[str, int] = field(default_factory=dict)
    compared: tuple[str, ...] = ()
    todays_rule: str = ""
    amount_formula: str = ""
    excluded: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_directions(self) -> Mapping[str, int]:
        """What levers demand and people expect, as the search heeds it."""
        return joined_directions(self.directions, self.expected)

    @property
    def is_active(self) -> bool:
        """Whether the run waits for a worker or is being worked on: its page refreshes itself."""
        return self.state in ACTIVE_STATES

    @property
    def imported(self) -> Mapping[str, Any]:
        """Of a run taken over from a tracking server: its address and the id there; empty for the portal's own."""
        found: Mapping[str, Any] = self.circumstances.get("imported", {})
        return found

    @property
    def imported_files(self) -> Sequence[Mapping[str, Any]]:
        """Name, hash and size of each file of its model that came with it from a tracking server."""
        files: Sequence[Mapping[str, Any]] = self.circumstances.get("imported_files", {}).get("files", ())
        return files

    @property
    def model_families(self) -> frozenset[str]:
        """The kinds its model is made of; every kind that gave a model where nobody wrote down which are in it."""
        members = {int(number) for number, _ in self.circumstances.get("model", {}).get("members") or ()}
        return frozenset(trial.family for trial in self.complete_trials if not members or trial.number in members)

    @property
    def has_money(self) -> bool:
        """Whether trials are compared in money rather than by the metric."""
        return self.currency is not None

    def result_of(self, trial: TrialView) -> float:
        """What a trial is compared by: money a year, or the metric."""
        value = trial.value_amount if self.has_money and trial.value_amount is not None else trial.score
        assert value is not None
        return value

    @property
    def complete_trials(self) -> tuple[TrialView, ...]:
        """The trials that gave a model, in the order of their number."""
        return tuple(trial for trial in self.trials if trial.state == "complete")
