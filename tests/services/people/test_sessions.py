"""How long a sign-in lasts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from services.people.sessions import ABSOLUTE_LIMIT, IDLE_LIMIT, is_session_open

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Times:
    """The moments of a session."""

    last_seen_at: datetime = START
    expires_at: datetime = START + ABSOLUTE_LIMIT
    revoked_at: datetime | None = None


@pytest.mark.parametrize(
    ("times", "now", "expected"),
    [
        (Times(), START, True),
        (Times(), START + IDLE_LIMIT - SECOND, True),
        (Times(), START + IDLE_LIMIT, False),
        (Times(last_seen_at=START + ABSOLUTE_LIMIT - SECOND), START + ABSOLUTE_LIMIT - SECOND, True),
        (Times(last_seen_at=START + ABSOLUTE_LIMIT), START + ABSOLUTE_LIMIT, False),
        (Times(revoked_at=START), START + SECOND, False),
    ],
)
def test_a_session_ends_when_idle_when_old_and_when_revoked(times: Times, now: datetime, expected: bool) -> None:
    assert is_session_open(times, now) is expected


def test_the_limits_are_half_an_hour_and_a_working_day() -> None:
    assert IDLE_LIMIT.total_seconds() == 30 * 60
    assert ABSOLUTE_LIMIT.total_seconds() == 8 * 60 * 60
