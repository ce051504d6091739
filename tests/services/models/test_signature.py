from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.models.signature import Signature, SignatureColumn, validate_rows

SIGNATURE = Signature(
    columns=(
        SignatureColumn("amount", "number", False, (), 0.0, 100.0, 50.0),
        SignatureColumn("plan", "category", True, ("month", "year", "1"), None, None, "month"),
        SignatureColumn("note", "text", True, (), None, None, "all fine"),
        SignatureColumn("since", "date", True, (), 0.0, 20_000.0, "2020-01-01"),
    ),
    task="binary",
    classes=("No", "Yes"),
    positive_label="Yes",
    target="left",
)


def rows(**changes: list[Any]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {"amount": [1.5], "plan": ["month"], "note": ["fine"], "since": ["1970-01-03"]}
    return {**columns, **changes}


def test_values_get_the_types_and_the_order_of_the_signature() -> None:
    frame, warnings = validate_rows(SIGNATURE, dict(reversed(rows().items())))
    assert list(frame) == ["amount", "plan", "note", "since"]
    assert [str(dtype) for dtype in frame.dtypes] == ["float64", "str", "str", "float64"]
    assert frame.iloc[0].tolist() == [1.5, "month", "fine", 2.0]
    assert warnings == ()


@given(
    amounts=st.lists(st.one_of(st.none(), st.floats(0, 100), st.integers(0, 100)), min_size=1, max_size=20),
    plan=st.sampled_from(["month", "year", None, 1, 1.0, True]),
)
def test_numbers_are_read_alike_however_they_are_spelled(amounts: list[float | None], plan: Any) -> None:
    n = len(amounts)
    others = {"plan": [plan] * n, "note": [None] * n, "since": [None] * n}
    as_given, _warnings = validate_rows(SIGNATURE, rows(amount=amounts, **others))
    as_text, _warnings = validate_rows(
        SIGNATURE, rows(amount=["" if a is None else repr(a) for a in amounts], **others)
    )
    pd.testing.assert_frame_equal(as_given, as_text)
    assert as_given["amount"].isna().tolist() == [amount is None for amount in amounts]


@pytest.mark.parametrize(
    "day", ["2021-01-01", date(2021, 1, 1), datetime(2021, 1, 1, tzinfo=UTC), pd.Timestamp("2021-01-01")]
)
def test_dates_are_read_alike_however_they_are_given(day: object) -> None:
    frame, _warnings = validate_rows(SIGNATURE, rows(since=[day]))
    assert frame["since"].tolist() == [18_628.0]


@pytest.mark.parametrize("missing", [None, float("nan"), "", " ", "NA", "?"])
def test_a_missing_value_is_missing_however_it_is_spelled(missing: object) -> None:
    frame, warnings = validate_rows(SIGNATURE, rows(amount=[missing], plan=[missing], since=[missing]))
    assert frame.isna().iloc[0].tolist() == [True, True, False, True]
    assert warnings == ("“amount” is missing in row 1; it never was in training.",)


def test_unusual_values_are_scored_with_a_warning_that_names_rows() -> None:
    changes: dict[str, list[Any]] = {"amount": [1, 500, -50], "plan": ["new", "year", "1"]}
    _frame, warnings = validate_rows(SIGNATURE, rows(note=["a"] * 3, since=[None] * 3, **changes))
    assert warnings == (
        "“amount” lies outside the range of training in rows 2, 3.",
        "“plan” has a value in row 1 that training never saw.",
    )


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"amount": [1]}, "needs the columns “plan”, “note”, “since”"),
        (rows(secret=[1]), "does not know the column “secret”"),
        (rows(amount=[1, 2]), "different numbers of rows"),
        (rows(amount=[], plan=[], note=[], since=[]), "no rows"),
        (rows(amount=["4711x"]), "“amount” is not a number in row 1"),
        (rows(amount=[float("inf")]), "“amount” is not a number in row 1"),
        (rows(since=["31/12/2024"]), "“since” is not a date such as 2024-12-31 in row 1"),
    ],
)
def test_rows_that_do_not_fit_are_refused_with_names_and_never_with_values(
    columns: dict[str, list[Any]], says: str
) -> None:
    with pytest.raises(InvalidInputError, match=says) as refused:
        validate_rows(SIGNATURE, columns)
    assert "4711" not in refused.value.sentence
    assert "31/12" not in refused.value.sentence


def test_many_faulty_rows_are_counted_instead_of_listed() -> None:
    with pytest.raises(InvalidInputError, match=r"rows 1, 2, 3, 4, 5 and 15 more"):
        validate_rows(
            SIGNATURE, {name: ["x y z"] * 20 for name in SIGNATURE.names if name != "since"} | {"since": [None] * 20}
        )
