from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.automl.splits import deal_groups, deal_rows, expanding_windows, keep_apart
from services.automl.task import Task


@given(
    y=st.lists(st.integers(0, 4), min_size=2, max_size=200),
    n_parts=st.integers(2, 6),
    seed=st.integers(0, 9),
    task=st.sampled_from(list(Task)),
)
def test_every_row_is_dealt_once_and_parts_are_of_equal_size(y: list[int], n_parts: int, seed: int, task: Task) -> None:
    parts = deal_rows(np.array(y), n_parts, task=task, seed=seed)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(y)))
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= (1 if task.is_classification else n_parts)


@given(y=st.lists(st.integers(0, 3), min_size=20, max_size=200), seed=st.integers(0, 9))
def test_every_part_has_its_share_of_every_class(y: list[int], seed: int) -> None:
    codes = np.array(y)
    for part in deal_rows(codes, 5, task=Task.MULTICLASS, seed=seed):
        for code in set(y):
            assert abs((codes[part] == code).sum() - (codes == code).sum() / 5) < 1


def test_parts_of_a_number_have_the_same_spread() -> None:
    y = np.random.default_rng(0).lognormal(size=1_000)
    medians = [float(np.median(y[part])) for part in deal_rows(y, 5, task=Task.REGRESSION, seed=0)]
    assert max(medians) / min(medians) < 1.05


def test_the_order_of_the_file_does_not_decide() -> None:
    y = np.arange(100) % 2
    first = deal_rows(y, 5, task=Task.BINARY, seed=0)[0]
    assert not np.array_equal(first, deal_rows(y, 5, task=Task.BINARY, seed=1)[0])
    assert np.array_equal(first, deal_rows(y, 5, task=Task.BINARY, seed=0)[0])


@given(
    data=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30)), min_size=10, max_size=200),
    n_parts=st.integers(2, 5),
    task=st.sampled_from(list(Task)),
    seed=st.integers(0, 9),
)
def test_no_group_is_in_two_parts_and_every_row_in_one(
    data: list[tuple[int, int]], n_parts: int, task: Task, seed: int
) -> None:
    y, groups = (np.array(part) for part in zip(*data, strict=True))
    groups = np.unique(groups, return_inverse=True)[1]
    parts = deal_groups(y, groups, n_parts, task=task, seed=seed)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(y)))
    seen = [set(groups[part].tolist()) for part in parts]
    assert sum(map(len, seen)) == len(set(groups.tolist()))


def test_groups_are_dealt_so_that_outcomes_and_sizes_are_even() -> None:
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(200), random.integers(1, 9, 200))
    y = (random.random(200) < 0.2)[groups].astype(np.int64)
    parts = deal_groups(y, groups, 5, task=Task.BINARY, seed=0)
    assert max(map(len, parts)) - min(map(len, parts)) <= 16
    rates = [float(y[part].mean()) for part in parts]
    assert max(rates) - min(rates) < 0.05


@given(
    moments=st.lists(st.integers(0, 40), min_size=12, max_size=150),
    n_folds=st.integers(2, 5),
    gap=st.sampled_from([0.0, 1.0, 5.0]),
)
def test_what_is_judged_comes_later_than_what_is_learned_by_more_than_the_gap(
    moments: list[int], n_folds: int, gap: float
) -> None:
    times = np.array(moments, dtype=np.float64)
    folds = expanding_windows(times, n_folds, gap=gap)
    for learned, judged in folds:
        assert times[learned].max() + gap < times[judged].min()
    judged_rows = [row for _, judged in folds for row in judged]
    assert len(judged_rows) == len(set(judged_rows))
    for (before, _), (after, _) in pairwise(folds):
        assert set(before) <= set(after)


def test_groups_that_are_there_all_the_time_are_divided_instead_of_losing_what_was_before() -> None:
    groups, times = np.tile(np.arange(20), 10), np.repeat(np.arange(10.0), 20)
    learned, judged = keep_apart(np.flatnonzero(times < 8), np.flatnonzero(times >= 8), groups)
    assert not set(groups[learned]) & set(groups[judged])
    assert len(learned) == 128
    assert len(judged) == 8
