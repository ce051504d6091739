"""Lopsided amounts."""

import numpy as np

from services.datasets.checks.skew import CHECK
from tests.makers_checks import find, find_one

DRAW = np.random.default_rng(0)


def test_lopsided_columns_are_told_of_together() -> None:
    columns = {"a": DRAW.lognormal(0, 2, 500), "b": DRAW.normal(size=500), "c": -DRAW.lognormal(0, 2, 500)}
    found = find_one(CHECK, columns)
    assert found.evidence["n_columns"] == 2
    assert "“a”" in found.sentence
    assert "“c”" in found.sentence
    assert abs(found.evidence["strongest"]) > 4


def test_an_even_spread_passes() -> None:
    assert not find(CHECK, {"b": DRAW.normal(size=500)})
