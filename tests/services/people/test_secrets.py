"""Secrets shown once."""

from hypothesis import given
from hypothesis import strategies as st

from services.people.secrets import SpelledToken, is_same_secret, new_secret, sha256_of_secret


def test_a_secret_has_256_bits_and_never_repeats() -> None:
    secrets = {new_secret() for _ in range(200)}
    assert len(secrets) == 200
    assert {len(secret) for secret in secrets} == {43}


def test_only_the_same_secret_matches_what_is_stored() -> None:
    secret = new_secret()
    assert is_same_secret(secret, sha256_of_secret(secret))
    assert not is_same_secret(secret[:-1] + ("a" if secret[-1] != "a" else "b"), sha256_of_secret(secret))


def test_a_token_is_spelled_and_read_alike() -> None:
    token = SpelledToken(id="a" * 32, secret=new_secret())
    assert SpelledToken.parse(token.text) == token


@given(st.text(max_size=100))
def test_anything_else_is_no_token(text: str) -> None:
    assert SpelledToken.parse(text) is None
