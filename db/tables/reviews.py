"""Reviews: rounds of sign-off, each bound to a frozen manifest of evidence."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime, new_id, utc_now


class Review(SQLModel, table=True):
    """One round at one gate. `stale` is not a state: it follows from the manifest at every look."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("project_id", "gate", "round"),
        CheckConstraint(
            "state IN ('in_approval', 'approved', 'changes_requested', 'rejected', 'withdrawn', "
            "'superseded', 'revoked')",
            name="state",
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    gate: str  # "deployment": may this model act?
    round: int
    model_id: str = Field(foreign_key="model.id", index=True)
    question: str
    state: str = "in_approval"
    manifest: dict[str, Any] = Field(sa_type=JsonDocument)
    manifest_sha256: str
    requested_by: str = Field(foreign_key="user_account.id")
    requested_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class EvidenceAuthor(SQLModel, table=True):
    """Who wrote a piece of the frozen evidence, and may therefore not decide on it (a trigger holds this too)."""

    __tablename__ = "evidence_author"
    __table_args__ = (UniqueConstraint("review_id", "user_id"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    review_id: str = Field(foreign_key="review.id", index=True)
    user_id: str
    authored: str  # in words: "edited the payoffs on 3 May"


class EvidenceOpening(SQLModel, table=True):
    """That a reviewer opened a section of the evidence."""

    __tablename__ = "evidence_opening"
    __table_args__ = (UniqueConstraint("review_id", "user_id", "section"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    review_id: str = Field(foreign_key="review.id", index=True)
    user_id: str = Field(foreign_key="user_account.id")
    section: str
    opened_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Decision(SQLModel, table=True):
    """What one person decided on one manifest. A trigger refuses UPDATE and DELETE."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("review_id", "user_id", "verdict"),  # who approved may revoke later
        CheckConstraint("verdict IN ('approve', 'request_changes', 'reject', 'revoke')", name="verdict"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    review_id: str = Field(foreign_key="review.id", index=True)
    user_id: str = Field(foreign_key="user_account.id")
    role_at_time: str
    verdict: str
    reason: str
    manifest_sha256: str
    decided_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
