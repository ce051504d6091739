"""What the guard lets through, kept and read again."""

import numpy as np
import pytest

from services.simulation.guard_table import GuardTable, dump_guard, load_guard
from tests.makers_simulation import make_guard


def test_it_is_read_as_it_was_written() -> None:
    guard = GuardTable(
        np.array([3, 5]), ((1.0, "a"), (np.float64(2.5), "b")), np.array([[0, 1, 0], [0, 0, 4]], np.uint8)
    )
    found = load_guard(dump_guard(guard))
    assert found.settings == ((1.0, "a"), (2.5, "b"))
    assert found.rows.tolist() == [3, 5]
    assert found.codes.tolist() == guard.codes.tolist()
    assert found.values(0) == [1.0, 2.5]


def test_a_setting_that_is_not_believed_has_its_reason() -> None:
    guard = make_guard()
    assert guard.reason(7, ["One year"]) == "overlap"
    assert guard.reason(7, ["Two year"]) is None
    assert guard.reason(9, ["One year"]) is None


def test_what_was_not_looked_at_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        make_guard().reason(8, ["Two year"])
    with pytest.raises(KeyError):
        make_guard().reason(7, ["Three year"])
    assert make_guard().place_of(8) is None
