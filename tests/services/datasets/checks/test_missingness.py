"""Where cells are empty."""

import numpy as np

from services.datasets.checks.missingness import MAX_BLOCKS, MAX_COLUMNS, map_missingness
from tests.makers_checks import make_subject


def test_gaps_at_the_end_are_dark_at_the_end() -> None:
    values = [1.0] * 960 + [None] * 480
    found = map_missingness(make_subject({"x": values, "y": range(1440)}))
    assert found is not None
    assert (found.columns, found.n_complete_columns) == (("x",), 1)
    assert found.shares[0] == (0.0,) * 32 + (1.0,) * 16
    assert found.first_rows[:2] == (0, 30)


def test_few_rows_have_a_block_each() -> None:
    found = map_missingness(make_subject({"x": [None, 1.0, None]}))
    assert found is not None
    assert found.shares == ((1.0, 0.0, 1.0),)


def test_many_columns_are_cut_to_those_with_most_gaps_in_their_order() -> None:
    draw = np.random.default_rng(0)
    columns = {f"x{n}": np.where(draw.random(2000) < n / 100, np.nan, 1.0) for n in range(1, 61)}
    found = map_missingness(make_subject(columns))
    assert found is not None
    assert found.columns == tuple(f"x{n}" for n in range(1, 61))[-MAX_COLUMNS:]
    assert len(found.shares) * len(found.shares[0]) == MAX_COLUMNS * MAX_BLOCKS


def test_a_complete_table_has_no_map() -> None:
    assert map_missingness(make_subject({"x": [1, 2]})) is None
