"""What one column does alone, judged as the model is."""

import numpy as np
import pandas as pd
import pytest

from services.examinations.single_columns import score_single_columns, skill
from tests.makers_prepared import make_plain_table, make_prepared


def scores_of(table: pd.DataFrame, **wishes: object) -> dict[str, float]:
    model = make_prepared(table, is_priced=False, **wishes)  # type: ignore[arg-type]
    return {one.name: one.score for one in score_single_columns(model.preparation)}


def test_a_leak_stands_out_and_noise_is_a_coin() -> None:
    table = make_plain_table(1_500)
    table["closed"] = (table["churn"] == "Yes") + np.random.default_rng(0).normal(0, 0.05, len(table))
    found = scores_of(table)
    assert next(iter(found)) == "closed"
    assert found["closed"] > 0.99
    assert found["tenure"] > 0.7
    assert found["size"] == pytest.approx(0.5, abs=0.06)


def test_500_categories_that_say_nothing_are_a_coin_out_of_fold() -> None:
    """Encoded by the outcome of their own rows they would look as a leak."""
    table = make_plain_table(1_500)
    table["place"] = pd.Series([f"p{code}" for code in np.random.default_rng(1).integers(0, 500, 1_500)], dtype="str")
    assert scores_of(table)["place"] == pytest.approx(0.5, abs=0.08)


def test_a_category_that_names_the_outcome_is_found() -> None:
    table = make_plain_table(1_000)
    table["closed"] = pd.Series(np.where(table["churn"] == "Yes", "ended", "running"), dtype="str")
    assert scores_of(table)["closed"] > 0.99


def test_a_number_is_explained_by_its_share_of_the_variance() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=1_200), "b": random.normal(size=1_200)})
    table["amount"] = 3 * table["a"] + random.normal(size=1_200)
    found = scores_of(table, target="amount")
    assert found["a"] == pytest.approx(0.8, abs=0.12)
    assert found["b"] < 0.05


def test_of_several_classes_a_category_is_told_by_each_of_them() -> None:
    random = np.random.default_rng(0)
    kind = random.choice(["a", "b", "c"], 900)
    table = pd.DataFrame({"hint": pd.Series(kind, dtype="str"), "noise": random.normal(size=900)})
    table["kind"] = pd.Series(np.where(random.random(900) < 0.9, kind, "a"), dtype="str")
    assert scores_of(table, target="kind")["hint"] > 0.9


def test_where_all_rows_are_alike_nothing_can_be_said() -> None:
    model = make_prepared(is_priced=False)
    no = np.flatnonzero(model.preparation.train.y == 0)
    assert skill(model.preparation, model.copies.predictions, no) is None
