"""Possible personal data in a table."""

import json

import pandas as pd

from services.datasets.checks.personal_data import CHECK, personal_columns
from tests.makers_checks import find, find_one, make_subject

EMAILS = [f"person{number}@example.org" for number in range(60)]


def test_addresses_are_found_with_two_ways_out() -> None:
    found = find_one(CHECK, {"contact": EMAILS, "age": [1, 2] * 30})
    assert found.sentence.startswith("“contact” may hold e-mail addresses, as 100% of its values look like that.")
    assert [fix["label"] for fix in found.fixes] == ["Leave it out", "Hide the values"]
    assert found.severity == "amber"


def test_no_value_stands_in_a_finding() -> None:
    found = find(CHECK, {"contact": EMAILS, "iban": ["GB82 WEST 1234 5698 7654 32"] * 30 + ["x"] * 30})
    assert len(found) == 2
    text = json.dumps([one.document() for one in found])
    assert "person" + "1@" not in text
    assert "GB82" not in text


def test_some_values_among_others_are_found() -> None:
    assert "as 2.0% of its values" in find_one(CHECK, {"note": ["ok", "no"] * 49 + EMAILS[:2]}).sentence


def test_a_place_needs_both_coordinates() -> None:
    latitudes, longitudes = [48.0 + number / 100 for number in range(60)], [11.0 + number / 90 for number in range(60)]
    assert len(find(CHECK, {"lat": latitudes, "lng": longitudes})) == 2
    assert not find(CHECK, {"lat": latitudes})


def test_dates_of_birth_are_found_by_name_and_age() -> None:
    moments = pd.Series(["1980-01-01", "1990-05-05"], dtype="datetime64[us]")
    assert find(CHECK, {"date_of_birth": moments})
    assert not find(CHECK, {"opened": moments})


def test_hidden_values_are_no_longer_personal() -> None:
    assert not find(CHECK, {"email": [f"{number:064x}" for number in range(60)]})


def test_columns_marked_in_the_dictionary_are_not_quoted() -> None:
    subject = make_subject({"x": ["a", "b"]}, descriptions={"x": {"sensitivity": "special"}})
    assert personal_columns(subject) == {"x"}
