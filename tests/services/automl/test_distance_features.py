"""Columns on one scale."""

import numpy as np
import pandas as pd
import pytest

from services.automl.columns import Column, describe_columns, model_frame
from services.automl.distance_features import canonical_order, fit_reduction, fit_space
from services.automl.errors import UnusableDataError
from tests.makers_automl import make_cases

CASES = make_cases(200)
COLUMNS = describe_columns(CASES)
X = model_frame(CASES, COLUMNS)


def test_a_number_and_a_category_weigh_alike() -> None:
    x = pd.DataFrame({"a": np.random.default_rng(0).normal(50, 9, 4_000), "b": np.tile(["x", "y", "z", "w"], 1_000)})
    z = fit_space(x, [Column("a", "number"), Column("b", "category")]).features.transform(x)
    random = np.random.default_rng(1)
    one, other = z[random.permutation(4_000)], z[random.permutation(4_000)]
    apart = (one - other) ** 2
    assert apart[:, 0].mean() == pytest.approx(2.0, rel=0.1)
    differ = apart[:, 1:].sum(axis=1)
    assert set(np.round(differ, 6)) == {0.0, 2.0}


def test_blocks_name_every_output_once() -> None:
    space = fit_space(X, COLUMNS, mark_gaps=True)
    places = [place for block in space.blocks.values() for place in block]
    assert sorted(places) == list(range(space.features.transform(X).shape[1]))
    assert len(space.blocks["plan"]) == X["plan"].nunique() + 1  # a missing value is one of its own
    assert len(space.blocks["charges"]) == 2  # and that it is missing


def test_rare_levels_share_a_place_and_unseen_ones_go_there() -> None:
    levels = [f"L{number}" for number in range(60) for _ in range(3)]
    x = pd.DataFrame({"a": levels, "b": np.arange(180.0) ** 2})
    space = fit_space(x, [Column("a", "category"), Column("b", "number")])
    assert len(space.blocks["a"]) == 20
    strange = space.features.transform(pd.DataFrame({"a": ["never seen"], "b": [1.0]}))
    assert strange[0, list(space.blocks["a"])].sum() == 1.0


def test_a_unit_changes_no_distance() -> None:
    x = pd.DataFrame({"a": np.exp(np.random.default_rng(0).normal(size=300)), "b": np.arange(300.0)})
    columns = [Column("a", "number"), Column("b", "number")]
    one, other = (fit_space(y, columns).features.transform(y) for y in (x, x * [1e6, 1e-6] + [3.0, -8.0]))
    assert one == pytest.approx(other, abs=1e-4)


def test_an_order_of_rows_is_theirs_alone() -> None:
    z = np.random.default_rng(0).normal(size=(50, 4))
    shuffled = np.random.default_rng(1).permutation(50)
    assert z[canonical_order(z)] == pytest.approx(z[shuffled][canonical_order(z[shuffled])])
    columns = z[:, ::-1]
    assert columns[canonical_order(columns)] == pytest.approx(z[canonical_order(z)][:, ::-1])


def test_many_columns_are_reduced_to_their_main_directions() -> None:
    random = np.random.default_rng(0)
    z = random.normal(size=(200, 3)) @ random.normal(size=(3, 80)) + random.normal(0, 0.01, (200, 80))
    reduction = fit_reduction(z, seed=0)
    assert reduction is not None
    assert reduction.n_components_ <= 3
    assert fit_reduction(z[:, :30], seed=0) is None


def test_texts_without_words_alone_are_refused() -> None:
    with pytest.raises(UnusableDataError, match="no words"):
        fit_space(pd.DataFrame({"a": ["a b c", "d e f"] * 10}), [Column("a", "text")])
