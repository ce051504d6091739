"""Columns that give the answer away."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from services.datasets.checks.target_leakage import CHECK
from tests.makers_checks import find, find_one, outcome_of

DRAW = np.random.default_rng(0)
Y = DRAW.integers(0, 2, 400)
LABELS = np.where(Y == 1, "Yes", "No")


def test_a_copy_of_the_outcome_is_grave() -> None:
    found = find_one(CHECK, {"x": Y + 0.1 * DRAW.normal(size=400), "y": LABELS}, target="y")
    assert (found.severity, found.evidence["score"]) == ("red", 1.0)
    assert found.sentence.endswith("Is it known when you decide, or written down afterwards?")


def test_the_outcome_in_other_words_is_grave() -> None:
    assert find_one(CHECK, {"x": np.where(Y == 1, "left", "stays"), "y": LABELS}, target="y").severity == "red"


def test_a_strong_column_is_only_a_question() -> None:
    """The column of the breast cancer data that is legitimate and yet trips the limit (methods 4.4)."""
    data = load_breast_cancer()
    place = list(data.feature_names).index("worst perimeter")
    found = find_one(CHECK, {"worst perimeter": data.data[:, place], "y": data.target}, target="y")
    assert found.severity == "amber"
    assert found.evidence["score"] == pytest.approx(0.975451, abs=5e-7)


def test_a_column_known_before_by_the_dictionary_is_not_asked_again() -> None:
    columns = {"x": Y * 1.0, "y": LABELS}
    assert not find(CHECK, columns, target="y", descriptions={"x": {"known_before_decision": "yes"}})


def test_an_amount_is_explained_by_its_copy() -> None:
    amount = DRAW.lognormal(size=400)
    found = find_one(CHECK, {"tax": amount * 0.19, "noise": DRAW.normal(size=400), "y": amount}, target="y")
    assert (found.columns, found.severity) == (("tax",), "red")
    assert "explains 100.0% of the differences" in found.sentence


def test_names_of_rows_do_not_tell_the_outcome() -> None:
    assert not find(CHECK, {"name": [f"n{n}" for n in range(400)], "y": LABELS}, target="y")


def test_a_class_in_the_middle_is_found_among_three() -> None:
    codes = DRAW.integers(0, 3, 600)
    assert find(CHECK, {"x": codes.astype(float), "y": np.array(["a", "b", "c"])[codes]}, target="y")


def test_without_a_target_there_is_nothing_to_ask() -> None:
    assert outcome_of(CHECK, {"x": [1, 2]}) == "not_applicable"
