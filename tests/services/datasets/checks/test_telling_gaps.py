"""Gaps that go with the outcome."""

import numpy as np

from services.datasets.checks.telling_gaps import CHECK
from tests.makers_checks import find, find_one, outcome_of

DRAW = np.random.default_rng(0)
EMPTY = DRAW.random(2000) < 0.3
X = np.where(EMPTY, np.nan, 1.5)


def test_shares_of_empty_and_filled_rows_are_compared() -> None:
    outcome = np.where(DRAW.random(2000) < np.where(EMPTY, 0.5, 0.2), "Yes", "No")
    found = find_one(CHECK, {"x": X, "y": outcome}, target="y", positive_label="Yes")
    assert found.evidence["share_empty"] > 2 * found.evidence["share_filled"]
    assert found.sentence.startswith("Where “x” is empty, “y” is Yes in")


def test_gaps_by_chance_pass() -> None:
    assert not find(CHECK, {"x": X, "y": np.where(DRAW.random(2000) < 0.3, "Yes", "No")}, target="y")


def test_gaps_that_give_the_answer_away_are_another_check() -> None:
    assert not find(CHECK, {"x": X, "y": np.where(EMPTY, "Yes", "No")}, target="y")


def test_without_gaps_there_is_nothing_to_ask() -> None:
    assert outcome_of(CHECK, {"x": [1, 2], "y": ["a", "b"]}, target="y") == "not_applicable"
