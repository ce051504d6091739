"""A report is stored as plain data and read as it was written."""

import json

import pytest

from services.simulation.report import SimulationReport
from tests.makers_simulation import (
    make_allocation,
    make_common_report,
    make_report,
    make_report_without_forecast,
    make_solver_found,
)


@pytest.mark.parametrize(
    "report",
    [
        make_report(),
        make_report_without_forecast(),
        make_common_report(),
        make_report(allocation=make_allocation(beside=make_solver_found())),
    ],
    ids=["forecast", "none", "common", "limited"],
)
def test_a_stored_report_is_read_as_it_was_written(report: SimulationReport) -> None:
    assert SimulationReport.from_document(json.loads(json.dumps(report.document()))) == report


def test_a_report_of_levers_of_each_case_is_written_as_before() -> None:
    assert not {"segments", "segment_column", "constraints", "allocation"} & set(make_report().document())


def test_without_a_forecast_no_number_of_money_a_case_would_gain_is_in_the_document() -> None:
    text = json.dumps(make_report_without_forecast().document())
    assert '"money": null' in text
    assert '"gain": null' in text
    assert '"chance_then": null' in text
