"""How many rows to label, and what that costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.labels.budget import labelling_cost, rows_for_share


def test_the_textbook_sizes() -> None:
    assert rows_for_share(0.05) == 385
    assert rows_for_share(0.03) == 1_068
    assert rows_for_share(0.05, share=0.1) == 139


@given(st.floats(0.005, 0.4), st.floats(0.0, 1.0))
def test_one_half_needs_most(error: float, share: float) -> None:
    assert rows_for_share(error, share=share) <= rows_for_share(error)


@pytest.mark.parametrize(("error", "share"), [(0.0, 0.5), (1.0, 0.5), (0.1, 1.5)])
def test_what_is_no_share_is_refused(error: float, share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        rows_for_share(error, share=share)


def test_the_cost_is_that_of_everybodys_time() -> None:
    assert labelling_cost(1_000, seconds_per_label=36, hourly_amount=50) == pytest.approx(500)
    assert labelling_cost(1_000, seconds_per_label=36, hourly_amount=50, second_rater_share=0.2) == pytest.approx(600)
