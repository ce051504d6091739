"""The tolerance: what may be agreed, and where a gap lies beside it."""

import math

import pytest

from services.errors import InvalidInputError
from services.fairness.report import Gap, Gaps
from services.fairness.tolerance import REASON_LENGTH, checked_tolerance, gap_that_matters, stand


def gap(low: float | None, value: float, high: float | None) -> Gap:
    return Gap(value, low, high, "Newcombe", 2)


@pytest.mark.parametrize(
    ("found", "standing"),
    [
        (gap(0.0, 0.02, 0.05), "within"),
        (gap(0.051, 0.1, 0.2), "beyond"),
        (gap(0.05, 0.1, 0.2), "untold"),
        (gap(0.0, 0.04, 0.06), "untold"),
        (gap(0.0, 0.2, 0.4), "untold"),
        (gap(None, 0.2, None), "untold"),
        (None, "untold"),
    ],
)
def test_a_gap_is_within_or_beyond_only_where_all_of_its_interval_is(found: Gap | None, standing: str) -> None:
    assert stand(found, 0.05) == standing


def test_the_harm_says_which_gap_matters() -> None:
    gaps = Gaps(found=gap(0, 0.1, 1), alarms=gap(0, 0.2, 1), bias=gap(0, 30.0, 50))
    sizes = [getattr(gap_that_matters(gaps, harm), "value", None) for harm in ("missed", "false_alarm", "error")]
    assert sizes == [0.1, 0.2, 30.0]
    assert gap_that_matters(Gaps(), "missed") is None


def test_what_can_be_agreed_is_tidied() -> None:
    assert checked_tolerance("missed", 0, "  As  in\nall branches ") == ("missed", 0.0, "As in all branches")
    assert checked_tolerance("error", 250, "Within noise")[1] == 250.0


@pytest.mark.parametrize(
    ("harm", "largest", "reason", "n_problems"),
    [
        ("either", 0.1, "Fine", 1),
        ("missed", 1.01, "Fine", 1),
        ("missed", -0.1, "Fine", 1),
        ("missed", math.nan, "Fine", 1),
        ("missed", math.inf, "Fine", 1),
        ("missed", 0.1, " \n", 1),
        ("missed", 0.1, "x" * (REASON_LENGTH + 1), 1),
        ("neither", -1.0, "", 3),
    ],
)
def test_what_cannot_be_agreed_is_said_all_at_once(harm: str, largest: float, reason: str, n_problems: int) -> None:
    with pytest.raises(InvalidInputError) as refused:
        checked_tolerance(harm, largest, reason)
    assert len(refused.value.problems) == n_problems
