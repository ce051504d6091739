"""Columns have their business names, values their units."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.datasets.dictionary import Description, DictionaryLine
from services.interpretations.naming import ColumnName, column_names, target_name, with_unit
from services.models.naming import names_for
from tests.makers_models import make_signature


def _line(column: str, **fields: str) -> DictionaryLine:
    return DictionaryLine(column, Description(**fields), "Ana", datetime(2026, 11, 29, tzinfo=UTC))


def test_a_column_has_its_business_name_and_unit_or_its_own_name() -> None:
    found = column_names(make_signature(), {"tenure": _line("tenure", business_name="Time with us", unit="months")})
    assert [(name.column, name.label, name.unit) for name in found] == [
        ("tenure", "Time with us", "months"),
        ("contract", "contract", ""),
    ]
    assert target_name(make_signature(), {"churn": _line("churn", business_name="Leaves")}).label == "Leaves"


def test_two_columns_of_one_business_name_are_told_apart() -> None:
    dictionary = {name: _line(name, business_name="Contract") for name in ("tenure", "contract")}
    assert [name.label for name in column_names(make_signature(), dictionary)] == [
        "Contract (tenure)",
        "Contract (contract)",
    ]


def test_a_name_that_is_another_column_is_told_apart_here_as_on_the_page_of_the_model() -> None:
    dictionary = {"tenure": _line("tenure", business_name="contract"), "churn": _line("churn", business_name="tenure")}
    found = column_names(make_signature(), dictionary)
    assert [name.label for name in found] == ["contract (tenure)", "contract"]
    assert target_name(make_signature(), dictionary).label == "tenure (churn)"


_NAME = st.sampled_from(["", "tenure", "contract", "churn", "Plan", "Plan (tenure)"])


@given(st.dictionaries(st.sampled_from(["tenure", "contract", "churn", "gone"]), _NAME))
def test_no_two_columns_are_called_alike_and_both_pages_agree(said: dict[str, str]) -> None:
    signature, dictionary = make_signature(), {one: _line(one, business_name=name) for one, name in said.items()}
    names = [*column_names(signature, dictionary), target_name(signature, dictionary)]
    assert len({name.label for name in names}) == len(names)
    on_page = names_for(signature, dictionary)
    assert {name.column: name.label for name in names if name.label != name.column} == on_page


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (12.0, "months", "12 months"),
        (1.0, "months", "1 month"),
        (1.0, "calls", "1 call"),
        (2.0, "calls", "2 calls"),
        (1.0, "visits a week", "1 visit a week"),
        (1.0, "calls/s", "1 calls/s"),
        (1.0, "buses", "1 buses"),
        (1.0, "queries", "1 query"),
        (1.0, "calories", "1 calorie"),
        (1.0, "boxes", "1 box"),
        (1.0, "°C", "1 °C"),
        (1.0, "kbps", "1 kbps"),
        (1.0, "series", "1 series"),
        (1.0, "celsius", "1 celsius"),
        (1.0, "ms", "1 ms"),
        (1.0, "", "1"),
        (12.346, "", "12.3"),
        (-3.0, "%", "−3%"),
        (5.0, "% of customers", "5% of customers"),
        (1.0001, "months", "1 month"),
        (12_345.6, "kWh", "12,346 kWh"),
        (1_200.0, "EUR", "€1.2k"),
        (950.0, "£", "£950"),
    ],
)
def test_a_number_is_spelled_with_its_unit(value: float, unit: str, words: str) -> None:
    assert with_unit(value, unit) == words


def test_a_date_is_a_day_and_a_category_in_quotation_marks() -> None:
    assert ColumnName("since", "Since", "date").spell(20_000.0) == "4 Oct 2024"
    assert ColumnName("plan", "Plan", "category").spell("Gold") == "“Gold”"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_finite_number_can_be_spelled(value: float) -> None:
    assert ColumnName("since", "Since", "date").spell(value)
    assert ColumnName("x", "X", "number", "EUR").spell(value)
