"""The second sheet of the workbook: how near the choice is to the best, in money only where a middle may be told."""

from services.simulation.report import SimulationReport
from services.simulation.worth_sheet import worth_sheet
from tests.makers_simulation import (
    make_adjusted_report,
    make_allocation,
    make_report,
    make_report_without_forecast,
    make_solver_found,
)

CHECKED = make_allocation(is_asked=True, beside=make_solver_found())


def said(report: SimulationReport) -> str:
    return " ".join(str(line[0]) for line in worth_sheet(report))


def test_of_grade_a_the_bounds_are_money() -> None:
    told = said(make_report(allocation=CHECKED))
    assert "€150.06k at most for any other within the limits" in told
    assert "CP-SAT of OR-Tools 9.15 finds that the best of them is worth €150.03k" in told
    assert "within the limits" not in said(make_report())


def test_of_the_other_grades_they_are_shares_even_where_money_was_kept() -> None:
    for report in (make_adjusted_report(allocation=CHECKED), make_report_without_forecast(allocation=CHECKED)):
        told = said(report)
        assert "CP-SAT of OR-Tools 9.15 finds it 0.02% below the best within the limits." in told
        assert "150" not in told


def test_a_contradiction_stands_before_what_it_puts_in_doubt() -> None:
    wrong = make_allocation(is_asked=True, beside=make_solver_found(lacks=-0.25, bound=120_000.0))
    told = said(make_report(allocation=wrong))
    assert told.index("One of the two solvers is wrong") < told.index("The copies that chose claim")
