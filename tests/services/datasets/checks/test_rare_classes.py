"""How many rows a class needs."""

from services.datasets.checks.rare_classes import CHECK
from tests.makers_checks import find, find_one, outcome_of


def test_below_fifty_events_nothing_can_be_told_from_luck() -> None:
    found = find_one(CHECK, {"x": [1.5, 2.5] * 500, "y": ["No"] * 951 + ["Yes"] * 49}, target="y")
    assert (found.severity, found.n_rows_affected) == ("red", 49)
    assert "“y” is Yes in only 49 rows" in found.sentence


def test_many_columns_want_more_events() -> None:
    columns = {f"x{number}": [number, number + 1, number + 3] * 400 for number in range(20)}
    found = find_one(CHECK, {**columns, "y": ["No"] * 1100 + ["Yes"] * 100}, target="y")
    assert (found.severity, found.evidence["n_wanted"]) == ("amber", 200)


def test_enough_events_pass() -> None:
    assert not find(CHECK, {"x": [1, 2] * 100, "y": ["No"] * 100 + ["Yes"] * 100}, target="y")


def test_rare_classes_may_be_merged() -> None:
    found = find_one(CHECK, {"x": [1, 2] * 53, "y": ["a"] * 100 + ["b", "b", "c", "c", "c", "c"]}, target="y")
    assert found.fixes[0]["step"]["mapping"] == {"b": "Other", "c": "Other"}
    assert "(“b” and “c”)" in found.sentence


def test_one_rare_class_of_numbers_may_be_left_out() -> None:
    found = find_one(CHECK, {"x": [1, 2] * 51, "y": [0] * 50 + [1] * 50 + [2, 2]}, target="y")
    assert found.fixes[0]["step"]["condition"] == {"column": "y", "operator": "is", "value": 2.0}


def test_an_amount_has_no_classes() -> None:
    assert outcome_of(CHECK, {"y": [n * 1.5 for n in range(50)]}, target="y") == "not_applicable"
    assert outcome_of(CHECK, {"y": [1, 2]}) == "not_applicable"
