"""The rule that decides today: what is accepted, and what it says of rows."""

import numpy as np
import pandas as pd
import pytest

from services.automl.errors import UnusableDataError
from services.automl.preparation import prepare
from services.automl.task import Task
from services.automl.todays_rule import checked_rule, describe_answers, rule_answers
from services.errors import InvalidInputError

COLUMNS = ("tenure", "plan", "churn")


def check(text: str, task: Task = Task.BINARY) -> str:
    return checked_rule(text, columns=COLUMNS, target="churn", task=task)


def test_nothing_said_is_no_rule() -> None:
    assert check("  ") == ""


def test_blanks_around_it_do_not_matter() -> None:
    assert check(" tenure < 12 ") == "tenure < 12"


@pytest.mark.parametrize(
    ("text", "task", "sentence"),
    [
        ("churn == 'Yes'", Task.BINARY, "churn"),
        ("tenur < 12", Task.BINARY, "tenure"),
        ("1", Task.BINARY, "says the same of every row"),
        ("tenure < 12", Task.MULTICLASS, "yes or no, or a number"),
        ("tenure.__class__", Task.BINARY, "."),
    ],
)
def test_what_cannot_be_a_rule_is_refused_in_words(text: str, task: Task, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        check(text, task)


def test_it_says_nothing_where_something_is_missing() -> None:
    frame = pd.DataFrame({"tenure": [3.0, None, 30.0], "plan": ["month", "month", "year"]})
    answers = rule_answers("tenure < 12 and plan == 'month'", frame)
    assert answers[[0, 2]].tolist() == [1, 0]
    assert np.isnan(answers[1])
    assert describe_answers(("No", "Yes"), answers) == ("It acts on 1 of 3 rows, as on “Yes”; it has no answer for 1.")
    assert describe_answers((), rule_answers("tenure * 2", frame)).startswith("It says 33 on average of 3 rows; it has")
    assert describe_answers((), np.full(3, np.nan)) == "It has no answer for any of 3 rows."


def test_words_where_numbers_are_needed_are_told_in_a_sentence() -> None:
    with pytest.raises(UnusableDataError, match="Today's rule cannot be computed"):
        rule_answers("plan + 1", pd.DataFrame({"plan": ["month", "year"]}))


def test_its_answers_are_of_the_rows_that_are_learned_from_also_of_columns_left_out() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"tenure": np.arange(200.0), "calls": random.normal(size=200)})
    frame["left"] = np.where(frame["calls"] > 0, "Yes", "No")
    preparation = prepare(frame, target="left", feature_columns=["calls"], todays_rule="tenure")
    assert preparation.todays_answers is not None
    assert preparation.todays_answers.tolist() == preparation.train.positions.tolist()
    assert [column.name for column in preparation.columns] == ["calls"]
