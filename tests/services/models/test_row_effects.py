"""The effects of single rows come back from their file as they were, small, and without a value of the data."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from services.models.row_effects import RowEffects, dump_row_effects, load_row_effects
from tests.makers_row_effects import make_row_effects


def test_a_file_gives_back_what_was_kept() -> None:
    rows = make_row_effects()
    again = load_row_effects(dump_row_effects(rows))
    assert again.columns == rows.columns
    assert again.base == rows.base
    assert again.n == 60
    np.testing.assert_array_equal(again.places, rows.places)
    np.testing.assert_array_equal(again.answers, rows.answers)
    np.testing.assert_array_equal(again.outcomes, rows.outcomes)
    assert np.abs(again.effects - rows.effects).max() <= np.abs(rows.effects).max() / 65_000


@settings(max_examples=40, deadline=None)
@given(arrays(np.float64, (5, 3), elements=st.floats(-1e12, 1e12)))
def test_an_effect_is_off_by_at_most_half_a_step(effects: NDArray[np.float64]) -> None:
    rows = replace(make_row_effects(5, ("a", "b", "c")), effects=effects)
    again = load_row_effects(dump_row_effects(rows)).effects
    step = max(float(np.abs(effects).max()) / 32_767, 1e-300)
    assert np.abs(again - effects).max() <= 0.51 * step or np.abs(effects).max() < 1e-290


def test_the_same_rows_give_the_same_bytes_because_they_are_named_by_them() -> None:
    assert dump_row_effects(make_row_effects()) == dump_row_effects(make_row_effects())


def test_two_thousand_rows_of_sixty_columns_take_less_than_half_a_megabyte() -> None:
    rows = make_row_effects(2_000, tuple(f"column_{place}" for place in range(60)))
    assert len(dump_row_effects(rows)) < 500_000


def test_what_was_read_is_changed_by_nobody() -> None:
    rows = load_row_effects(dump_row_effects(make_row_effects()))
    with pytest.raises(ValueError, match="read-only"):
        rows.answers[0] = 1.0


def test_a_model_that_is_never_moved_is_kept_too() -> None:
    rows = make_row_effects()
    still: RowEffects = replace(rows, effects=np.zeros_like(rows.effects))
    assert not np.any(load_row_effects(dump_row_effects(still)).effects)


@pytest.mark.parametrize("content", [b"", b"no file", dump_row_effects(make_row_effects())[:200]])
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a file of row effects"):
        load_row_effects(content)
