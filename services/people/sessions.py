"""How long a sign-in lasts."""

from datetime import datetime, timedelta
from typing import Protocol

IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=8)


class SessionTimes(Protocol):
    """The moments that decide whether a session is open."""

    last_seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def is_session_open(times: SessionTimes, now: datetime) -> bool:
    """Whether a session is neither revoked, nor idle for too long, nor past its absolute end."""
    return times.revoked_at is None and now < times.expires_at and now - times.last_seen_at < IDLE_LIMIT
