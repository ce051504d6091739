"""AutoML: runs, their trials, and the workers that carry them out."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime, new_id, utc_now


class Run(SQLModel, table=True):
    """A search for the best model on one dataset version and one set of payoffs.

    `wish` is what a person asked of a running search; the worker reads it and acts on it.
    `generation` counts how often the run was handed to workers: pausing ends a generation, resuming starts the next.
    `n_reopened` counts how often more time came when the search was about to end: its next end is another one.
    """

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint(
            "state IN ('queued', 'running', 'paused', 'finishing', 'finished', 'failed', 'cancelled')", name="state"
        ),
        CheckConstraint("wish IN ('none', 'pause', 'stop', 'cancel')", name="wish"),
        CheckConstraint("priority IN ('low', 'normal', 'high')", name="priority"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    number: int
    dataset_version_id: str = Field(foreign_key="dataset_version.id")
    valuation_version_id: str | None = Field(default=None, foreign_key="valuation_version.id")
    objective_version_id: str | None = Field(default=None, foreign_key="objective_version.id")
    task: str
    metric: str
    depth: str = "guided"  # how it was asked for: simple, guided or expert
    families: list[str] = Field(default_factory=list, sa_type=JsonDocument)  # kinds it may try; empty: every kind
    only_families: list[str] = Field(
        default_factory=list, sa_type=JsonDocument
    )  # what is tried from now on; empty: all
    split: dict[str, Any] = Field(default_factory=dict, sa_type=JsonDocument)  # as `SplitChoice` writes it
    business_inputs: dict[str, Any] = Field(default_factory=dict, sa_type=JsonDocument)  # as `BusinessInputs` writes it
    n_trials_budget: int
    budget_seconds: float
    added_seconds: float = 0.0  # of the budget, given while the run went on or after it
    n_lanes: int = 2  # trials at the same time
    priority: str = "normal"
    prepared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # when a worker had read its data
    served_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # when it was last given a place of a worker
    trial_seconds_limit: float
    trial_memory_mb_limit: int
    seed: int
    state: str = Field(default="queued", index=True)
    wish: str = "none"
    generation: int = 1
    n_reopened: int = 0
    phase: str = ""
    used_seconds: float = 0.0  # search time of earlier generations; a pause does not use the budget
    failure: str | None = None
    rerun_of: str | None = None  # the run this one repeats, and the step from which on it does
    rerun_from: str | None = None  # split | search | finishing
    circumstances: dict[str, Any] | None = Field(default=None, sa_type=JsonDocument)  # what the worker found at start
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # of this generation
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Trial(SQLModel, table=True):
    """One model tried. A trial keeps its number and parameters when another worker takes it over."""

    __tablename__ = "trial"
    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        CheckConstraint("state IN ('running', 'complete', 'failed', 'pruned')", name="state"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    run_id: str = Field(foreign_key="run.id", index=True)
    number: int
    lane: str  # who works on it: generation of the run and place of the worker
    worker_id: str | None = None
    n_attempts: int = 1  # how often a worker began it; one that ends its workers is given up
    family: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict, sa_type=JsonDocument)
    state: str = "running"
    score: float | None = None  # the run's metric, out of fold
    fold_scores: list[float] = Field(default_factory=list, sa_type=JsonDocument)
    value_amount: float | None = None  # money a year at the best threshold, out of fold
    score_low: float | None = None  # 95% intervals, out of fold; None where there are too few rows to say
    score_high: float | None = None
    value_low: float | None = None
    value_high: float | None = None
    latency_ms: float | None = None  # one row; None wherever it was not measured
    batch_latency_ms: float | None = None
    size_bytes: float | None = None  # of the artefact
    peak_memory_mb: float | None = None  # of the loaded model while it answers
    fairness_gap: float | None = None  # largest difference between groups, in the share acted on
    reused_from: str | None = None  # the trial of an earlier run whose result this is
    beyond_limits: str | None = None  # what keeps it from becoming the model; None where it keeps the limits
    prediction_sha256: str | None = None  # out-of-fold predictions
    failure: str | None = None
    second: float = 0.0  # of search time at which it ended
    duration_seconds: float | None = None
    started_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Worker(SQLModel, table=True):
    """A worker process. Alive while `lease_until` is in the future; after that another worker takes over its work."""

    __tablename__ = "worker"

    executor_id: str = Field(primary_key=True)
    host: str
    pid: int
    application_version: str
    n_places: int = 1  # trials at the same time
    state: str = "working"  # working | stopped | lost
    started_at: datetime = Field(sa_type=UtcDateTime)
    heartbeat_at: datetime = Field(sa_type=UtcDateTime)
    lease_until: datetime = Field(sa_type=UtcDateTime, index=True)
    reaped_by: str | None = None
