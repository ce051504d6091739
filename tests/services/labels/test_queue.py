"""The queue: unsure rows first, spread out, and one of five by chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.labels.queue import random_queue, uncertain_queue


def make_pool(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    share = random.uniform(size=n)
    return np.arange(n) * 3, np.c_[1 - share, share], random.normal(size=(n, 3))


@given(st.integers(1, 120), st.integers(1, 60), st.integers(0, 9))
def test_the_queue_has_each_row_once_and_one_of_five_by_chance(n: int, size: int, seed: int) -> None:
    rows, probabilities, features = make_pool(n, seed)
    queue = uncertain_queue(rows, probabilities, features, size, seed=seed)
    assert len(queue.rows) == len(set(queue.rows)) == min(n, size)
    assert set(queue.rows) <= set(rows.tolist())
    assert len(queue.drawn) == max(1, round(0.2 * min(n, size)))
    assert queue.drawn <= set(queue.rows)


def test_what_chance_did_not_choose_is_among_the_least_sure() -> None:
    rows, probabilities, features = make_pool(2_000)
    queue = uncertain_queue(rows, probabilities, features, 50, seed=1)
    unsure = set(rows[np.argsort(np.abs(probabilities[:, 1] - 0.5))[:520]].tolist())
    assert set(queue.rows) - queue.drawn <= unsure


def test_a_batch_is_not_the_same_hard_case_again_and_again() -> None:
    """Sixty copies of one hard row and ten other hard rows: a batch of ten shows more than two of the others."""
    features = np.concatenate([np.zeros((60, 2)), np.arange(20.0).reshape(10, 2) + 5])
    share = np.concatenate([np.full(60, 0.5), np.full(10, 0.51)])
    queue = uncertain_queue(np.arange(70), np.c_[1 - share, share], features, 10, seed=3)
    assert sum(row >= 60 for row in set(queue.rows) - queue.drawn) > 2


def test_the_same_seed_gives_the_same_queue() -> None:
    pool = make_pool(300)
    assert uncertain_queue(*pool, 40, seed=5) == uncertain_queue(*pool, 40, seed=5)
    assert uncertain_queue(*pool, 40, seed=5) != uncertain_queue(*pool, 40, seed=6)
    assert random_queue(pool[0], 40, seed=5) == random_queue(pool[0], 40, seed=5)


def test_chance_is_spread_over_the_queue() -> None:
    queue = uncertain_queue(*make_pool(500), 50, seed=0)
    places = [place for place, row in enumerate(queue.rows) if row in queue.drawn]
    assert min(places) < 10
    assert max(places) >= 40


def test_before_a_model_everything_is_chance() -> None:
    queue = random_queue(np.arange(10, 20), 4, seed=0)
    assert len(queue.rows) == 4
    assert queue.drawn == set(queue.rows)
    assert random_queue(np.arange(0), 4, seed=0).rows == ()


@pytest.mark.parametrize("size", [1, 2, 3])
def test_equal_rows_do_not_make_the_batch_smaller(size: int) -> None:
    share = np.full(50, 0.5)
    queue = uncertain_queue(np.arange(50), np.c_[1 - share, share], np.zeros((50, 1)), size, seed=0)
    assert len(queue.rows) == size
