"""What was found in the words of the business: workers write the names of columns, and people give them others."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.datasets.dictionary import in_business_words
from services.examinations.report import ExaminationReport


def report_in_business_words(report: ExaminationReport, names: Mapping[str, str]) -> ExaminationReport:
    """Every sentence of the report as `in_business_words`, and the columns that were stressed."""
    if not names:
        return report
    spoken = ExaminationReport.from_document(_spoken(report.document(), names))
    found = tuple(
        replace(stress, column=names.get(stress.column, stress.column) if stress.column else None)
        for stress in spoken.stresses.found
    )
    return replace(spoken, stresses=replace(spoken.stresses, found=found))


def _spoken(part: Any, names: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        return in_business_words(part, names)
    if isinstance(part, list):
        return [_spoken(item, names) for item in part]
    if isinstance(part, dict):
        return {key: _spoken(value, names) for key, value in part.items()}
    return part
