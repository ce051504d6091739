"""Models: what a run produced, and the thresholds people chose for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime, new_id, utc_now


class Model(SQLModel, table=True):
    """A fitted scikit-learn Pipeline with its verified ONNX twin (if there is one), evaluation and explanation."""

    __tablename__ = "model"
    __table_args__ = (UniqueConstraint("project_id", "number"), UniqueConstraint("run_id", "generation"))

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    run_id: str = Field(foreign_key="run.id")
    generation: int = 1  # of the run: one that is continued after its end finds another model
    number: int
    name: str = Field(unique=True)  # as in /v2/models/{name}
    task: str
    family: str
    metric: str
    pipeline_sha256: str  # skops
    onnx_sha256: str | None = None
    onnx_reason: str | None = None  # why there is no twin
    signature: dict[str, Any] = Field(sa_type=JsonDocument)  # columns in, classes out
    evaluation_sha256: str  # hold-out scores, intervals, curves (JSON artefact)
    explanation_sha256: str  # SHAP by original column (JSON artefact)
    digest: str  # sha256 over pipeline, twin, signature: what the response header names
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ThresholdChoice(SQLModel, table=True):
    """From which score on the organisation acts. Never updated: a change is a new version."""

    __tablename__ = "threshold_choice"
    __table_args__ = (UniqueConstraint("model_id", "version"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    model_id: str = Field(foreign_key="model.id", index=True)
    version: int
    threshold: float
    reason: str
    created_by: str  # a user, or "system" for the one the run proposes
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
