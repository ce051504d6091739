"""Corrections of numbers by group: judged on rows they were not learned from, priced, and silent where rows are few."""

from dataclasses import replace

import numpy as np
import pytest

from services.fairness.corrections import Numbers, compare_corrections
from services.fairness.error_price import ErrorPrice
from services.fairness.groups import Grouping
from services.fairness.report import Option
from services.valuation.forecast_cost import ForecastCost

PRICE = ErrorPrice(ForecastCost(4.0, 1.0), 1_200.0, "EUR")


def make_numbers(n: int = 1_500, *, slope: float = 1.0, shift: float = 3.0, seed: int = 0) -> tuple[Grouping, Numbers]:
    """Of group "b" the model says `slope` times what happens, less `shift`; of "a" what happens, both with noise."""
    random = np.random.default_rng(seed)
    codes = (random.random(n) < 0.4).astype(np.intp)
    y = random.normal(50, 8, n)
    said = np.where(codes == 1, slope * y - shift, y) + random.normal(0, 2, n)
    return Grouping(("g",), ("a", "b"), codes), Numbers(y, said, codes, 2)


def folds_of(n: int) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], ...]:
    return tuple(np.arange(start, n, 3, dtype=np.intp) for start in range(3))


def options_of(grouping: Grouping, rows: Numbers, price: ErrorPrice | None = PRICE) -> dict[str, Option]:
    found = compare_corrections(grouping, rows, folds_of(len(rows.y)), price=price, without=None)
    return {option.code: option for option in found}


def test_a_shift_closes_a_gap_that_is_one() -> None:
    found = options_of(*make_numbers())
    assert list(found) == ["as_is", "shift", "line"]
    before, after = found["as_is"].bias, found["shift"].bias
    assert before is not None and before.value == pytest.approx(3.0, abs=0.4)
    assert after is not None and after.value < 0.3
    assert found["shift"].needs_group and not found["as_is"].needs_group
    assert found["as_is"].mean_error is not None and found["shift"].mean_error is not None
    assert found["shift"].mean_error.value < found["as_is"].mean_error.value


def test_where_errors_grow_with_what_is_said_a_line_costs_less_than_a_shift() -> None:
    found = options_of(*make_numbers(slope=0.5, shift=0.0))
    assert found["line"].yearly is not None and found["shift"].yearly is not None
    assert found["line"].yearly.value > found["shift"].yearly.value
    assert found["line"].bias is not None and found["line"].bias.value < 0.3


def test_money_is_that_of_the_errors_and_what_is_extra_is_paired() -> None:
    grouping, rows = make_numbers()
    found = options_of(grouping, rows)
    as_is, shift = found["as_is"], found["shift"]
    assert as_is.yearly is not None and shift.yearly is not None and shift.extra is not None
    assert as_is.yearly.value == pytest.approx(-1_200 * PRICE.cost.cost_per_case(rows.y, rows.answers))
    assert as_is.extra is None
    assert shift.extra.value == pytest.approx(shift.yearly.value - as_is.yearly.value)
    assert shift.extra.low is not None and shift.extra.low > 0, "Too little costs four times as much as too much."
    free = options_of(grouping, rows, None)
    assert free["shift"].yearly is None and free["shift"].bias == shift.bias


def test_no_row_judges_a_correction_it_had_a_part_in() -> None:
    """Outcomes of one fold that are all far off correct the other folds, and never the rows they are of."""
    grouping, rows = make_numbers(1_200)
    fold = folds_of(1_200)[0]
    far = rows.y.copy()
    far[fold] += np.where(rows.codes[fold] == 1, 30.0, 0.0)
    found = options_of(grouping, replace(rows, y=far))
    assert found["shift"].bias is not None and found["as_is"].bias is not None
    assert found["shift"].bias.value == pytest.approx(0.0, abs=1.0), (
        "Two folds say too much by as much as one too little."
    )
    assert found["shift"].mean_error is not None and found["shift"].mean_error.value > 7.5, "6.3 where it had a part."


def test_a_group_too_small_for_its_own_stays_as_it_is_and_alone_leaves_nothing_to_compare() -> None:
    _, rows = make_numbers(600)
    codes = rows.codes.copy()
    codes[:20] = 2
    three = Grouping(("g",), ("a", "b", "c"), codes)
    assert options_of(three, Numbers(rows.y, rows.answers, codes, 3))["shift"].bias is not None
    lonely = np.where(np.arange(600) < 10, 1, 0).astype(np.intp)
    assert options_of(Grouping(("g",), ("a", "b"), lonely), Numbers(rows.y, rows.answers, lonely, 2)) == {}


def test_answers_that_are_all_the_same_have_no_line() -> None:
    grouping, rows = make_numbers(400)
    found = options_of(grouping, replace(rows, answers=np.full(400, 50.0)))
    assert found["line"].bias == found["shift"].bias


def test_a_model_fitted_without_columns_stands_beside_them() -> None:
    grouping, rows = make_numbers(400)
    found = compare_corrections(grouping, rows, folds_of(400), price=PRICE, without=(("place",), rows.y))
    assert (found[-1].code, found[-1].without) == ("without", ("place",))
    assert found[-1].yearly is not None and found[-1].yearly.value == 0.0
