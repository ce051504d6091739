"""What is remembered, one module per noun. Importing this package registers every table."""

from sqlmodel import SQLModel

# Named constraints, so that a migration can drop them on either database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

from db.tables.audit import AuditEvent  # noqa: E402
from db.tables.automl import Run, Trial, Worker  # noqa: E402
from db.tables.connections import Connection  # noqa: E402
from db.tables.datasets import (  # noqa: E402
    ColumnDescription,
    DatasetVersion,
    FeatureSuggestion,
    FindingExplanation,
    HealthReport,
)
from db.tables.deployments import Deployment  # noqa: E402
from db.tables.examinations import CheckAnswer, ModelAssertion  # noqa: E402
from db.tables.fairness import FairnessAssessment, FairnessTolerance  # noqa: E402
from db.tables.interpretations import (  # noqa: E402
    DriverVote,
    Expectation,
    InterpretationDecision,
    SurpriseAnswer,
    VoteAnswer,
)
from db.tables.jobs import Job  # noqa: E402
from db.tables.labels import Label, LabelTask, RowVerdict  # noqa: E402
from db.tables.models import Model, ThresholdChoice  # noqa: E402
from db.tables.notifications import Notification  # noqa: E402
from db.tables.people import ApiToken, Invitation, SignInAttempt, SignInSession, User  # noqa: E402
from db.tables.portfolio import Benefit, Initiative, ProjectPlan  # noqa: E402
from db.tables.projects import Project, ProjectMember  # noqa: E402
from db.tables.proposals import LeverRow, ObjectiveVersion, ProposalDraft  # noqa: E402
from db.tables.reviews import Decision, EvidenceAuthor, EvidenceOpening, Review  # noqa: E402
from db.tables.simulation import Scenario  # noqa: E402
from db.tables.valuation import ValuationVersion  # noqa: E402

__all__ = [
    "ApiToken",
    "AuditEvent",
    "Benefit",
    "CheckAnswer",
    "ColumnDescription",
    "Connection",
    "DatasetVersion",
    "Decision",
    "Deployment",
    "DriverVote",
    "EvidenceAuthor",
    "EvidenceOpening",
    "Expectation",
    "FairnessAssessment",
    "FairnessTolerance",
    "FeatureSuggestion",
    "FindingExplanation",
    "HealthReport",
    "Initiative",
    "InterpretationDecision",
    "Invitation",
    "Job",
    "Label",
    "LabelTask",
    "LeverRow",
    "Model",
    "ModelAssertion",
    "Notification",
    "ObjectiveVersion",
    "Project",
    "ProjectMember",
    "ProjectPlan",
    "ProposalDraft",
    "Review",
    "RowVerdict",
    "Run",
    "SQLModel",
    "Scenario",
    "SignInAttempt",
    "SignInSession",
    "SurpriseAnswer",
    "ThresholdChoice",
    "Trial",
    "User",
    "ValuationVersion",
    "VoteAnswer",
    "Worker",
]
