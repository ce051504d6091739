"""A table in words."""

import pandas as pd
import pytest
from sqlmodel import Session

from services.datasets.profiling import profile_column
from services.datasets.sentences import can_be_target, describe_column, describe_target, format_edge
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset

COLUMNS = {
    "number": (
        pd.Series([0.0, 9.0, 29.0, 55.0, None], name="x"),
        "0 to 55, half of them between 6.75 and 35.5; 1 of 5",
    ),
    "two values": (pd.Series(["No", "Yes", "No"], dtype="str", name="x"), "No (2) or Yes (1)."),
    "category": (pd.Series(["a", "b", "c", "a"], dtype="str", name="x"), "3 categories, most often a (2)."),
    "date": (
        pd.Series(["2024-01-02", "2024-12-31"], dtype="datetime64[us]", name="x"),
        "2 Jan 2024 to 31 Dec 2024.",
    ),
    "names of rows": (
        pd.Series([f"{n}-AB" for n in range(50)], dtype="str", name="id"),
        "50 different values of 4 to 5",
    ),
    "names of one length": (
        pd.Series([f"{n:02}" for n in range(50)], dtype="str", name="id"),
        "50 different values of 2 characters.",
    ),
    "constant": (pd.Series(["a", "a"], dtype="str", name="x"), "Always a."),
    "empty": (pd.Series([None, None], dtype="str", name="x"), "Empty in every row; 2 of 2 missing."),
}


@pytest.mark.parametrize("case", COLUMNS)
def test_a_column_is_one_sentence(case: str) -> None:
    values, expected = COLUMNS[case]
    assert describe_column(profile_column(values), len(values)).startswith(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, "0"), (-1_234.5, "−1,234"), (0.123456, "0.1235"), (1e20, "1.00e+20"), (1e-7, "1.00e-07"), (None, "")],
)
def test_an_edge_has_few_digits(value: float | None, expected: str) -> None:
    assert format_edge(value) == expected


TARGETS = {
    "churn": "A model will predict “churn”. It is Yes in",
    "contract": "A model will predict “contract”. It has 3 classes.",
    "tenure": "A model will predict “tenure”. It is a number from 0 to 72.",
    None: "Choose the column that a model should predict.",
}


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_predicted_is_one_sentence(session: Session, target: str | None) -> None:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, scientist)
    dataset = make_dataset(session, scientist, project.id, target=target)
    assert describe_target(dataset).startswith(TARGETS[target])


def test_a_row_name_is_not_offered_as_target() -> None:
    assert not can_be_target(profile_column(pd.Series(range(50), name="id")))
    assert can_be_target(profile_column(pd.Series([0, 1, 0], name="left")))
