"""The reasons in a report, as whoever reads it may see them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from services.datasets.dictionary import in_business_words
from services.proposals.causal import causal_status
from services.proposals.lever import Assignment
from services.simulation.lever_finding import LeverFinding
from services.simulation.report import SimulationReport

WITHHELD = "Why it has this grade is told once you say under Explain what you expect to drive the model."
_SAID_BEFORE = frozenset(causal_status(assignment).reason for assignment in get_args(Assignment))  # any data


def without_reasons(report: SimulationReport) -> SimulationReport:
    """The report for who is still to say what they expect to drive the model: reasons would tell them.

    So would money over a lever, which is a column of the model, and what adjusting for others makes of it. Of a grade
    stays only what follows from how the lever was set; what a simulation found of it does not.
    """
    return replace(
        report,
        first=tuple(replace(case, reasons=()) for case in report.first),
        levers=tuple(_without_reason(lever) for lever in report.levers),
        segments=tuple(replace(found, curve=()) for found in report.segments),
    )


def _without_reason(lever: LeverFinding) -> LeverFinding:
    return replace(lever, adjusted=None, reason=lever.reason if lever.reason in _SAID_BEFORE else WITHHELD)


def reasons_in_business_words(report: SimulationReport, names: Mapping[str, str]) -> SimulationReport:
    """The report with the columns that are given as reasons, also of a grade, as the business calls them."""
    first = tuple(
        replace(case, reasons=tuple(in_business_words(reason, names) for reason in case.reasons))
        for case in report.first
    )
    levers = tuple(replace(lever, reason=in_business_words(lever.reason, names)) for lever in report.levers)
    return replace(report, first=first, levers=levers)
