"""Findings that somebody has explained: right as they are, with a reason. They are not open, and not forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.audit.canonical import sha256_of
from services.datasets.checks.finding import SEVERITIES, Finding, Severity


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a finding is right as it is, who said so and when, and how grave it was then."""

    reason: str
    by_name: str
    at: datetime
    severity: Severity


@dataclass(frozen=True, slots=True)
class ExplainedFinding:
    """A finding with its explanation."""

    finding: Finding
    explanation: Explanation


def digest_of(code: str, columns: Sequence[str]) -> str:
    """What tells a finding from the others of a project, from version to version."""
    return sha256_of({"code": code, "columns": list(columns)})


def split_explained(
    findings: Sequence[Finding], explanations: Mapping[str, Explanation]
) -> tuple[tuple[Finding, ...], tuple[ExplainedFinding, ...]]:
    """The findings that are open, in their order, and the explained ones. One that became graver is open again.

    Parameters
    ----------
    explanations
        By the digest of the finding.
    """
    left: list[Finding] = []
    explained: list[ExplainedFinding] = []
    for found in findings:
        said = explanations.get(digest_of(found.code, found.columns)) if found.outcome == "finding" else None
        if said is None or SEVERITIES.index(found.severity) < SEVERITIES.index(said.severity):
            left.append(found)
        else:
            explained.append(ExplainedFinding(found, said))
    return tuple(left), tuple(explained)
