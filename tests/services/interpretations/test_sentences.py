"""Agreement and surprises in words that carry their numbers."""

import pytest

from services.interpretations.agreement import score_agreement
from services.interpretations.cards import Scale
from services.interpretations.expectations import Expected
from services.interpretations.naming import ColumnName
from services.interpretations.sentences import (
    describe_agreement,
    describe_class,
    describe_expected,
    describe_important,
    describe_newer,
    describe_surprise,
    listed,
)
from services.interpretations.surprises import Kind, Surprise
from services.models.sentences import POINTS
from tests.makers_interpretations import make_drivers

DRIVERS = make_drivers(9, 5, 0.4, 0.2, directions=("up", "down"))
NAMES = {column: ColumnName(column, f"Column {column.upper()}", "number") for column in "abcd"}
SCALE = Scale("the chance", POINTS)


def test_of_several_classes_it_is_said_which_one_all_speak_of() -> None:
    assert describe_class("Plan", "gone", None, "gone") == (
        "Nobody has chosen the class that matters: directions are those towards “Plan is gone”, the most frequent one."
    )
    assert describe_class("Plan", "gone", "Ana", "gone") == (
        "Ana chose the class that matters: directions are those towards “Plan is gone”."
    )
    assert describe_class("Plan", "gone", "Ana", "stays").endswith(
        " Single rows are explained towards the most frequent one, “stays”."
    )
    assert "Single rows" not in describe_class("Plan", "gone", "Ana", None)
    assert describe_class("Plan", "gone", "Ana", "gone", is_skipped=True) == (
        "Ana skipped the question, and what was shown then holds for everybody: directions are those towards “Plan is "
        "gone”."
    )


def test_of_a_newer_model_it_says_that_a_decision_is_about_one() -> None:
    assert describe_newer(2, 5) == ("It is about model 2 alone. Model 5 is newer and needs a decision of its own.")


def test_agreement_says_how_many_of_how_many_and_what_chance_gives() -> None:
    found = score_agreement((Expected("a", "raises"), Expected("b", "raises"), Expected("c")), DRIVERS)
    assert describe_agreement(found) == (
        "3 of the 3 columns you expected are among the model’s 4 most important of 4. Weighted by rank you agree "
        "to 100%; columns drawn at random would agree to 90%. 1 of 2 directions that can be compared agrees."
    )


def test_agreement_of_one_column_without_a_direction() -> None:
    words = describe_agreement(score_agreement((Expected("d"),), DRIVERS))
    assert words.startswith("The one column you expected is among")
    assert words.endswith("No direction can be compared.")


def test_a_constant_model_is_said_to_be_one() -> None:
    assert "No column moves what this model predicts" in describe_agreement(score_agreement((Expected("a"),), ()))
    assert describe_important([]) == "No column moves the prediction"


@pytest.mark.parametrize(
    ("surprise", "sentence"),
    [
        (
            Surprise(Kind.UNEXPECTED, "a"),
            "Nobody expected Column A, yet it moves the chance by 9.0 points on average, number 1 of 4.",
        ),
        (
            Surprise(Kind.WEAK, "d", ("Ana", "Maren")),
            "Ana and Maren expected Column D to matter; it moves the chance by 0.2 points on average, number 4 of 4.",
        ),
        (
            Surprise(Kind.OPPOSITE, "b", ("Ana",)),
            "Ana expected that more Column B raises the chance; in the model it lowers it.",
        ),
        (Surprise(Kind.WEAK, "gone", ("Ana",)), "Ana expected gone to matter; the model does not use it."),
    ],
)
def test_a_surprise_says_what_was_expected_and_what_is(surprise: Surprise, sentence: str) -> None:
    assert describe_surprise(surprise, DRIVERS, NAMES, SCALE) == sentence


def test_names_in_a_row() -> None:
    assert [listed(names) for names in ((), ("Ana",), ("Ana", "Tomás"), ("Ana", "Tomás", "Maren"))] == [
        "Nobody",
        "Ana",
        "Ana and Tomás",
        "Ana, Tomás and Maren",
    ]
    assert describe_important(["contract", "Tenure"]) == "Contract and Tenure move the prediction most"
    assert describe_important(["Tenure"]) == "Tenure moves the prediction most"
    assert describe_expected(Expected("a", "raises"), NAMES["a"]) == "Column A raises it"
    assert describe_expected(Expected("a"), NAMES["a"]) == "Column A matters"
