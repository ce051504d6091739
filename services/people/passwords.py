"""Passwords: what is accepted, and how one is kept and checked.

Argon2id with the parameters of RFC 9106 (low memory); rules after NIST SP 800-63B: length and a block list, no
composition rules.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 256

_HASHER = PasswordHasher()
_SLOTS = threading.BoundedSemaphore(4)  # each check takes 64 MiB: a flood of sign-ins queues instead of eating memory
_TAIL = re.compile(r"[\W\d_]+$")


def find_password_problem(password: str, *, email: str = "", name: str = "") -> str | None:
    """Why the password is not accepted, as a sentence; None when it is."""
    if len(password) < MINIMUM_LENGTH:
        return f"The password has {len(password)} characters. Use at least {MINIMUM_LENGTH}; a few words are fine."
    if len(password) > MAXIMUM_LENGTH:
        return f"The password has {len(password)} characters. Use at most {MAXIMUM_LENGTH}."
    plain = password.casefold()
    if plain in _common() or _TAIL.sub("", plain) in _common() or _is_repetition(plain):
        return "This password is among the first an attacker tries. Choose another; a few unrelated words are fine."
    if _is_mostly(plain, _own_words(email, name)):
        return "This password is mostly your name or e-mail address. Choose another; a few unrelated words are fine."
    return None


def hash_password(password: str) -> str:
    """The encoded Argon2id hash, with its own salt and parameters."""
    with _SLOTS:
        return _HASHER.hash(_normal(password))


def is_password_right(password: str, password_hash: str | None) -> bool:
    """Whether the password matches; without a hash the same work is done, so that time tells nothing."""
    with _SLOTS:
        try:
            _HASHER.verify(password_hash or _nobodys_hash(), _normal(password[: 4 * MAXIMUM_LENGTH]))
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)  # the same keys give the same password on every keyboard


@lru_cache
def _nobodys_hash() -> str:
    return _HASHER.hash("the password of an account that does not exist")


@lru_cache
def _common() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text().split())


def _is_repetition(plain: str) -> bool:
    doubled = (plain + plain)[1:-1]
    return plain in doubled or len(set(plain)) < 4


def _is_mostly(plain: str, words: list[str]) -> bool:
    rest = plain
    for word in words:
        rest = rest.replace(word, "")
    return rest != plain and sum(character.isalpha() for character in rest) < 6


def _own_words(email: str, name: str) -> list[str]:
    words = (*re.split(r"[@.\s]+", email), *name.split(), "drivetrain", "password")
    return sorted({word.casefold() for word in words if len(word) >= 4}, key=len, reverse=True)
