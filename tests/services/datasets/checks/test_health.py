"""The health of a table survives storage, and follows what is left out."""

import json

from services.datasets.checks.examination import examine
from services.datasets.checks.health import HealthDocument
from services.datasets.profiling import profile_table
from tests.makers_datasets import make_frame


def health() -> HealthDocument:
    frame = make_frame().assign(country="DE")
    profile = profile_table(frame)
    return examine(frame, target="churn", positive_label="Yes", excluded={}, descriptions={}, profile=profile)


def test_it_survives_its_document() -> None:
    found = health()
    assert HealthDocument.from_document(json.loads(json.dumps(found.document(), allow_nan=False))) == found


def test_what_is_left_out_is_no_longer_found() -> None:
    found = health()
    assert "constant" in {finding.code for finding in found.outcome("finding")}
    shown = found.without({"country": "It never changes."})
    (settled,) = [finding for finding in shown.findings if finding.code == "constant"]
    assert settled.outcome == "passed"
    assert found.without({}) == found


def test_findings_come_before_passes_and_grave_ones_first() -> None:
    ranks = [finding.rank for finding in health().findings]
    assert ranks == sorted(ranks)
