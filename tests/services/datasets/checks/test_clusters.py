"""Columns that go together."""

import numpy as np
import pytest
from scipy.stats.contingency import association

from services.datasets.checks.clusters import MAX_COLUMNS, cluster_columns, correlation_ratio, cramers_v
from services.datasets.checks.row_hashes import Codes
from tests.makers_checks import make_subject

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=500)
GROUP = np.where(X > 0, "high", "low")


def codes(*values: int) -> Codes:
    return np.array(values, dtype=np.intp)


def test_similar_columns_are_side_by_side_in_a_cluster() -> None:
    columns = {"a": X, "z": DRAW.normal(size=500), "b": -X + 0.1 * DRAW.normal(size=500), "group": GROUP}
    found = cluster_columns(make_subject(columns))
    assert found is not None
    assert [set(cluster) for cluster in found.clusters] == [{"a", "b", "group"}]
    places = [found.columns.index(name) for name in ("a", "b", "group")]
    assert max(places) - min(places) == 2
    strength = found.strengths[found.columns.index("a")][found.columns.index("b")]
    assert strength is not None
    assert strength < -0.9


def test_the_matrix_is_square_and_symmetric_with_ones() -> None:
    found = cluster_columns(make_subject({"a": X, "b": GROUP, "c": DRAW.choice(["u", "v"], 500)}))
    assert found is not None
    matrix = np.array(found.strengths, dtype=float)
    assert (matrix == matrix.T).all()
    assert (matrix.diagonal() == 1).all()


def test_cramers_v_is_near_that_of_scipy_for_many_rows() -> None:
    left = DRAW.integers(0, 3, 5000)
    right = np.where(DRAW.random(5000) < 0.5, left, DRAW.integers(0, 3, 5000))
    table = np.zeros((3, 3), dtype=int)
    np.add.at(table, (left, right), 1)
    assert cramers_v(left, right) == pytest.approx(association(table, "cramer"), abs=0.005)


def test_by_chance_nothing_goes_together() -> None:
    left, right = DRAW.integers(0, 30, 300), DRAW.integers(0, 30, 300)
    assert cramers_v(left, right) < 0.15
    assert correlation_ratio(left, DRAW.normal(size=300)) < 0.3


def test_a_group_that_decides_the_number_has_ratio_one() -> None:
    assert correlation_ratio(codes(*[0, 1] * 20), np.array([5.0, 7.0] * 20)) == 1.0


def test_too_few_rows_have_no_strength() -> None:
    assert np.isnan(cramers_v(codes(0, 1), codes(0, 1)))
    assert np.isnan(correlation_ratio(codes(0, 1), np.array([1.0, 2.0])))
    assert cluster_columns(make_subject({"a": X})) is None


def test_of_many_columns_those_that_tell_most_are_shown_with_the_target() -> None:
    columns = {f"x{number}": DRAW.normal(size=200) for number in range(60)}
    outcome = np.where(columns["x59"] > 0, "Yes", "No")
    found = cluster_columns(make_subject({**columns, "y": outcome}, target="y"))
    assert found is not None
    assert len(found.columns) == MAX_COLUMNS
    assert {"x59", "y"} <= set(found.columns)
