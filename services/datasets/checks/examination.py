"""Examine a table: run every check, and sum up what figures show. Takes seconds; runs in a child process."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pandas as pd

from services.datasets.checks.clusters import cluster_columns
from services.datasets.checks.coverage import cover_time
from services.datasets.checks.finding import Finding
from services.datasets.checks.health import HealthDocument
from services.datasets.checks.missingness import map_missingness
from services.datasets.checks.protocol import Check
from services.datasets.checks.registry import CHECKS, CHECKS_VERSION
from services.datasets.checks.relations import relate_columns
from services.datasets.checks.subject import Subject
from services.datasets.limits import TABLE_THREADS
from services.datasets.profile import TableProfile

T = TypeVar("T")
_LOG = logging.getLogger("portal.datasets")


def examine(
    frame: pd.DataFrame,
    *,
    target: str | None,
    positive_label: str | None,
    excluded: Mapping[str, str],
    descriptions: Mapping[str, Mapping[str, str]],
    profile: TableProfile,
) -> HealthDocument:
    """Everything the checks say of a table.

    Parameters
    ----------
    frame
        As `tables.read_table` returns it, with the columns of `profile`.
    excluded
        Columns that no model sees, with reasons. They count in questions about several columns only; a finding about
        one of them is there and hidden by `HealthDocument.without`.
    descriptions
        Lines of the data dictionary: column -> field -> text, with the fields of `ColumnDescription`.
    """
    subject = Subject(
        frame,
        profile=profile,
        target=target,
        positive_label=positive_label,
        excluded=excluded,
        descriptions=descriptions,
    )
    with ThreadPoolExecutor(TABLE_THREADS) as pool:  # the longest questions first
        missingness = pool.submit(_sum_up, map_missingness, subject)
        correlations = pool.submit(_sum_up, cluster_columns, subject)
        relations = pool.submit(_sum_up, relate_columns, subject)
        coverage = pool.submit(_sum_up, cover_time, subject)
        findings = [found for part in pool.map(lambda check: _run(check, subject), CHECKS) for found in part]
    return HealthDocument(
        checks_version=CHECKS_VERSION,
        n_rows=subject.n_rows,
        n_columns=len(subject.columns),
        n_examined=len(subject.sample),
        findings=tuple(sorted(findings, key=lambda found: found.rank)),
        excluded=tuple(sorted(subject.excluded)),
        missingness=missingness.result(),
        correlations=correlations.result(),
        relations=relations.result() or (),
        coverage=coverage.result(),
    )


def _run(check: Check, subject: Subject) -> tuple[Finding, ...]:
    """One broken check costs its own answer, not those of the others; and no answer is not a pass."""
    try:
        return check.run(subject)
    except Exception as error:  # no text of the error: it may quote a cell
        _LOG.error("the check %s failed with %s", check.code, type(error).__name__)
        return (Finding(check.code, check.title, "not_applicable", "This check could not be completed."),)


def _sum_up(compute: Callable[[Subject], T | None], subject: Subject) -> T | None:
    """A figure that cannot be made is left away."""
    try:
        return compute(subject)
    except Exception as error:  # no text of the error: it may quote a cell
        _LOG.error("%s failed with %s", compute.__name__, type(error).__name__)
        return None
