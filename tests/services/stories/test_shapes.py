"""Accumulated local effects by published vectors and properties; dependence beside; categories with their rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.automl.columns import Column
from services.automl.task import Task
from services.models.pipeline_file import load_pipeline
from services.stories.answering import Floats, answers_of
from services.stories.shapes import (
    FEWEST_ROWS,
    MAX_LINES,
    accumulate,
    dependence,
    shape_of_category,
    shape_of_number,
)
from tests.makers_automl import CANDIDATES, finished, prepared

WHOLE = (0.0, 1.0)


def even(n: int = 4_000) -> pd.DataFrame:
    """Two columns that are always equal, spread evenly over 0 to 1."""
    values = (np.arange(n) + 0.5) / n
    return pd.DataFrame({"a": values, "b": values})


def product(rows: pd.DataFrame) -> Floats:
    return np.asarray(rows["a"] * rows["b"], dtype=np.float64)


def test_of_a_product_of_equal_columns_it_is_the_published_curve() -> None:
    found = accumulate(product, even(), "a", n_bins=40, quantiles=WHOLE)
    assert found is not None
    assert np.abs(found.effects - (found.edges**2 / 2 - 1 / 6)).max() < 0.001


def test_partial_dependence_of_the_same_is_a_straight_line_instead() -> None:
    rows, grid = even(), np.linspace(0, 1, 5)
    means = [product(rows.assign(a=value)).mean() for value in grid]
    assert means == pytest.approx(grid / 2, abs=0.001)


def test_of_a_sum_it_has_the_slope_of_the_column() -> None:
    random = np.random.default_rng(0)
    first = random.normal(size=2_000)
    rows = pd.DataFrame({"a": first, "b": first + 0.1 * random.normal(size=2_000)})
    found = accumulate(lambda x: 3 * x["a"].to_numpy() - 2 * x["b"].to_numpy(), rows, "a")
    assert found is not None
    assert np.diff(found.effects) / np.diff(found.edges) == pytest.approx(3.0)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(-50, 50), min_size=30, max_size=200),
    st.sampled_from([np.sin, np.abs, np.square, np.sign]),
    st.integers(0, 9),
)
def test_of_an_additive_model_it_is_the_component_of_the_column_but_for_a_constant(
    values: list[int], component: np.ufunc, seed: int
) -> None:
    other = np.random.default_rng(seed).normal(size=len(values))
    rows = pd.DataFrame({"a": np.array(values, dtype=float), "b": np.array(values) + other})
    found = accumulate(lambda x: component(x["a"].to_numpy()) + 7 * x["b"].to_numpy(), rows, "a", quantiles=WHOLE)
    if found is None:
        assert len(set(values)) < 2
        return
    gap = found.effects - component(found.edges)
    assert gap == pytest.approx(np.full(len(gap), gap[0]))


def test_nothing_is_said_beyond_the_outermost_hundredths() -> None:
    rows = pd.DataFrame({"a": [*np.linspace(0, 10, 998), 1_000.0, -1_000.0]})
    found = accumulate(lambda x: x["a"].to_numpy(), rows, "a")
    assert found is not None
    assert found.edges[0] >= np.quantile(rows["a"], 0.01, method="inverted_cdf") > -1
    assert found.edges[-1] <= 10
    assert found.n < 1_000


def test_rows_without_the_value_are_left_out_and_one_value_has_no_shape() -> None:
    rows = pd.DataFrame({"a": [np.nan] * 20 + [1.0, 2.0] * 20})
    found = accumulate(lambda x: x["a"].to_numpy(), rows, "a")
    assert found is not None
    assert found.n == 40
    assert accumulate(lambda x: x["a"].to_numpy(), rows.iloc[:21], "a") is None
    assert accumulate(lambda x: x["a"].to_numpy(), rows.iloc[:20], "a") is None


def test_the_band_covers_the_truth_about_nineteen_times_in_twenty() -> None:
    random, covered = np.random.default_rng(5), []
    for seed in range(120):
        rows = pd.DataFrame({"a": random.uniform(size=300), "b": random.normal(size=300)})
        found = accumulate(
            lambda x: x["a"].to_numpy() * (2 + x["b"].to_numpy()), rows, "a", n_bins=5, quantiles=WHOLE, seed=seed
        )
        assert found is not None
        spread = found.resampled[:, -1] - found.resampled[:, 0]
        low, high = np.percentile(spread, (2.5, 97.5))
        covered.append(low <= 2 * (found.edges[-1] - found.edges[0]) <= high)
    assert 0.88 <= np.mean(covered) <= 0.99


@pytest.mark.parametrize("family", list(CANDIDATES))
@pytest.mark.parametrize("task", list(Task))
def test_every_family_has_a_shape_with_dependence_beside_it(family: str, task: Task) -> None:
    pipeline, preparation = load_pipeline(finished(family, task).pipeline_file), prepared(task)
    rows = preparation.train.x
    shape = shape_of_number(answers_of(pipeline, preparation), pipeline, preparation, rows, Column("months", "number"))
    assert len(shape.points) == len(shape.dependence) > 5
    assert all(point.low <= point.effect + 1e-9 and point.effect - 1e-9 <= point.high for point in shape.points)
    assert 0 < len(shape.lines) <= MAX_LINES
    assert shape.largest is not None


def test_dependence_agrees_with_asking_by_hand() -> None:
    pipeline, preparation = load_pipeline(finished("lightgbm").pipeline_file), prepared()
    rows, grid = preparation.train.x.iloc[:50], np.array([5.0, 30.0])
    average, lines = dependence(pipeline, preparation, rows, "months", grid)
    ask = answers_of(pipeline, preparation)
    by_hand = np.column_stack([ask(rows.assign(months=value)) for value in grid])
    assert lines == pytest.approx(by_hand)
    assert average == pytest.approx(by_hand.mean(axis=0))


def test_too_few_known_rows_are_said_to_be_too_few() -> None:
    pipeline, preparation = load_pipeline(finished("linear").pipeline_file), prepared()
    rows = preparation.train.x.iloc[: FEWEST_ROWS - 1]
    shape = shape_of_number(answers_of(pipeline, preparation), pipeline, preparation, rows, Column("months", "number"))
    assert (shape.points, shape.largest, shape.dependence) == ((), None, ())
    assert shape.n == FEWEST_ROWS - 1


def test_a_date_has_a_shape_like_a_number() -> None:
    pipeline, preparation = load_pipeline(finished("lightgbm").pipeline_file), prepared()
    ask = answers_of(pipeline, preparation)
    shape = shape_of_number(ask, pipeline, preparation, preparation.train.x, Column("since", "date"))
    assert shape.kind == "date"
    assert shape.points


def test_categories_are_told_beside_their_average_and_the_rare_ones_are_too_few() -> None:
    rows = pd.DataFrame({"plan": pd.Series(["a"] * 60 + ["b"] * 30 + ["c"] * 29 + [None] * 5, dtype="str")})
    worth = {"a": 10.0, "b": 40.0, "c": 0.0}

    def ask(asked: pd.DataFrame) -> Floats:
        return np.array([worth.get(str(plan), 0.0) for plan in asked["plan"]])

    shape = shape_of_category(ask, rows, rows, Column("plan", "category"), 0)
    told = {value.value: value for value in shape.values}
    assert [value.value for value in shape.values] == ["b", "a", "c", "missing"]
    assert told["a"].effect == pytest.approx(-10.0)
    assert told["b"].effect == pytest.approx(20.0)
    assert (told["c"].effect, told["c"].n, told["missing"].n) == (None, 29, 5)


def test_a_missing_value_that_is_frequent_is_a_category_of_its_own() -> None:
    rows = pd.DataFrame({"plan": pd.Series(["a"] * 40 + [None] * 40, dtype="str")})
    shape = shape_of_category(lambda x: np.where(x["plan"].isna(), 4.0, 0.0), rows, rows, Column("plan", "category"), 0)
    assert [(value.value, value.effect) for value in shape.values] == [("missing", 2.0), ("a", -2.0)]


def test_of_five_hundred_categories_the_frequent_ones_are_shown() -> None:
    words = [f"c{place % 500}" for place in range(1_000)] + ["big"] * 100 + ["other"] * 60
    rows = pd.DataFrame({"plan": pd.Series(words, dtype="str")})
    shape = shape_of_category(lambda x: np.zeros(len(x)), rows, rows, Column("plan", "category"), 0)
    assert len(shape.values) == 12
    assert [value.value for value in shape.values if value.effect is not None] == ["big", "other"]
