"""What stands out on the rows that are searched, against slices counted one by one."""

from itertools import combinations

import numpy as np
import pytest

from services.examinations.slice_exploring import BEAM, Candidate, explore
from tests.services.examinations.test_slice_search import world


def everything(candidates: list[Candidate], n: int) -> list[Candidate]:
    return [one for one in candidates if len(one.conditions) == n]


@pytest.mark.parametrize("least", [30, 200])
def test_every_slice_that_is_named_is_as_large_as_asked_and_worse_than_each_of_fewer_conditions(least: int) -> None:
    conditions, losses, codes = world(6_000, seed=3)
    losses[(codes[:, 0] == 1) & (codes[:, 1] == 2) & (codes[:, 2] == 3)] *= 5.0
    losses[(codes[:, 0] == 0) & (codes[:, 2] == 1)] *= 2.0
    rows = np.arange(len(losses))
    _, found = explore(conditions, losses, rows, least)
    assert everything(found, 2)
    for one in found:
        assert least <= one.rows.sum() <= len(losses) - least
        assert len({condition.column for condition in one.conditions}) == len(one.conditions)
        for fewer in combinations(one.conditions, len(one.conditions) - 1):
            if fewer:
                part = np.logical_and.reduce([condition.rows for condition in fewer])
                assert losses[one.rows].mean() >= 1.05 * losses[part].mean() * (1 - 1e-5)


def test_slices_are_counted_once_whichever_pair_they_come_from() -> None:
    conditions, losses, codes = world(6_000, seed=1)
    losses[(codes[:, 0] == 1) & (codes[:, 1] == 2) & (codes[:, 2] == 3)] *= 8.0
    n_tried, found = explore(conditions, losses, np.arange(len(losses)), 30)
    triples = everything(found, 3)
    assert [one.words for one in triples] == [("c0 is 1", "c1 is 2", "c2 is 3")]
    assert 60 < n_tried <= 60 + 4 * BEAM
    assert found[0] is triples[0], "It has the highest score."


def test_without_a_pair_that_stands_out_no_third_condition_is_tried() -> None:
    conditions, _, _ = world(2_000)
    random = np.random.default_rng(0)
    n_tried, found = explore(conditions, 1 + 1e-9 * random.random(2_000), np.arange(2_000), 30)
    assert n_tried <= 60 + 4 * BEAM
    assert everything(found, 3) == []
