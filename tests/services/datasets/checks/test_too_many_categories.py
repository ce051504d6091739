"""Categories that are seen a few times only."""

from services.datasets.checks.too_many_categories import CHECK
from tests.makers_checks import find, find_one, outcome_of


def test_rare_categories_are_counted_with_their_rows() -> None:
    values = [f"c{number}" for number in range(60) for _copy in range(5 if number < 40 else 50)]
    found = find_one(CHECK, {"x": values})
    assert (found.evidence["n_rare"], found.n_rows_affected, found.severity) == (40, 200, "amber")
    assert "“x” has 60 categories; 40 of them are in fewer than 10 rows each" in found.sentence


def test_many_frequent_categories_pass() -> None:
    assert not find(CHECK, {"x": [f"c{number}" for number in range(60)] * 20})


def test_numbers_are_no_categories() -> None:
    assert outcome_of(CHECK, {"x": range(100)}) == "not_applicable"
