"""How often a secret may be tried: a growing delay, then a ceiling, and never a lock that outlives the window."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)
_LONGEST_DELAY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AttemptLimit:
    """`n_free` failures cost nothing, each further one doubles the delay, `n_most` fit into one window."""

    n_free: int
    n_most: int


ACCOUNT = AttemptLimit(n_free=4, n_most=10)
ADDRESS = AttemptLimit(n_free=20, n_most=60)  # an office shares one address


def next_attempt_at(failures: Sequence[datetime], limit: AttemptLimit, now: datetime) -> datetime:
    """When the next check is allowed (`now` or earlier: at once), from the times of the failed ones, in any order.

    A refused attempt is no check and is not counted, so that whoever waits gets in: after at most `WINDOW`.
    """
    recent = sorted(at for at in failures if now - at < WINDOW)
    if len(recent) >= limit.n_most:
        return recent[-limit.n_most] + WINDOW
    n_costly = len(recent) - limit.n_free
    if n_costly <= 0:
        return now
    return recent[-1] + min(timedelta(seconds=2**n_costly), _LONGEST_DELAY)


def account_key(email: str) -> str:
    """What failures of an account are counted under, whether or not the account exists."""
    return hashlib.sha256(f"account:{normal_email(email)}".encode()).hexdigest()


def address_key(address: str) -> str:
    """What failures from a network address are counted under."""
    return hashlib.sha256(f"address:{address}".encode()).hexdigest()


def normal_email(email: str) -> str:
    """E-mail addresses are compared without regard to case or surrounding space."""
    return email.strip().casefold()
