"""Interpretations: what people expected of a model before they saw what drives it, and what they said of it then.

Every table is append-only: triggers refuse UPDATE and DELETE. Who changes their mind adds a row.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime, new_id, utc_now


class Expectation(SQLModel, table=True):
    """Which columns one person expected to matter, or why they skipped the question. Once for each model."""

    __tablename__ = "expectation"
    __table_args__ = (UniqueConstraint("model_id", "user_id"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    model_id: str = Field(foreign_key="model.id", index=True)
    explanation_sha256: str  # what was hidden until then
    user_id: str = Field(foreign_key="user_account.id")
    role_at_time: str
    columns: list[dict[str, str]] = Field(sa_type=JsonDocument)  # {column, direction}; none where skipped
    skip_reason: str = ""
    towards: str | None = None  # of several classes, the one that the directions are about
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class SurpriseAnswer(SQLModel, table=True):
    """The sentence that answers one difference between what was expected and what the model does."""

    __tablename__ = "surprise_answer"
    __table_args__ = (
        UniqueConstraint("model_id", "explanation_sha256", "kind", "column"),
        CheckConstraint("kind IN ('unexpected', 'weak', 'opposite')", name="kind"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    model_id: str = Field(foreign_key="model.id", index=True)
    explanation_sha256: str
    kind: str
    column: str
    sentence: str
    user_id: str = Field(foreign_key="user_account.id")
    role_at_time: str
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class DriverVote(SQLModel, table=True):
    """What one person says of one driver; their latest version counts."""

    __tablename__ = "driver_vote"
    __table_args__ = (
        UniqueConstraint("model_id", "explanation_sha256", "column", "user_id", "version"),
        CheckConstraint("vote IN ('sense', 'surprised', 'no', 'kept', 'withdrawn')", name="vote"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    model_id: str = Field(foreign_key="model.id", index=True)
    explanation_sha256: str
    column: str
    user_id: str = Field(foreign_key="user_account.id")
    role_at_time: str
    version: int
    vote: str  # kept: a "no" that stands although it was answered
    reason: str = ""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class VoteAnswer(SQLModel, table=True):
    """What somebody else answers to a "no" (a trigger refuses an answer by who voted)."""

    __tablename__ = "vote_answer"

    id: str = Field(default_factory=new_id, primary_key=True)
    vote_id: str = Field(foreign_key="driver_vote.id", index=True)
    user_id: str = Field(foreign_key="user_account.id")
    role_at_time: str
    sentence: str
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class InterpretationDecision(SQLModel, table=True):
    """Whether the model is understood: bound to the digest of the model and the hash of its explanation."""

    __tablename__ = "interpretation_decision"
    __table_args__ = (
        UniqueConstraint("model_id", "version"),
        CheckConstraint("verdict IN ('accepted', 'not_accepted')", name="verdict"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    model_id: str = Field(foreign_key="model.id", index=True)
    model_digest: str
    explanation_sha256: str
    version: int
    verdict: str
    reason: str
    user_id: str = Field(foreign_key="user_account.id")
    role_at_time: str
    decided_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
