"""Secrets that are shown once and kept only as their sha256."""

import hashlib
import hmac
import re
import secrets as randomness
from dataclasses import dataclass

_API_TOKEN = re.compile(r"pk_(?P<id>[0-9a-f]{32})_(?P<secret>[A-Za-z0-9_-]{43})")


def new_secret() -> str:
    """256 random bits in 43 characters that are safe in a link, a header and a cookie."""
    return randomness.token_urlsafe(32)


def sha256_of_secret(secret: str) -> str:
    """What is stored. A random secret of 256 bits needs no slow hash (OWASP ASVS 6.5.2)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_same_secret(secret: str, stored_sha256: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(sha256_of_secret(secret), stored_sha256)


@dataclass(frozen=True, slots=True)
class SpelledToken:
    """An API token in clear text, `pk_<id>_<secret>`, taken apart."""

    id: str
    secret: str

    @property
    def text(self) -> str:
        """As it is shown once and sent in `Authorization: Bearer`."""
        return f"pk_{self.id}_{self.secret}"

    @classmethod
    def parse(cls, text: str) -> "SpelledToken | None":
        """None when the text has not the form of a token."""
        match = _API_TOKEN.fullmatch(text)
        return cls(match["id"], match["secret"]) if match else None
