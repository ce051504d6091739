"""Rows without an outcome."""

import pytest

from services.datasets.checks.target_missing import CHECK
from tests.makers_checks import find, find_one, outcome_of


@pytest.mark.parametrize(("n_missing", "severity"), [(1, "amber"), (30, "red")])
def test_unknown_outcomes_weigh_by_their_share(n_missing: int, severity: str) -> None:
    found = find_one(CHECK, {"y": [None] * n_missing + ["a", "b"] * 40}, target="y")
    assert (found.severity, found.n_rows_affected) == (severity, n_missing)
    assert found.fixes[0]["step"]["condition"] == {"column": "y", "operator": "is_missing"}


def test_gaps_elsewhere_do_not_matter() -> None:
    assert not find(CHECK, {"x": [None, 1.0], "y": ["a", "b"]}, target="y")


def test_without_a_target_there_is_nothing_to_ask() -> None:
    assert outcome_of(CHECK, {"y": [None, 1.0]}) == "not_applicable"
