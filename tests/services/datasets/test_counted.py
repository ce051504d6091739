"""One pass over a column in order gives its values, its counts and its moments."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from services.datasets.counted import all_differ, as_cells, count_values, merge_counts, moments_of, quantiles_of
from services.datasets.profile import QUANTILES

FLOATS = st.floats(-1e9, 1e9, allow_subnormal=False)


@given(st.lists(st.integers(-5, 5) | FLOATS, min_size=1, max_size=60))
def test_counts_are_those_of_pandas(values: list[float]) -> None:
    column = pd.Series(values, dtype="float64")
    counted = count_values(as_cells(column))
    expected: Any = column.value_counts().sort_index()
    assert counted.values.tolist() == expected.index.tolist()
    assert counted.counts.tolist() == expected.tolist()
    assert counted.n_top == expected.max()


@given(st.lists(FLOATS, min_size=1, max_size=60))
def test_quantiles_are_those_of_numpy(values: list[float]) -> None:
    found = quantiles_of(np.sort(np.asarray(values)))
    assert found == pytest.approx(np.quantile(values, QUANTILES).tolist(), rel=1e-9, abs=1e-6)


def test_moments_are_those_of_scipy() -> None:
    values = np.sort(np.random.default_rng(0).lognormal(size=500))
    mean, sd, skew = moments_of(values)
    assert mean == pytest.approx(values.mean())
    assert sd == pytest.approx(values.std(ddof=1))
    assert skew == pytest.approx(stats.skew(values))


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], (None, None, None)), ([2.0], (2.0, None, None)), ([2.0, 2.0], (2.0, 0.0, None))],
)
def test_what_is_not_defined_is_none(values: list[float], expected: tuple[float | None, ...]) -> None:
    assert moments_of(np.asarray(values)) == expected


def test_numbers_at_the_end_of_what_can_be_written_break_nothing() -> None:
    _mean, sd, skew = moments_of(np.asarray([0.0, 1e200, 1e200]))
    assert sd == pytest.approx(1e200 / 3**0.5)
    assert skew == pytest.approx(-(0.5**0.5))


def test_labels_are_ranked_by_count_then_alphabet_among_many() -> None:
    texts = [f"v{number}" for number in range(500)] + ["b", "b", "a", "a"]
    assert count_values(as_cells(pd.Series(texts, dtype="str"))).labels(3) == (("a", 2), ("b", 2), ("v0", 1))


def test_minus_zero_is_zero() -> None:
    assert count_values(as_cells(pd.Series([0.0, -0.0]))).labels(5) == (("0", 2),)


@given(st.lists(st.tuples(st.integers(-3, 3) | st.none() | st.just(float("nan")), st.integers(1, 4)), max_size=30))
def test_merged_counts_are_those_of_all_cells(pairs: list[tuple[float | None, int]]) -> None:
    values = pa.chunked_array([pa.array([value for value, _ in pairs], type=pa.float64())])
    counts = np.array([count for _, count in pairs], dtype=np.int64)
    every = pa.chunked_array([pa.array([value for value, count in pairs for _ in range(count)], type=pa.float64())])
    merged, expected = merge_counts(values, counts), count_values(every)
    assert merged.values.tolist() == expected.values.tolist()
    assert merged.counts.tolist() == expected.counts.tolist()


@pytest.mark.parametrize("width", [1, 7, 8, 32, 64])
def test_texts_of_one_length_that_all_differ_are_seen_at_once(width: int) -> None:
    n_rows = 26 if width == 1 else 12_000
    texts = [f"{number:0{width}d}"[-width:] for number in range(n_rows)]
    chunks = pa.chunked_array([pa.array(["x", *texts[:5_000]]).slice(1), pa.array([], pa.string()), texts[5_000:]])
    assert all_differ(chunks) is (n_rows >= 10_000)
    assert not all_differ(pa.chunked_array([[*texts[1:], texts[1]]]))
    counted = count_values(chunks)
    assert counted.n_distinct == len(set(texts))
    assert sorted(counted.values.tolist()) == sorted(set(texts))
