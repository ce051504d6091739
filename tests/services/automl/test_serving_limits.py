"""What a model may cost where it is used."""

import pytest

from services.automl.serving_limits import ServingCost, ServingLimits, format_file_size, limits_of
from services.proposals.objective import Constraints

LIMITS = ServingLimits(row_ms=20.0, memory_mb=200.0, file_mb=50.0)


def test_what_is_beyond_a_limit_is_said_with_both_figures() -> None:
    assert LIMITS.breach(ServingCost(row_ms=63.2)) == "too slow: 63 ms, at most 20 ms"


def test_every_limit_that_is_broken_is_named() -> None:
    beyond = LIMITS.breach(ServingCost(row_ms=63.0, memory_bytes=3e8, file_bytes=6e7))
    assert beyond == (
        "too slow: 63 ms, at most 20 ms; too much memory: 300 MB, at most 200 MB; too large: 60 MB, at most 50 MB"
    )


def test_many_rows_at_once_have_a_limit_of_their_own() -> None:
    limits = ServingLimits(batch_ms=500.0)
    assert limits.is_any
    assert limits.breach(ServingCost(row_ms=9e9, batch_ms=720.0)) == (
        "too slow for many rows at once: 720 ms, at most 500 ms"
    )
    assert limits_of(Constraints(max_batch_ms=500.0)) == limits


def test_exactly_at_the_limit_is_kept() -> None:
    assert LIMITS.breach(ServingCost(row_ms=20.0, memory_bytes=2e8, file_bytes=5e7)) is None
    assert LIMITS.excess(ServingCost(row_ms=20.0)) == 0.0


def test_a_figure_just_beyond_is_never_written_as_the_limit_itself() -> None:
    assert LIMITS.breach(ServingCost(row_ms=20.04)) == "too slow: 20.04 ms, at most 20 ms"
    assert LIMITS.breach(ServingCost(row_ms=20.00001)) == "too slow: a little more than 20 ms, at most 20 ms"


def test_what_was_not_measured_breaks_nothing() -> None:
    assert LIMITS.breach(ServingCost()) is None
    assert LIMITS.excess(ServingCost()) == 0.0


def test_without_limits_nothing_is_beyond() -> None:
    assert ServingLimits().breach(ServingCost(1e9, 1e12, 1e12)) is None
    assert not ServingLimits().is_any
    assert ServingLimits().in_words() == ""


def test_the_worst_figure_says_how_far_a_model_is_from_being_allowed() -> None:
    assert LIMITS.excess(ServingCost(row_ms=30.0, file_bytes=1e8)) == pytest.approx(1.0)
    assert LIMITS.excess(ServingCost(row_ms=10.0)) == pytest.approx(-0.5)


def test_the_limits_in_words() -> None:
    assert LIMITS.in_words() == "an answer within 20 ms, at most 200 MB of memory and a file of at most 50 MB"
    assert ServingLimits(row_ms=5.0, batch_ms=900.0).in_words() == (
        "an answer within 5 ms and 1,000 answers at once within 900 ms"
    )
    assert ServingLimits(row_ms=5.0).in_words() == "an answer within 5 ms"


@pytest.mark.parametrize(
    ("n_bytes", "words"),
    [(200, "1 kB"), (3_400, "3 kB"), (99_000, "99 kB"), (450_000, "0.5 MB"), (9.96e6, "10.0 MB"), (45e6, "45 MB")],
)
def test_the_size_of_a_file_is_never_nothing(n_bytes: float, words: str) -> None:
    assert format_file_size(n_bytes) == words
