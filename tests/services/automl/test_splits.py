import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.automl.splits import deal_rows
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
