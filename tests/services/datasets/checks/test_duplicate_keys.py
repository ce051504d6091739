"""Keys that stand in several rows."""

from services.datasets.checks.duplicate_keys import CHECK
from tests.makers_checks import find, find_one, outcome_of


def test_rows_that_share_a_key_belong_together() -> None:
    found = find_one(CHECK, {"customer_id": [n // 4 for n in range(200)], "age": [1, 2] * 100})
    assert found.severity == "info"
    assert "yet 200 rows share 50 values" in found.sentence
    assert found.n_rows_affected == 150


def test_a_key_that_is_nearly_unique_has_faulty_copies() -> None:
    found = find_one(CHECK, {"id": [*range(199), 3], "age": [1, 2] * 100})
    assert (found.severity, found.evidence["n_repeated"]) == ("amber", 1)
    assert not found.fixes


def test_a_key_that_names_one_row_passes() -> None:
    assert not find(CHECK, {"id": range(50)})


def test_without_a_key_there_is_nothing_to_ask() -> None:
    assert outcome_of(CHECK, {"age": [1.5, 2.5]}) == "not_applicable"
