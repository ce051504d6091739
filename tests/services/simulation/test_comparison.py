"""Two simulations side by side: only what differs."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from services.jobs.views import JobView
from services.simulation.comparison import differences
from services.simulation.report import SimulationReport
from services.simulation.request import SimulationRequest
from services.simulation.views import SimulationView
from tests.makers_simulation import make_report, make_report_without_forecast

NOW = datetime(2026, 11, 29, tzinfo=UTC)
JOB = JobView(
    "j", "simulation.run", "p", "m", "done", "none", "Done", 1.0, None, None, {}, {}, "u", "Ann", NOW, NOW, NOW, True
)


def view(report: SimulationReport | None = None, **changes: Any) -> SimulationView:
    request = SimulationRequest("m", ("Contract",), capacity=860.0)
    return SimulationView(JOB, replace(request, **changes), 1, 1, 1, report or make_report(), None)


def test_the_same_has_no_difference() -> None:
    assert differences(view(), view()) == []


def test_what_was_asked_comes_before_what_was_found() -> None:
    found = differences(view(), view(make_report(acts=1_000.0), capacity=None, is_guarded=False))
    assert [(line.name, line.one, line.other) for line in found] == [
        ("Cases a month", "860", "no limit"),
        ("Guard", "on", "off"),
        ("Cases set anew a year", "33,600", "1,000"),
    ]


def test_beside_one_without_a_forecast_no_money_is_made_up() -> None:
    (gain,) = [
        line for line in differences(view(), view(make_report_without_forecast())) if line.name.startswith("Gain")
    ]
    assert gain.one == "€120k (€80k to €160k)"
    assert gain.other == "may not be forecast"


def test_of_grade_b_only_the_lower_end_is_shown() -> None:
    found = {line.name: line.other for line in differences(view(), view(make_report(grade="B")))}
    assert found["Gain a year over today's way"] == "at least €80k"
