"""Parts of the data: who is in them, what differs there, and when they are too few to say."""

import numpy as np
import pandas as pd
import pytest

from services.automl.columns import Column
from services.stories.cohorts import FEWEST_ROWS, MAX_SEGMENTS, N_BANDS, find_cohorts

COLUMNS = (Column("plan", "category"), Column("age", "number"), Column("note", "text"))


def make_rows(n: int = 400) -> pd.DataFrame:
    random = np.random.default_rng(0)
    plan = pd.Series(np.where(random.random(n) < 0.5, "month", "year"), dtype="str")
    return pd.DataFrame({"plan": plan, "age": random.normal(40, 9, n), "note": pd.Series(["hi"] * n, dtype="str")})


def test_a_column_that_matters_only_in_one_part_is_clear_there() -> None:
    rows = make_rows()
    random = np.random.default_rng(1)
    effects = random.normal(size=(len(rows), 3))
    effects[(rows["plan"] == "month").to_numpy(), 1] *= 5
    by_plan = next(cohort for cohort in find_cohorts(effects, rows, COLUMNS, [1, 0]) if cohort.column == "plan")
    month = next(segment for segment in by_plan.segments if segment.label == "month")
    age, plan = month.effects
    assert (age.column, plan.column) == ("age", "plan")
    assert 0 < age.low < age.difference < age.high
    assert plan.low < 0 < plan.high
    inside = (rows["plan"] == "month").to_numpy()
    assert age.size == pytest.approx(np.abs(effects[inside, 1]).mean())
    assert age.mean == pytest.approx(effects[inside, 1].mean())
    assert month.n == inside.sum()


def test_numbers_come_in_quarters_that_hold_every_row_once_and_missing_apart() -> None:
    rows = make_rows().assign(age=lambda frame: frame["age"].mask(frame.index < 50))
    (cohort,) = [one for one in find_cohorts(np.zeros((400, 3)), rows, COLUMNS, [1]) if one.column == "age"]
    assert len(cohort.segments) == N_BANDS + 1
    assert sum(segment.n for segment in cohort.segments) == 400
    assert cohort.segments[-1].label == "missing"
    ends = [(segment.low, segment.high) for segment in cohort.segments[:-1]]
    assert all(low is not None and high is not None and low < high for low, high in ends)


def test_free_text_has_no_parts_and_a_constant_neither() -> None:
    rows = make_rows().assign(age=1.0)
    assert [cohort.column for cohort in find_cohorts(np.zeros((400, 3)), rows, COLUMNS, [1])] == ["plan"]


def test_a_part_of_too_few_rows_is_named_without_effects() -> None:
    rows = make_rows(100)
    rows["plan"] = pd.Series(["month"] * (101 - FEWEST_ROWS) + ["year"] * (FEWEST_ROWS - 1), dtype="str")
    (cohort,) = [one for one in find_cohorts(np.ones((100, 3)), rows, COLUMNS, [1]) if one.column == "plan"]
    assert [(segment.n, segment.effects) for segment in cohort.segments] == [(71, ()), (29, ())]


def test_of_five_hundred_categories_the_most_frequent_are_told() -> None:
    words = [f"c{place % 500}" for place in range(2_000)] + ["big"] * 200
    rows = pd.DataFrame({"plan": pd.Series(words, dtype="str")})
    (cohort,) = find_cohorts(np.ones((2_200, 1)), rows, (Column("plan", "category"),), [0])
    assert len(cohort.segments) == MAX_SEGMENTS
    assert cohort.segments[0].label == "big"


def test_the_interval_covers_no_difference_about_nineteen_times_in_twenty() -> None:
    rows, random, covered = make_rows(200), np.random.default_rng(9), []
    for _ in range(100):
        (cohort,) = find_cohorts(random.normal(size=(200, 1)), rows[["plan"]], COLUMNS[:1], [0])
        covered.append(cohort.segments[0].effects[0].low <= 0 <= cohort.segments[0].effects[0].high)
    assert np.mean(covered) >= 0.86
