"""The report as plain data and back."""

import json

from services.fairness.report import Agreed, FairnessReport
from tests.makers_fairness import make_agreed, make_fairness


def test_a_report_comes_back_as_it_was_stored() -> None:
    report = make_fairness(agreed=make_agreed())
    assert FairnessReport.from_document(json.loads(json.dumps(report.document()))) == report
    assert Agreed.from_document(make_agreed().document()) == make_agreed()
