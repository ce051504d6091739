"""Moments as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from services.portfolio.moments import age_of, moment_of

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 21, 9, 12, tzinfo=UTC), "Today 09:12"),
        (datetime(2026, 11, 20, 23, 59, tzinfo=UTC), "20 Nov"),
        (datetime(2025, 9, 3, tzinfo=UTC), "3 Sep 2025"),
    ],
)
def test_a_moment_is_as_short_as_it_can_be(moment: datetime, words: str) -> None:
    assert moment_of(moment, NOW) == words


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_an_age_is_in_its_largest_whole_unit(age: timedelta, words: str) -> None:
    assert age_of(NOW - age, NOW) == words
