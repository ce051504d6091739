"""A report is stored as plain data and read as it was written."""

import json

import pytest

from services.simulation.report import SimulationReport
from tests.makers_simulation import make_report, make_report_without_forecast


@pytest.mark.parametrize("report", [make_report(), make_report_without_forecast()], ids=["forecast", "none"])
def test_a_stored_report_is_read_as_it_was_written(report: SimulationReport) -> None:
    assert SimulationReport.from_document(json.loads(json.dumps(report.document()))) == report


def test_without_a_forecast_no_number_of_money_a_case_would_gain_is_in_the_document() -> None:
    text = json.dumps(make_report_without_forecast().document())
    assert '"money": null' in text
    assert '"gain": null' in text
    assert '"chance_then": null' in text
