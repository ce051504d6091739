"""Read what the checks found in a version of the data."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlmodel import Session, col, func, select

from db.tables import ColumnDescription, FindingExplanation, HealthReport, User
from services.audit.actor import Actor
from services.datasets.checks.explained import ExplainedFinding, Explanation, split_explained
from services.datasets.checks.finding import Severity
from services.datasets.checks.health import HealthDocument
from services.datasets.checks.registry import CHECKS_VERSION
from services.datasets.queries.versions import get_dataset
from services.datasets.views import Dataset


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of the health of one version.

    `document` is as it matters to a model that does not see what is left out, without the findings that somebody has
    explained: those are in `explained`. `is_current` is False where it was made
    before columns were taken back in or the dictionary changed: it is still right about the rows.
    """

    document: HealthDocument
    examined_at: datetime
    is_current: bool
    explained: tuple[ExplainedFinding, ...] = ()


def find_health(session: Session, *, actor: Actor, dataset_id: str) -> Health | None:
    """What the checks found in the version, None until a worker has examined it."""
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    report = session.exec(
        select(HealthReport).where(
            HealthReport.project_id == dataset.project_id,
            HealthReport.table_sha256 == dataset.table_sha256,
            HealthReport.target == (dataset.target or ""),
            HealthReport.positive_label == (dataset.positive_label or ""),
            HealthReport.checks_version == CHECKS_VERSION,
        )
    ).first()
    if report is None:
        return None
    document = HealthDocument.from_document(report.document)
    is_current = set(document.excluded) <= set(dataset.excluded) and not _is_dictionary_newer(session, dataset, report)
    document = document.without(dataset.excluded)
    left, explained = split_explained(document.findings, _read_explanations(session, dataset.project_id))
    return Health(replace(document, findings=left), report.created_at, is_current, explained)


def get_checkable(session: Session, *, actor: Actor, dataset_id: str) -> tuple[Dataset, bool]:
    """The version, and whether a worker has to examine it: there is no report of it, or it is out of date."""
    health = find_health(session, actor=actor, dataset_id=dataset_id)
    return get_dataset(session, actor=actor, dataset_id=dataset_id), health is None or not health.is_current


def _read_explanations(session: Session, project_id: str) -> dict[str, Explanation]:
    statement = (
        select(FindingExplanation, User.name)
        .join(User, col(User.id) == FindingExplanation.created_by)
        .where(FindingExplanation.project_id == project_id)
    )
    return {
        row.finding_sha256: Explanation(row.reason, name, row.created_at, cast(Severity, row.severity))
        for row, name in session.exec(statement)
    }


def _is_dictionary_newer(session: Session, dataset: Dataset, report: HealthReport) -> bool:
    statement = select(func.count()).where(
        col(ColumnDescription.project_id) == dataset.project_id, col(ColumnDescription.changed_at) > report.created_at
    )
    return session.exec(statement).one() > 0
