"""A rare outcome."""

from services.datasets.checks.imbalance import CHECK
from tests.makers_checks import find, find_one, outcome_of


def test_a_rare_outcome_changes_how_success_is_measured() -> None:
    found = find_one(CHECK, {"y": ["No"] * 97 + ["Yes"] * 3}, target="y")
    assert (found.severity, found.evidence["share"]) == ("info", 0.03)
    assert "is Yes in 3.0% of the rows. A model that never says so is right in 97% of them" in found.sentence


def test_one_in_twenty_is_no_longer_rare() -> None:
    assert not find(CHECK, {"y": ["No"] * 95 + ["Yes"] * 5}, target="y")


def test_three_classes_are_not_asked() -> None:
    assert outcome_of(CHECK, {"y": ["a", "b", "c"]}, target="y") == "not_applicable"
