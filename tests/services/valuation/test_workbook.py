"""The workbook adds the plan up anew: an independent engine for Excel's formulas (formualizer) computes every cell."""

import io
from typing import Any

import formualizer
import openpyxl
import pytest

from services.valuation.adoption import CURVES, Adoption
from services.valuation.cash_flow import excel_net_present_value, monthly_rate, net_present_value
from services.valuation.plan import Item, Plan
from services.valuation.readings import readings
from services.valuation.uncertainty.estimates import Estimate
from services.valuation.workbook import SHEETS, WORTH_CELL, workbook
from tests.makers_money import CALLS
from tests.makers_plans import benefit, cost, plan


def every_kind(curve: str = "s") -> Plan:
    """Every shape, rhythm and limit of time in one plan."""
    return plan(
        cost(),
        cost("Support", 1_000, 9_000, rhythm="monthly", start_month=3, end_month=20, chance=0.5),
        cost("Licences", 1_200, 2_400, rhythm="yearly"),
        cost("Move", 500, 500, start_month=4),
        Item("Lognormal", True, Estimate(100, 1_000, shape="lognormal"), quantity=12),
        Item("Normal", True, Estimate(-100, 1_000, shape="normal"), quantity=12, start_month=4),
        Item("Triangular", True, Estimate(10, 100, 30, shape="triangular"), quantity=120),
        benefit(low=2_000),
        adoption=Adoption(go_live_month=2, ramp_months=6, curve=curve),
    )


def computed(content: bytes) -> dict[str, Any]:
    """Column B of the first sheet by the names in column A, computed from the formulas; the file holds no results."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert all(cell.value != 0 for cell in book["Case"]["B"] if cell.data_type == "f")
    engine = formualizer.load_workbook_bytes(content)
    engine.evaluate_all()
    names = [cell.value for cell in book["Case"]["A"]]
    return {str(name): engine.evaluate_cell("Case", row, 2) for row, name in enumerate(names, 1) if name}


@pytest.mark.parametrize("curve", list(CURVES))
def test_its_formulas_find_the_worth_and_the_readings_of_the_portal(curve: str) -> None:
    one = every_kind(curve)
    found, ours = computed(workbook(one, "A case")), {reading.name: reading.amount for reading in readings(one)}
    worth = net_present_value(one.expected_flows, monthly_rate(one.yearly_discount_rate))
    assert found["Net present value"] == pytest.approx(worth, rel=1e-9)
    assert found["The same, added up by hand"] == pytest.approx(worth, rel=1e-9)
    assert found["Internal rate of return a year"] == pytest.approx(ours["Internal rate of return (IRR)"], rel=1e-6)
    assert found["Modified rate of return a year"] == pytest.approx(ours["Modified rate of return (MIRR)"], rel=1e-9)
    assert found["Return on investment"] == pytest.approx(ours["Return on investment (ROI)"], rel=1e-9)
    assert found["Benefit-cost ratio"] == pytest.approx(ours["Benefit-cost ratio (BCR)"], rel=1e-9)


def test_excels_own_npv_over_all_months_is_smaller_and_named_so() -> None:
    one = every_kind()
    found = computed(workbook(one, "A case"))
    theirs = excel_net_present_value(one.expected_flows, monthly_rate(one.yearly_discount_rate))
    assert found["NPV() over all months"] == pytest.approx(theirs, rel=1e-9)
    notes = openpyxl.load_workbook(io.BytesIO(workbook(one, "A case")))["Conventions"]
    assert "NPV() would discount the first value" in str(notes["A2"].value)


def test_a_changed_amount_moves_the_worth() -> None:
    content = workbook(plan(cost(low=100, high=100), benefit(low=10, high=10)), "A case")
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["Items"]["C2"] = book["Items"]["E2"] = 250
    changed = io.BytesIO()
    book.save(changed)
    before, after = (computed(one)["Net present value"] for one in (content, changed.getvalue()))
    assert after - before == pytest.approx(-150)


def test_money_alone_makes_a_workbook() -> None:
    content = workbook(CALLS.plan, "Calls")
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == list(SHEETS)
    worth = net_present_value(CALLS.plan.expected_flows, monthly_rate(0.1))
    assert computed(content)["Net present value"] == pytest.approx(worth, rel=1e-9)
    assert computed(content)["Internal rate of return a year"] == "none"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1"])
def test_text_of_people_stays_text(name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(plan(cost(name), benefit(owner=name)), name)))
    for cell in (book["Case"]["A1"], book["Items"]["A2"], book["Items"]["M3"], book["Cash"]["E1"]):
        assert (cell.data_type, cell.value) == ("s", name.strip("\t"))
    assert book["Case"][WORTH_CELL].data_type == "f"
