"""What is accepted as a password, and how one is checked."""

import statistics
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.people.passwords import (
    MAXIMUM_LENGTH,
    MINIMUM_LENGTH,
    find_password_problem,
    hash_password,
    is_password_right,
)


@pytest.mark.parametrize("password", ["correct copper lantern", "Tr0ub4dor&3 plus more", "éàü ßøå ñandú Ωmega"])
def test_a_few_unrelated_words_are_accepted(password: str) -> None:
    assert find_password_problem(password, email="ana@example.com", name="Ana Costa") is None


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "QWERTYUIOPasdf",
        "Password2026!!",
        "administrator1",
        "aaaaaaaaaaaaaa",
        "abcabcabcabc",
        "welcomewelcome",
    ],
)
def test_what_an_attacker_tries_first_is_refused(password: str) -> None:
    assert "first an attacker tries" in str(find_password_problem(password))


@pytest.mark.parametrize("password", ["anacosta@example", "Costa2026!", "drivetrain1234"])
def test_the_persons_own_name_is_no_password(password: str) -> None:
    assert find_password_problem(password.ljust(12, "!"), email="anacosta@example.com", name="Ana Costa") is not None


@given(st.integers(0, MINIMUM_LENGTH - 1))
def test_a_short_password_is_refused_with_its_length(length: int) -> None:
    assert f"has {length} characters" in str(find_password_problem("k7#Lq2!vZ9@p"[:length]))


def test_a_password_has_an_upper_limit() -> None:
    assert find_password_problem("k7#Lq2!vZ9@p" * 50) is not None
    assert MAXIMUM_LENGTH >= 64  # NIST SP 800-63B


def test_a_hash_is_argon2id_with_a_salt_of_its_own() -> None:
    first, second = hash_password("correct copper lantern"), hash_password("correct copper lantern")
    assert first.startswith("$argon2id$")
    assert first != second
    assert is_password_right("correct copper lantern", first)
    assert not is_password_right("correct copper lanterns", first)


def test_the_same_letters_typed_on_another_keyboard_match() -> None:
    assert is_password_right("cafe\u0301 du matin tôt", hash_password("café du matin tôt"))


def test_no_password_is_right_for_an_account_without_one() -> None:
    assert not is_password_right("the password of an account that does not exist", None)


def test_an_unknown_account_takes_as_long_as_a_known_one() -> None:
    known = hash_password("correct copper lantern")
    is_password_right("warm up", None)

    def seconds(password_hash: str | None) -> float:
        before = time.process_time()
        is_password_right("a wrong password", password_hash)
        return time.process_time() - before

    pairs = [(seconds(known), seconds(None)) for _ in range(7)]
    known_time, unknown_time = (statistics.median(column) for column in zip(*pairs, strict=True))
    assert abs(known_time - unknown_time) < 0.35 * known_time
