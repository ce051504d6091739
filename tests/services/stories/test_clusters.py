"""Columns that move together: who belongs to whom, and effects that sum in each row."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.automl.columns import Column
from services.stories.clusters import Group, cluster_effects, correlated_groups, describe_clusters

COLUMNS = (Column("city", "category"), Column("rent", "number"), Column("income", "number"), Column("age", "number"))


def make_rows(n: int = 300) -> pd.DataFrame:
    random = np.random.default_rng(1)
    income = random.lognormal(size=n)
    return pd.DataFrame(
        {
            "city": pd.Series(np.where(random.random(n) < 0.5, "A", "B"), dtype="str"),
            "rent": -(income**3) * np.exp(random.normal(0, 0.1, n)),
            "income": income,
            "age": random.normal(size=n),
        }
    )


def test_a_relation_that_is_not_straight_and_falls_is_found() -> None:
    (group,) = correlated_groups(make_rows(), COLUMNS)
    assert group.places == (1, 2)
    assert group.weakest_link == group.strongest_link > 0.9


def test_a_chain_is_one_group_and_says_how_weak_its_weakest_link_is() -> None:
    random = np.random.default_rng(2)
    first = random.normal(size=2_000)
    middle = first + 0.75 * random.normal(size=2_000)
    frame = pd.DataFrame({"a": first, "b": middle, "c": middle + 0.9 * random.normal(size=2_000)})
    columns = tuple(Column(str(name), "number") for name in frame)
    assert frame["a"].corr(frame["c"], method="spearman") < 0.7
    (group,) = correlated_groups(frame, columns)
    assert group.places == (0, 1, 2)
    assert 0.7 <= group.weakest_link < group.strongest_link


def test_a_category_with_two_values_can_go_with_a_number_and_text_with_nothing() -> None:
    frame = pd.DataFrame({"plan": pd.Series(["x", "y"] * 100, dtype="str"), "price": [1.0, 2.0] * 100})
    (group,) = correlated_groups(frame, (Column("plan", "category"), Column("price", "number")))
    assert group.places == (0, 1)
    assert correlated_groups(frame, (Column("plan", "text"), Column("price", "number"))) == ()


def test_what_is_constant_or_hardly_known_goes_with_nothing() -> None:
    frame = pd.DataFrame({"a": np.arange(200.0), "b": 1.0, "c": [*range(20), *[np.nan] * 180]})
    assert correlated_groups(frame, tuple(Column(str(name), "number") for name in frame)) == ()


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 7), st.integers(1, 30), st.integers(0, 99))
def test_effects_of_a_group_are_those_of_its_members_summed_in_each_row(m: int, n: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    effects, places = random.normal(size=(n, m)), tuple(int(p) for p in random.permutation(m)[: max(2, m // 2)])
    (summed,) = cluster_effects(effects, (Group(places, 0.8, 0.9),)).T
    assert summed == pytest.approx(sum(effects[:, place] for place in places))
    (cluster,) = describe_clusters(
        effects, (Group(places, 0.8, 0.9),), tuple(Column(f"c{p}", "number") for p in range(m))
    )
    assert cluster.together <= sum(size for _, size in cluster.members) + 1e-9
    assert [size for _, size in cluster.members] == sorted((size for _, size in cluster.members), reverse=True)


def test_columns_that_cancel_out_do_nothing_together() -> None:
    effects = np.array([[2.0, -2.0], [-1.0, 1.0]])
    columns = (Column("a", "number"), Column("b", "number"))
    (cluster,) = describe_clusters(effects, (Group((0, 1), 0.9, 0.9),), columns)
    assert cluster.together == 0.0
    assert cluster.members == (("a", 1.5), ("b", 1.5))
