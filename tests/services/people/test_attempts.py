"""How often a secret may be tried."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.people.attempts import (
    ACCOUNT,
    ADDRESS,
    WINDOW,
    AttemptLimit,
    account_key,
    address_key,
    next_attempt_at,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


def _attack(limit: AttemptLimit, gaps: list[float]) -> list[datetime]:
    """The checks an attacker gets who waits `gaps` seconds between tries and always fails."""
    now = START
    failures: list[datetime] = []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if next_attempt_at(failures, limit, now) <= now:
            failures.append(now)
    return failures


@pytest.mark.parametrize("limit", [ACCOUNT, ADDRESS])
@given(gaps=st.lists(st.floats(0, 400), min_size=1, max_size=300))
def test_no_window_ever_holds_more_checks_than_the_ceiling(limit: AttemptLimit, gaps: list[float]) -> None:
    checks = _attack(limit, gaps)
    for first in checks:
        assert sum(first <= other < first + WINDOW for other in checks) <= limit.n_most


def test_two_hundred_tries_a_second_apart_get_ten_checks_at_most_in_five_minutes() -> None:
    assert len(_attack(ACCOUNT, [1.0] * 200)) <= 10


@given(gaps=st.lists(st.floats(0, 60), min_size=1, max_size=300))
def test_the_owner_gets_in_within_a_quarter_of_an_hour(gaps: list[float]) -> None:
    failures = _attack(ACCOUNT, gaps)
    end = START + timedelta(seconds=sum(gaps))
    assert next_attempt_at(failures, ACCOUNT, end) - end <= timedelta(minutes=15)


def test_the_delay_grows_with_each_failure() -> None:
    free = [START] * ACCOUNT.n_free
    assert next_attempt_at(free, ACCOUNT, START) == START
    delays = [next_attempt_at([*free, *[START] * n], ACCOUNT, START) - START for n in range(1, 6)]
    assert delays == sorted(set(delays))


def test_an_account_is_counted_under_one_key_however_it_is_spelled() -> None:
    assert account_key(" Ana@Example.com ") == account_key("ana@example.com")
    assert account_key("127.0.0.1") != address_key("127.0.0.1")
