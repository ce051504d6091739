"""Letters in the wrong encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.datasets.checks.encoding_errors import CHECK, repair
from tests.makers_checks import find, find_one


@pytest.mark.parametrize("value", ["MÃ¼nchen", "CafÃ© Ã la carte", "5 â‚¬", "M\ufffdnchen", "Â°C"])
def test_garbled_letters_are_found(value: str) -> None:
    assert find_one(CHECK, {"x": [value, "plain", value]}).n_rows_affected == 2


@pytest.mark.parametrize("value", ["München", "São Paulo", "Ângela", "NÃO", "5 €"])
def test_letters_that_are_meant_pass(value: str) -> None:
    assert not find(CHECK, {"x": [value, "plain"]})


def test_letters_are_repaired_where_all_can_be() -> None:
    found = find_one(CHECK, {"x": ["MÃ¼nchen", "plain"]})
    assert found.fixes[0]["step"]["mapping"] == {"MÃ¼nchen": "München"}
    assert not find_one(CHECK, {"x": ["MÃ¼nchen", "M\ufffdnchen"]}).fixes


@given(st.text(alphabet="äöüßéèñç€ abc", min_size=1).filter(lambda text: not text.isascii() and text.strip()))
def test_a_repair_undoes_the_mistake(text: str) -> None:
    try:
        garbled = text.encode().decode("cp1252")
    except UnicodeDecodeError:
        return
    assert repair(garbled) == text
