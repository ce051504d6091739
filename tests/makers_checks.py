"""Make subjects of checks from a few columns."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from services.datasets.checks.finding import Finding
from services.datasets.checks.protocol import Check
from services.datasets.checks.subject import Subject
from services.datasets.profiling import profile_table


def make_subject(columns: Mapping[str, Any] | pd.DataFrame, **of: Any) -> Subject:
    """The columns as a subject; `of` are target, positive_label, excluded, descriptions."""
    frame = pd.DataFrame(columns)
    return Subject(frame, profile=profile_table(frame), **of)


def find(check: Check, columns: Mapping[str, Any] | pd.DataFrame, **of: Any) -> tuple[Finding, ...]:
    """What the check found; nothing where it passed. Fails where the check does not apply."""
    found = check.run(make_subject(columns, **of))
    assert {finding.outcome for finding in found} <= {"finding", "passed"}
    return tuple(finding for finding in found if finding.outcome == "finding")


def find_one(check: Check, columns: Mapping[str, Any] | pd.DataFrame, **of: Any) -> Finding:
    """The only thing the check found."""
    (finding,) = find(check, columns, **of)
    return finding


def outcome_of(check: Check, columns: Mapping[str, Any] | pd.DataFrame, **of: Any) -> str:
    """The one outcome of the check."""
    (outcome,) = {finding.outcome for finding in check.run(make_subject(columns, **of))}
    return outcome
