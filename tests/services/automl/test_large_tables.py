from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.automl import large_tables
from services.automl.large_tables import MAX_ROWS, MIN_ROWS, SearchSample, sample_for_search, sample_rows
from services.automl.target import Target
from services.automl.task import Task
from tests.makers_large import look_at


def test_a_table_of_usual_size_is_used_as_it_is() -> None:
    frame = pd.DataFrame({"a": np.arange(1_000)})
    found = sample_rows(frame)
    assert found.frame is frame
    assert found.document() == {"n_rows": 1_000, "n_rows_used": 1_000}


def test_of_too_many_rows_a_sample_is_used_in_its_order_and_said() -> None:
    frame = pd.DataFrame({"a": np.arange(MAX_ROWS + 50_000)})
    found = sample_rows(frame, seed=1)
    assert len(found.frame) == MAX_ROWS
    assert found.frame["a"].is_monotonic_increasing
    assert found.document()["n_rows"] == MAX_ROWS + 50_000
    assert "300,000 were used" in found.document()["sampling"]
    assert sample_rows(frame, seed=1).frame.equals(found.frame)
    assert not sample_rows(frame, seed=2).frame.equals(found.frame)


def test_of_wide_tables_fewer_rows_are_used_but_never_too_few() -> None:
    frame = pd.DataFrame(np.zeros((MIN_ROWS + 10, 1_000), dtype=np.int8))
    assert len(sample_rows(frame).frame) == MIN_ROWS


BINARY, NUMBER = Task.BINARY, Task.REGRESSION


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search looks at 1,000 rows, whatever their columns, and wants 100 of the rarer outcome."""
    look_at(monkeypatch, 1_000)


def known(y: Any, task: Task = BINARY) -> Target:
    """Rows with these outcomes, each the one after the last in a table that has an unknown one between."""
    return Target(task, np.asarray(y), ("no", "yes") if task is BINARY else (), 2 * np.arange(len(y)))


def drawn_of(sample: SearchSample) -> NDArray[np.intp]:
    assert sample.drawn is not None
    return sample.drawn


def test_a_search_looks_at_all_rows_it_can() -> None:
    rows = known(np.tile([0, 1], 500))
    sample = sample_for_search(rows, None, None, n_columns=3, seed=0)
    assert sample.known is rows
    assert (sample.drawn, sample.sentence, sample.rest(np.arange(3), 0.0).size) == (None, "", 0)


def test_of_more_rows_it_says_how_many(small: None) -> None:
    sample = sample_for_search(known(np.arange(5_000.0), NUMBER), None, None, n_columns=3, seed=0)
    drawn = drawn_of(sample)
    assert (len(drawn), bool((np.diff(drawn) > 0).all())) == (1_000, True)
    assert np.array_equal(sample.known.rows, 2 * drawn)
    assert np.array_equal(sample.known.y, drawn)
    assert "looks at 1,000 of 5,000 rows, drawn at random" in sample.sentence
    again, other = (
        sample_for_search(known(np.arange(5_000.0), NUMBER), None, None, n_columns=3, seed=s) for s in (0, 1)
    )
    assert np.array_equal(drawn_of(again), drawn)
    assert not np.array_equal(drawn_of(other), drawn)


def test_classes_are_drawn_in_proportion_and_none_goes_missing(small: None) -> None:
    y = np.repeat([0, 1, 2], [8_000, 1_992, 8])
    sample = sample_for_search(known(y, Task.MULTICLASS), None, None, n_columns=3, seed=0)
    assert np.bincount(sample.known.y).tolist() == [800, 199, 8]


@pytest.mark.parametrize(("n_rarer", "n_drawn", "n_found"), [(2_000, 1_000, 200), (400, 2_500, 100), (100, 3_000, 30)])
def test_of_two_outcomes_the_rarer_one_is_there_often_enough(
    small: None, n_rarer: int, n_drawn: int, n_found: int
) -> None:
    sample = sample_for_search(known(np.repeat([0, 1], [10_000 - n_rarer, n_rarer])), None, None, n_columns=3, seed=0)
    assert int(sample.known.y.sum()) == n_found
    assert len(drawn_of(sample)) == n_drawn


def test_groups_are_drawn_as_a_whole_where_there_are_many(small: None) -> None:
    groups = np.repeat(np.arange(2_000), 3)
    sample = sample_for_search(known(np.tile([0, 1], 3_000)), None, groups, n_columns=3, seed=0)
    drawn = drawn_of(sample)
    assert 1_000 <= len(drawn) <= 1_002
    assert set(np.bincount(groups[drawn])[np.unique(groups[drawn])]) == {3}
    assert sample.groups is not None
    assert sample.groups.max() + 1 == len(np.unique(groups[drawn]))


def test_a_group_that_would_fill_the_sample_is_not_drawn_as_a_whole(small: None) -> None:
    groups = np.concatenate([np.zeros(3_000, dtype=np.intp), np.arange(1, 3_001)])
    sample = sample_for_search(known(np.tile([0, 1], 3_000)), None, groups, n_columns=3, seed=0)
    assert len(drawn_of(sample)) == 1_000
    assert 400 < int((groups[drawn_of(sample)] == 0).sum()) < 600


def test_all_rows_are_looked_at_where_that_was_begun(small: None) -> None:
    sample = sample_for_search(known(np.arange(5_000.0), NUMBER), None, None, n_columns=3, seed=0, is_whole=True)
    assert (sample.drawn, len(sample.known.y)) == (None, 5_000)


def test_of_a_table_that_is_too_large_nothing_is_left_for_the_model(
    small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = sample_for_search(known(np.arange(5_000.0), NUMBER), None, None, n_columns=3, seed=0)
    assert sample.rest(np.arange(3), 0.0).size == 4_000
    monkeypatch.setattr(large_tables, "MOST_CELLS_OF_ALL", 14_999)
    assert sample.rest(np.arange(3), 0.0).size == 0


def test_a_file_is_drawn_from_with_its_outcomes_in_proportion(small: None) -> None:
    frame = pd.DataFrame({"a": np.arange(10_000), "left": np.repeat(["no", "yes"], [9_600, 400])})
    frame.loc[:99, "left"] = None
    found = sample_rows(frame, "left", seed=1).frame
    assert found["left"].value_counts().to_dict() == {"no": 2_375, "yes": 100}
    assert int(found["left"].isna().sum()) == 25
    assert found["a"].is_monotonic_increasing


def test_of_few_groups_every_one_is_drawn_from(small: None) -> None:
    groups = np.repeat(np.arange(20), 300)
    sample = sample_for_search(known(np.tile([0, 1], 3_000)), None, groups, n_columns=3, seed=0)
    assert sample.groups is not None
    assert (len(drawn_of(sample)), int(sample.groups.max()) + 1) == (1_000, 20)


@given(seed=st.integers(0, 50), gap=st.floats(0, 400))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_rest_leaks_nothing_of_what_is_kept_aside(small: None, seed: int, gap: float) -> None:
    random = np.random.default_rng(seed)
    n = 4_000
    times, groups = random.permutation(n).astype(np.float64), random.integers(0, 30, n)
    sample = sample_for_search(known(random.integers(0, 2, n)), times, groups, n_columns=3, seed=seed)
    drawn = drawn_of(sample)
    assert sample.times is not None
    sealed = np.flatnonzero(sample.times >= np.quantile(sample.times, 0.98))
    rest = sample.rest(sealed, gap)
    kept_aside = drawn[sealed]
    assert not np.isin(rest, drawn).any()
    assert not np.isin(groups[rest], groups[kept_aside]).any()
    assert not rest.size or times[rest].max() < times[kept_aside].min() - gap
    left_out = np.setdiff1d(np.arange(n), np.concatenate([drawn, rest]))
    late = times[left_out] >= times[kept_aside].min() - gap
    assert (late | np.isin(groups[left_out], groups[kept_aside])).all()
