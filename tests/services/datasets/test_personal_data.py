"""Possible personal data, told from names and values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.datasets.personal_data import is_iban, is_position, passes_luhn, suspect, words_of


def kind(name: str, values: list[str], *, n_distinct: int | None = None) -> str | None:
    distinct = len(set(values)) if n_distinct is None else n_distinct
    found = suspect(name, values, n_distinct=distinct, uniqueness=distinct / max(1, len(values)))
    return found.kind if found else None


def test_the_check_digit_of_luhn() -> None:
    assert passes_luhn("79927398713")
    assert not passes_luhn("79927398710")


def test_the_check_digits_of_an_iban() -> None:
    assert is_iban("GB82 WEST 1234 5698 7654 32")
    assert is_iban("DE89370400440532013000")
    assert not is_iban("GB82 WEST 1234 5698 7654 33")


@given(st.text("0123456789", min_size=1, max_size=18))
def test_exactly_one_digit_completes_a_number(digits: str) -> None:
    assert sum(passes_luhn(digits + last) for last in "0123456789") == 1


@given(st.text("0123456789", min_size=2, max_size=18), st.data())
def test_luhn_finds_every_single_slip(digits: str, data: st.DataObject) -> None:
    valid = next(digits + last for last in "0123456789" if passes_luhn(digits + last))
    place = data.draw(st.integers(0, len(valid) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != valid[place]]))
    assert not passes_luhn(valid[:place] + wrong + valid[place + 1 :])


VALUES = {
    "email": ["a@b.co", "first.last@mail.example.org"],
    "phone": ["+49 170 1234567", "(030) 123-45678"],
    "card": ["4111 1111 1111 1111", "5500005555555559"],
    "iban": ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000"],
    "ip": ["192.168.100.200", "2001:db8::1"],
    "url": ["https://example.org/x?y", "www.example.org"],
    "national_id": ["078-05-1120", "219-09-9999"],
    "address": ["12 Main Street", "Hauptstraße 5"],
    "free_text": ["The customer called twice and was not pleased about the bill at all"] * 2,
}


@pytest.mark.parametrize("expected", VALUES)
def test_values_tell_their_kind_under_any_name(expected: str) -> None:
    assert kind("x", VALUES[expected] * 5) == expected


@pytest.mark.parametrize(
    "values",
    [
        ["2024-01-31", "2023-12-01 10:00"],
        ["31.12.2024", "01.02.2023"],
        ["12345678", "87654321"],
        ["1234567.891", "7654321.12"],
        ["4111111111111112", "9999999999999999"],
        ["1.2.3", "10.20.30"],
        ["Month-to-month", "Two year"],
        ["a@b", "@x"],
        ["GB82 WEST 1234 5698 7654 33"],
        [],
    ],
    ids=["dates", "German dates", "numbers", "decimals", "no cards", "versions", "words", "no mail", "no IBAN", "none"],
)
def test_harmless_values_are_left_alone(values: list[str]) -> None:
    assert kind("x", values * 5) is None


NAMES = {
    "First Name": "name",
    "customerName": "name",
    "Nachname": "name",
    "email_address": "email",
    "Phone": "phone",
    "SSN": "national_id",
    "passport_no": "national_id",
    "PostalCode": "address",
    "street": "address",
    "credit_card_number": "card",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_enough_where_values_differ(name: str) -> None:
    values = ["".join(chr(97 + (number * prime) % 26) for prime in (3, 5, 7, 11)) for number in range(26)]
    assert kind(name, values) == NAMES[name]


@pytest.mark.parametrize(
    "name", ["PhoneService", "email_opened", "has_passport", "file_name", "product name", "3Ssn Porch"]
)
def test_yes_or_no_is_not_personal_whatever_its_name(name: str) -> None:
    assert kind(name, ["yes", "no"] * 30) is None


def test_years_of_birth_are_recognised_among_numbers() -> None:
    assert kind("birth_year", [str(1950 + number) for number in range(40)]) == "birth"
    assert kind("birth_weight", [str(2000 + 3000 * number) for number in range(40)]) is None


def test_digits_are_telephone_numbers_only_by_name() -> None:
    numbers = [str(1701234567 + number) for number in range(30)]
    assert kind("mobile", numbers) == "phone"
    assert kind("amount", numbers) is None


def test_coordinates_have_names_and_ranges() -> None:
    assert is_position("Latitude", -45.0, 60.0)
    assert is_position("pickup_lng", -170.0, 10.0)
    assert not is_position("lat", -100.0, 0.0)
    assert not is_position("plate", 0.0, 10.0)


def test_names_are_split_into_words() -> None:
    assert words_of("CustomerEmail_1") == "customer email 1"
