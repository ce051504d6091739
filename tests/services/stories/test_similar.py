"""Cases alike by the distance of Gower, and which of them a model was wrong about."""

import numpy as np
import pandas as pd
import pytest

from services.automl.columns import Column
from services.automl.task import Task
from services.stories.similar import gower_distances, wrong_cases

COLUMNS = (Column("age", "number"), Column("city", "category"))


def make_people() -> pd.DataFrame:
    return pd.DataFrame(
        {"age": [20.0, 30.0, 60.0, np.nan], "city": pd.Series(["Bonn", "Bonn", "Graz", None], dtype="str")}
    )


def test_numbers_count_by_their_share_of_the_range_and_words_as_same_or_other() -> None:
    people = make_people()
    found = gower_distances(people.iloc[0], people, COLUMNS)
    assert found == pytest.approx([0.0, (10 / 40 + 0) / 2, (1 + 1) / 2, 1.0])


def test_missing_in_both_is_alike_and_in_one_unlike() -> None:
    people = make_people()
    assert gower_distances(people.iloc[3], people, COLUMNS) == pytest.approx([1.0, 1.0, 1.0, 0.0])


def test_the_range_may_be_that_of_other_rows_and_a_constant_counts_as_same_or_other() -> None:
    people = make_people()
    wide = pd.DataFrame({"age": [0.0, 100.0], "city": pd.Series(["Bonn", "Graz"], dtype="str")})
    assert gower_distances(people.iloc[0], people.iloc[[1]], COLUMNS, wide) == pytest.approx([0.05])
    flat = people.iloc[[0, 0]]
    assert gower_distances(people.iloc[1], flat, COLUMNS, flat) == pytest.approx([0.5, 0.5])


def test_distances_lie_between_alike_and_unlike() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"age": random.normal(size=50), "city": pd.Series(random.choice(["a", "b"], 50), dtype="str")})
    outside = pd.Series({"age": 99.0, "city": "c"})
    assert gower_distances(outside, frame, COLUMNS) == pytest.approx(np.ones(50))
    assert gower_distances(frame.iloc[7], frame, COLUMNS).argmin() == 7


def test_wrong_is_on_the_other_side_of_the_threshold() -> None:
    said = np.array([[0.8, 0.2], [0.6, 0.4], [0.1, 0.9], [np.nan, np.nan]])
    y = np.array([0, 0, 0, 1])
    assert wrong_cases(Task.BINARY, y, said, 0.3).tolist() == [False, True, True, False]
    assert wrong_cases(Task.BINARY, y, said, None).tolist() == [False, False, True, False]


def test_of_several_classes_the_likeliest_must_have_come() -> None:
    said = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]])
    assert wrong_cases(Task.MULTICLASS, np.array([0, 1]), said, None).tolist() == [False, True]


def test_of_numbers_the_largest_tenth_of_errors_is_wrong_and_exact_ones_never() -> None:
    y, said = np.arange(100.0), np.arange(100.0)
    assert not wrong_cases(Task.REGRESSION, y, said, None).any()
    said[[3, 50]] += 9.0
    assert np.flatnonzero(wrong_cases(Task.REGRESSION, y, said, None)).tolist() == [3, 50]
    said[3] = np.nan
    assert np.flatnonzero(wrong_cases(Task.REGRESSION, y, said, None)).tolist() == [50]
