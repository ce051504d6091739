"""How unsure: the published forms of the three measures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.labels.uncertainty import entropy, least_confidence, margin

ROWS = np.array([[0.9, 0.05, 0.05], [0.5, 0.45, 0.05], [0.4, 0.3, 0.3], [0.34, 0.33, 0.33]])


def test_the_three_measures_give_the_numbers_of_the_worked_example() -> None:
    assert least_confidence(ROWS) == pytest.approx([0.1, 0.5, 0.6, 0.66])
    assert margin(ROWS) == pytest.approx([0.85, 0.05, 0.1, 0.01])
    assert entropy(ROWS) == pytest.approx([0.394398, 0.855689, 1.088900, 1.098513], abs=1e-6)


def test_certainty_has_no_entropy_and_no_warning() -> None:
    assert entropy(np.array([[1.0, 0.0]])) == pytest.approx([0.0])


@given(st.lists(st.floats(0.001, 0.999), min_size=2, max_size=30))
def test_with_two_classes_all_three_agree_on_the_order(shares: list[float]) -> None:
    rows = np.array([[1 - share, share] for share in np.unique(np.round(shares, 3))])
    order = np.argsort(np.round(margin(rows), 9), kind="stable")
    assert np.all(np.diff(least_confidence(rows)[order]) <= 1e-9)
    assert np.all(np.diff(entropy(rows)[order]) <= 1e-9)
