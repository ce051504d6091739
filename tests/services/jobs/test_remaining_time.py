"""The time a job may still take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.jobs.remaining_time import MIN_PROGRESS, MIN_SECONDS, remaining_seconds


@pytest.mark.parametrize(("progress", "elapsed"), [(None, 60.0), (0.0, 60.0), (0.04, 60.0), (0.5, 1.0)])
def test_nothing_is_promised_before_the_pace_is_known(progress: float | None, elapsed: float) -> None:
    assert remaining_seconds(progress, elapsed) is None


@given(st.floats(MIN_PROGRESS, 1.0), st.floats(MIN_SECONDS, 1e5))
def test_time_gone_and_time_left_are_in_the_ratio_of_what_is_done_and_what_is_not(share: float, gone: float) -> None:
    left = remaining_seconds(share, gone)
    assert left is not None
    assert left >= 0
    assert gone / (gone + left) == pytest.approx(share)
