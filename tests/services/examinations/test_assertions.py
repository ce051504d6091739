"""What can be asserted, in which words, and every way in which it is refused."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from services.errors import InvalidInputError
from services.examinations.assertions import (
    MOST_CONDITIONS,
    Asked,
    Assertion,
    checked_assertion,
    condition_of,
    describe_assertion,
    named_columns,
    rows_meant,
    typed_columns,
)
from services.formulas.spelling import LONGEST_TEXT

KINDS = {"tenure": "number", "contract": "category", "joined": "date", "note": "text", "price": "number"}
ASKED = Asked(KINDS, ("tenure", "contract", "price"), "binary", ("No", "Yes"), "churn")
NUMBER = replace(ASKED, task="regression", classes=(), target="amount")
LOYAL = Assertion("share", ({"column": "tenure", "operator": "more", "value": "24"},), outcome="No", least_share=0.8)
PRICEY = Assertion("direction", column="price", way="lowers", outcome="Yes")


def refusal(assertion: Assertion, asked: Asked = ASKED) -> str:
    with pytest.raises(InvalidInputError) as refused:
        checked_assertion(assertion, asked)
    return refused.value.sentence


def where(*conditions: tuple[Any, ...]) -> Assertion:
    names = ("column", "operator", "value")
    return replace(LOYAL, conditions=tuple(dict(zip(names, one, strict=False)) for one in conditions))


def test_typed_numbers_become_numbers_and_it_comes_back_as_it_was_kept() -> None:
    checked = checked_assertion(LOYAL, ASKED)
    assert checked.conditions == ({"column": "tenure", "operator": "more", "value": 24},)
    assert Assertion.from_document(checked.document()) == checked
    assert checked_assertion(checked, ASKED) == checked


def test_it_reads_as_a_sentence() -> None:
    checked = checked_assertion(LOYAL, ASKED)
    assert describe_assertion(checked, "churn") == (
        "Where “tenure” is more than 24: expect “No” in at least 80% of the cases"
    )
    assert describe_assertion(PRICEY, "churn") == "A higher “price” never lowers the chance of “Yes”"
    of_number = Assertion("share", bound="at_most", amount=1_500.0, least_share=0.95, formula="tenure * 2 > 5")
    assert describe_assertion(of_number, "amount") == (
        "Where tenure * 2 > 5 is true: expect “amount” of at most 1,500 in at least 95% of the cases"
    )


@pytest.mark.parametrize(
    ("assertion", "said"),
    [
        (where(("nowhere", "more", 3)), "no column called “nowhere”"),
        (where(("churn", "is", "Yes")), "no column called “churn”"),
        (where(("contract", "more", 3)), "“contract” holds text: “is more than” cannot be asked of it"),
        (where(("tenure", "more", "many")), "compare it with a number"),
        (where(("tenure", "more", "1,000")), "compare it with a number"),
        (where(("joined", "after", "last year")), "compare it with a date"),
        (where(("tenure", "between", [48, 24])), "lies above the highest"),
        (where(("tenure", "less", 5), ("tenure", "more", 24)), "No row can meet both"),
        (where(("tenure", "sounds like", 3)), "Choose how to compare"),
        (where(*[("tenure", "more", 3)] * (MOST_CONDITIONS + 1)), "at most 3 conditions"),
        (replace(LOYAL, outcome="Maybe"), "which answer you expect: “No”, “Yes”"),
        (replace(LOYAL, least_share=0.0), "above 0% and at most 100%"),
        (replace(LOYAL, least_share=float("nan")), "above 0% and at most 100%"),
        (replace(LOYAL, least_share=1.2), "above 0% and at most 100%"),
        (replace(LOYAL, formula="nowhere > 3"), "nowhere"),
        (replace(LOYAL, formula="2 > 1"), "names no column"),
        (replace(LOYAL, formula="contract * 2 > 1"), "holds words"),
        (replace(LOYAL, formula="joined > 1"), "dates or times"),
        (replace(LOYAL, formula="__import__('os')"), "does not know this function"),
        (replace(LOYAL, formula="tenure + " * LONGEST_TEXT), "Say it more briefly"),
        (replace(PRICEY, column="note"), "takes no column “note”"),
        (replace(PRICEY, column="contract"), "holds no numbers"),
        (replace(PRICEY, column=""), "which column is moved"),
        (replace(PRICEY, outcome="Maybe"), "no answer “Maybe”"),
        (replace(PRICEY, way="shakes"), "never raises or never lowers"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(assertion: Assertion, said: str) -> None:
    assert said in refusal(assertion)


def test_all_faults_are_said_at_once() -> None:
    faulty = replace(where(("nowhere", "more", 3), ("contract", "less", 3)), outcome="Maybe", least_share=0.0)
    with pytest.raises(InvalidInputError) as refused:
        checked_assertion(faulty, ASKED)
    assert len(refused.value.problems) == 4


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bound": "about"}, "at least or at most"),
        ({"amount": None}, "which amount of “amount”"),
        ({"amount": float("inf")}, "which amount of “amount”"),
    ],
)
def test_of_a_number_an_amount_is_expected(changes: dict[str, Any], said: str) -> None:
    fine = Assertion("share", bound="at_least", amount=3.0, least_share=0.9)
    assert checked_assertion(fine, NUMBER) == fine
    assert said in refusal(replace(fine, **changes), NUMBER)


def test_of_several_classes_nothing_goes_up() -> None:
    several = replace(ASKED, task="multiclass", classes=("a", "b", "c"))
    assert "several classes" in refusal(PRICEY, several)


def test_a_column_that_others_are_computed_from_cannot_be_moved_alone() -> None:
    tied = replace(ASKED, tied={"price": "“price per month” from it"})
    assert "cannot be moved alone: the data compute “price per month” from it" in refusal(PRICEY, tied)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ((None, "more", "24"), None),
        (("", "more", "24"), None),
        (("tenure", "more", " 24 "), {"column": "tenure", "operator": "more", "value": "24"}),
        (("tenure", "is_missing", "left over"), {"column": "tenure", "operator": "is_missing"}),
        (("tenure", "between", "24 and 48"), {"column": "tenure", "operator": "between", "value": ["24", "48"]}),
    ],
)
def test_what_is_typed_into_three_fields_is_a_condition(
    typed: tuple[str | None, str, str], expected: dict[str, Any] | None
) -> None:
    assert condition_of(*typed) == expected


@pytest.mark.parametrize("text", ["24", "24 and", "24 and 30 and 48", ""])
def test_between_needs_two_values(text: str) -> None:
    with pytest.raises(InvalidInputError, match="Type two values"):
        condition_of("tenure", "between", text)


def test_a_condition_without_a_value_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="is compared with"):
        condition_of("tenure", "more", "  ")


TABLE = pd.DataFrame(
    {
        "tenure": ["3", "30", " ", "50"],
        "contract": ["One year", "Two year", "One year", "?"],
        "joined": ["2024-01-05", "2023-05-01", "2024-06-30", None],
        "note": ["a", "b", "c", "d"],
        "price": [10.0, 20.0, 30.0, None],
    }
)


@pytest.mark.parametrize(
    ("assertion", "rows"),
    [
        (where(("tenure", "more", 24)), [1, 3]),
        (where(("tenure", "is_missing")), [2]),
        (where(("contract", "is_missing")), [3]),
        (where(("joined", "after", "2024-01-01")), [0, 2]),
        (where(("tenure", "more", 24), ("contract", "is", "Two year")), [1]),
        (replace(where(), formula="price * 2 > 30"), [1, 2]),
        (replace(where(("tenure", "more", 24)), formula="price / 0 > 1"), []),
        (where(), [0, 1, 2, 3]),
    ],
)
def test_the_rows_it_speaks_of_are_read_as_a_model_reads_them(assertion: Assertion, rows: list[int]) -> None:
    """Numbers and dates written as text, and “?” for missing."""
    checked = checked_assertion(assertion, ASKED)
    frame = typed_columns(TABLE, KINDS)
    assert list(rows_meant(checked, frame).to_numpy().nonzero()[0]) == rows


def test_only_the_columns_it_needs_are_read() -> None:
    assertion = replace(LOYAL, formula="price > tenure", column="")
    assert named_columns(assertion, KINDS) == ("tenure", "price")
    assert named_columns(replace(PRICEY, conditions=LOYAL.conditions), KINDS) == ("tenure", "price")
