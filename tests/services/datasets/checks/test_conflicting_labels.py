"""Equal rows with different outcomes."""

from services.datasets.checks.conflicting_labels import CHECK
from tests.makers_checks import find, find_one, outcome_of

X = [1, 1, 1, 2, 2, 3]
Y = ["a", "a", "b", "a", "a", "b"]


def test_rows_of_mixed_groups_are_counted() -> None:
    found = find_one(CHECK, {"x": X, "y": Y}, target="y")
    assert (found.n_rows_affected, found.evidence["n_groups"]) == (3, 1)
    assert found.evidence["best_accuracy"] == 5 / 6
    assert "no model of these columns is right in more than 83% of the rows" in found.sentence


def test_names_of_rows_do_not_hide_a_conflict() -> None:
    columns = {"id": range(60), "x": X * 10, "y": Y * 10}
    assert find_one(CHECK, columns, target="y").n_rows_affected == 30


def test_excluded_columns_do_not_hide_one_either() -> None:
    columns = {"x": X, "z": [1, 2, 3, 4, 5, 6], "y": Y}
    assert not find(CHECK, columns, target="y")
    assert find(CHECK, columns, target="y", excluded={"z": "a note"})


def test_an_unknown_outcome_conflicts_with_nothing() -> None:
    assert not find(CHECK, {"x": [1, 1, 2], "y": ["a", None, "b"]}, target="y")


def test_amounts_differ_by_nature() -> None:
    assert outcome_of(CHECK, {"x": [1] * 50, "y": [n * 1.5 for n in range(50)]}, target="y") == "not_applicable"
