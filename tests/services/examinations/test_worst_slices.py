"""The worst slices in figures people know, measured on rows the search had no say in."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.automl.priced_rows import PricedRows, priced_train
from services.examinations.report import SliceSearch
from services.examinations.worst_slices import LEAST_ROWS, find_worst_slices, lost_money
from tests.makers_automl import make_goal
from tests.makers_prepared import Prepared, make_plain_table, make_prepared


def make_uneven(n: int = 3_000) -> pd.DataFrame:
    """The outcome follows "tenure", but of "One year" contracts a coin decides."""
    table = make_plain_table(n)
    random = np.random.default_rng(1)
    churn = np.where(table["tenure"] < 30, "Yes", "No")
    flipped = random.random(n) < np.where(table["contract"] == "One year", 0.5, 0.03)
    table["churn"] = pd.Series(np.where(flipped, np.where(churn == "Yes", "No", "Yes"), churn), dtype="str")
    return table


@pytest.fixture(scope="module")
def model() -> Prepared:
    return make_prepared(make_uneven())


def search(model: Prepared, groups: np.ndarray | None = None) -> SliceSearch:
    return find_worst_slices(model.preparation, model.copies.predictions, model.threshold, groups)


def test_the_rows_a_coin_decides_are_named_first_with_their_figures(model: Prepared) -> None:
    found = search(model)
    worst = found.found[0]
    assert worst.conditions == ("“contract” is “One year”",)
    assert worst.error.value > 0.35
    assert worst.error.low < worst.error.value < worst.error.high
    assert worst.error.beside < 0.2
    assert worst.error.value > found.error > worst.error.beside
    assert worst.n_confirmed < worst.n
    assert worst.n == int((model.preparation.train.x["contract"] == "One year").sum())


def test_money_is_lost_beside_a_perfect_decision_and_adds_up(model: Prepared) -> None:
    worst = search(model).found[0]
    assert worst.lost is not None
    assert worst.extra_yearly is not None
    assert worst.lost.low < worst.lost.value < worst.lost.high
    assert worst.lost.value > worst.lost.beside
    share = worst.n_confirmed / search(model).n_confirming
    assert worst.extra_yearly == pytest.approx(84_000 * share * (worst.lost.value - worst.lost.beside), rel=0.01)


def test_a_perfect_decision_loses_nothing(model: Prepared) -> None:
    priced = priced_train(model.preparation)
    assert priced is not None
    assert (lost_money(priced, priced.worth > 0) == 0).all()
    wrong = lost_money(priced, priced.worth <= 0)
    assert (wrong[priced.worth != 0] > 0).all()


def test_no_slice_is_blamed_for_cases_nobody_has_capacity_for(model: Prepared) -> None:
    """With capacity for a twentieth of the cases even the best decisions leave most of them alone."""
    priced = priced_train(model.preparation)
    assert priced is not None
    bound = replace(priced, goal=replace(priced.goal, capacity_rate=0.05))
    scores = model.copies.predictions[:, 1]
    acted = scores >= bound.threshold(scores)
    lost = lost_money(bound, acted)
    assert lost.sum() * 84_000 / len(lost) == pytest.approx(
        bound.perfect_yearly - bound.yearly(scores, bound.threshold(scores))
    )
    assert lost.sum() < 0.2 * lost_money(priced, acted).sum()
    assert (lost[acted & bound.y] <= 0).all(), "A case that is caught got more than its part."
    few = replace(model.preparation, money=replace(bound.goal))
    found = find_worst_slices(few, model.copies.predictions, bound.threshold(scores))
    assert (found.capacity_rate, search(model).capacity_rate) == (0.05, None)


def test_a_threshold_beyond_capacity_is_held_against_as_many_right_decisions(model: Prepared) -> None:
    priced = priced_train(model.preparation)
    assert priced is not None
    bound = replace(priced, goal=replace(priced.goal, capacity_rate=0.05))
    everyone = np.ones(len(bound.y), dtype=bool)
    assert lost_money(bound, everyone) == pytest.approx(lost_money(priced, everyone))


@given(st.integers(0, 200), st.floats(0.0, 1.0), st.sampled_from([None, 0.05, 0.3]))
def test_all_rows_together_never_lose_less_than_nothing(seed: int, rate: float, base_rate: float | None) -> None:
    random = np.random.default_rng(seed)
    y = np.r_[True, False, random.random(60) < 0.4]
    priced = PricedRows(make_goal(capacity_rate=rate, base_rate=base_rate), y)
    lost = lost_money(priced, random.random(62) < random.random())
    assert np.average(lost, weights=priced.weights) >= -1e-9


def test_what_was_searched_is_said_in_numbers(model: Prepared) -> None:
    found = search(model)
    assert found.n_exploring + found.n_confirming == found.n_rows == len(model.preparation.judged)
    assert found.n_tried > found.n_tested >= len(found.found)
    assert found.least_rows == LEAST_ROWS
    assert all(one.n >= LEAST_ROWS for one in found.found)


def test_no_slice_is_clearly_worse_is_a_result() -> None:
    table = make_plain_table(1_500)
    random = np.random.default_rng(3)
    table["churn"] = pd.Series(np.where(random.random(1_500) < 0.5, "Yes", "No"), dtype="str")
    found = search(make_prepared(table, is_priced=False))
    assert found.found == ()
    assert found.n_tried > 0


def test_a_slice_of_a_single_class_gets_a_sentence_and_no_recall() -> None:
    """All of one contract leave, and the model is certain of most others: it is worst there, and cannot rank them."""
    table = make_uneven(2_000)
    table["churn"] = pd.Series(
        np.where(table["contract"] == "One year", "Yes", np.where(table["size"] > 5, "Yes", "No")), dtype="str"
    )
    table.loc[:40, "churn"] = "Yes"
    model = make_prepared(table)
    x = model.preparation.train.x
    said = np.where((x["contract"] == "One year").to_numpy(), 0.6, 0.02)
    predictions = np.column_stack([1 - said, said])
    found = find_worst_slices(model.preparation, predictions, 0.5)
    (one,) = [one for one in found.found if one.conditions == ("“contract” is “One year”",)]
    assert one.caught is None
    assert one.remark.startswith("All ")
    assert "are “Yes”" in one.remark


def test_too_few_rows_to_search_and_confirm_is_said() -> None:
    found = search(make_prepared(make_plain_table(120)))
    assert "too few to search in one half" in found.obstacle
    assert found.found == ()


def test_rows_of_one_group_stay_on_one_side_and_count_once(model: Prepared) -> None:
    groups = np.random.default_rng(0).integers(0, 200, len(model.preparation.train))
    found = search(model, groups)
    assert found.n_exploring + found.n_confirming == found.n_rows
    assert found.found[0].conditions == ("“contract” is “One year”",)
    assert found.found[0].q_value > search(model).found[0].q_value


def test_of_a_number_the_mean_error_is_told() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=2_000), "kind": pd.Series(["x", "y"] * 1_000, dtype="str")})
    table["amount"] = table["a"] + random.normal(size=2_000) * np.where(table["kind"] == "x", 3.0, 0.5)
    found = search(make_prepared(table, target="amount", is_priced=False))
    worst = found.found[0]
    assert worst.conditions == ("“kind” is “x”",)
    assert worst.error.value == pytest.approx(3 * np.sqrt(2 / np.pi), rel=0.15)
    assert worst.error.beside == pytest.approx(0.5 * np.sqrt(2 / np.pi), rel=0.2)
    assert worst.lost is None
    assert worst.caught is None


def test_500_categories_and_an_all_missing_column_do_not_stop_it() -> None:
    table = make_uneven(2_000).assign(gone=np.nan)
    codes = np.random.default_rng(1).integers(0, 500, 2_000)
    table["place"] = pd.Series([f"p{code}" for code in codes], dtype="str")
    assert search(make_prepared(table)).found[0].conditions == ("“contract” is “One year”",)


def test_a_constant_model_is_searched_as_any_other(model: Prepared) -> None:
    predictions = np.tile([0.6, 0.4], (len(model.preparation.train), 1))
    found = find_worst_slices(model.preparation, predictions, model.threshold)
    assert any("“tenure”" in " ".join(one.conditions) for one in found.found), "The young leave, and it knows nothing."


def test_it_finds_the_same_each_time(model: Prepared) -> None:
    assert search(model) == search(replace(model))


def test_a_slice_in_which_only_one_thing_happens_has_figures_as_any_other() -> None:
    table = make_plain_table(2_000)
    table.loc[table["contract"] == "One year", "churn"] = "No"
    model = make_prepared(table)
    predictions = model.copies.predictions.copy()
    predictions[(model.preparation.train.x["contract"] == "One year").to_numpy()] = (0.1, 0.9)
    worst = find_worst_slices(model.preparation, predictions, model.threshold, None).found[0]
    assert worst.conditions == ("“contract” is “One year”",)
    assert worst.error.value == 1.0
    assert worst.error.low < 1.0, "Even of so many no row says that no other will differ."
    assert worst.caught is None
    assert worst.remark
    assert worst.lost is not None
    assert np.isfinite([worst.error.low, worst.error.high, worst.lost.low, worst.lost.high]).all()
