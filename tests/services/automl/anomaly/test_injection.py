"""Rows made unusual on purpose."""

import numpy as np
import pandas as pd
import pytest

from services.automl.anomaly.injection import Injection, inject, injections_for
from services.automl.columns import describe_columns, model_frame
from tests.makers_automl import make_cases

CASES = make_cases(120).drop(columns="case_id")
COLUMNS = [column for column in describe_columns(CASES) if column.is_usable]
X = model_frame(CASES, COLUMNS)


@pytest.mark.parametrize("kind", ["exchanged", "pushed"])
def test_some_cells_of_a_row_change_and_its_types_do_not(kind: Injection) -> None:
    changed = inject(X, COLUMNS, kind, seed=0)
    differs = ~((changed == X) | (changed.isna() & X.isna()))
    assert differs.sum(axis=1).max() == round(0.3 * len(COLUMNS))
    assert differs.to_numpy().any(axis=1).mean() > 0.6
    assert (changed.dtypes == X.dtypes).all()


def test_exchanged_values_are_values_of_the_column() -> None:
    changed = inject(X, COLUMNS, "exchanged", seed=0)
    for name in X.columns:
        assert set(changed[name].dropna()) <= set(X[name].dropna())


def test_pushed_numbers_are_far_outside_and_pushed_words_unknown() -> None:
    changed = inject(X, COLUMNS, "pushed", seed=0)
    is_pushed = changed["months"] != X["months"]
    assert ((changed["months"][is_pushed] - X["months"].mean()).abs() > 3.5 * X["months"].std()).all()
    assert (changed["plan"] == "never seen before").any()


def test_a_cell_of_another_row_is_nothing_unusual_in_a_single_column() -> None:
    assert injections_for(COLUMNS[:1]) == ("pushed",)


def test_a_constant_column_and_one_row_can_be_changed() -> None:
    one = pd.DataFrame({"months": [3.0]})
    changed = inject(one, COLUMNS[:1], "pushed", seed=0)
    assert np.isfinite(changed["months"].iloc[0])
    assert inject(one, COLUMNS[:1], "exchanged", seed=0).equals(one)
