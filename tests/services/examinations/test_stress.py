"""Inputs that go wrong cost what they should: a driver much, noise nothing, and the worst comes first."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from services.automl.columns import Column
from services.automl.priced_rows import PricedRows, priced_train
from services.examinations.report import Stress, StressTests
from services.examinations.stress import NOISE, UNSEEN, _Judge, scenarios, stress
from services.valuation.payoffs import PayoffMatrix
from tests.makers_automl import make_goal, prepared
from tests.makers_prepared import Prepared, make_plain_table, make_prepared

DRIVERS = ("tenure", "contract", "size")


@pytest.fixture(scope="module")
def model() -> Prepared:
    return make_prepared(make_plain_table(2_000))


def stressed(model: Prepared, drivers: tuple[str, ...] = DRIVERS) -> StressTests:
    return stress(model.preparation, model.copies, drivers, model.threshold)


def one_of(found: StressTests, kind: str, column: str | None) -> Stress:
    (one,) = [one for one in found.found if (one.kind, one.column) == (kind, column)]
    return one


def test_a_driver_that_is_missing_costs_money_and_score_and_noise_does_not(model: Prepared) -> None:
    found = stressed(model)
    lost, nothing = one_of(found, "missing", "tenure"), one_of(found, "missing", "size")
    assert lost.amount is not None
    assert lost.amount_high is not None
    assert lost.amount_high < 0
    assert lost.change < -0.1
    assert lost.high is not None
    assert lost.high < 0
    assert nothing.low is not None
    assert nothing.high is not None
    assert nothing.change == pytest.approx(0.0, abs=0.01)
    assert lost.score == pytest.approx(found.score + lost.change)


def test_the_worst_comes_first_in_money(model: Prepared) -> None:
    amounts = [one.amount for one in stressed(model).found]
    assert amounts == sorted(amounts, key=lambda amount: amount or 0.0)


def test_without_any_input_the_model_knows_nothing(model: Prepared) -> None:
    blind = one_of(stressed(model), "missing", None)
    assert blind.score == pytest.approx(0.5)


def test_the_interval_of_the_money_is_that_of_the_same_rows_drawn_again(model: Prepared) -> None:
    """The normal interval from what single rows contribute beside a bootstrap of the paired rows."""
    found = one_of(stressed(model), "missing", "contract")
    rows, threshold = model.preparation.judged, model.threshold
    assert threshold is not None
    priced = priced_train(model.preparation, rows)
    assert priced is not None
    x = model.preparation.train.x.iloc[rows].assign(contract=pd.Series([None] * len(rows), dtype="str").to_numpy())
    x["contract"] = x["contract"].astype("str").mask(np.ones(len(x), dtype=bool))
    after, before = model.copies.answer(rows, x)[:, 1], model.copies.predictions[rows, 1]
    random, gains = np.random.default_rng(0), []
    for _ in range(400):
        drawn = random.integers(0, len(rows), len(rows))
        part = priced.take(drawn)
        gains.append(part.yearly(after[drawn], threshold) - part.yearly(before[drawn], threshold))
    low, high = np.quantile(gains, [0.025, 0.975])
    width = high - low
    assert found.amount_low == pytest.approx(low, abs=0.15 * width)
    assert found.amount_high == pytest.approx(high, abs=0.15 * width)


def test_a_metric_that_is_no_mean_of_rows_is_drawn_again(model: Prepared) -> None:
    ranked = make_prepared(make_plain_table(600), metric="average_precision", is_priced=False)
    found = one_of(stressed(ranked), "missing", "tenure")
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.change <= found.high < 0
    assert found.amount is None


def test_each_kind_of_column_is_stressed_in_its_own_ways() -> None:
    columns = [Column("n", "number"), Column("d", "date"), Column("c", "category"), Column("t", "text")]
    found = [(one.kind, one.columns[0].name) for one in scenarios(columns, ["t", "c", "d", "n", "gone"])]
    assert [kind for kind, name in found if name == "t"] == ["missing"]
    assert [kind for kind, name in found if name == "c"] == ["missing", "unseen"]
    assert [kind for kind, name in found if name == "d"] == ["missing", "shifted", "extreme", "noisy"]
    assert [kind for kind, name in found if name == "n"][-3:] == ["missing", "shifted", "noisy"], "Then all together."


@pytest.mark.parametrize("kind", ["missing", "shifted", "extreme", "noisy", "unseen"])
def test_a_change_is_what_its_name_says(kind: str) -> None:
    random = np.random.default_rng(0)
    x = pd.DataFrame({"n": random.normal(10, 2, 400), "c": pd.Series(["a", "b"] * 200, dtype="str")})
    x.loc[:9, "n"] = np.nan
    name = "c" if kind == "unseen" else "n"
    columns = [Column("n", "number"), Column("c", "category")]
    (one,) = [one for one in scenarios(columns, [name]) if one.kind == kind and len(one.columns) == 1]
    after, before = one.apply(x, random)[name], x[name]
    if kind == "missing":
        assert after.isna().all()
        return
    assert (after.isna() == before.isna()).all(), "What was missing stays so."
    if kind == "unseen":
        assert set(after) == {UNSEEN}
        assert after.dtype == before.dtype
    elif kind == "shifted":
        assert np.nanmean(after - before) == pytest.approx(before.std())
    elif kind == "extreme":
        assert after.min() > before.max()
    else:
        assert (after - before).std() == pytest.approx(NOISE * before.std(), rel=0.15)


def test_an_all_missing_column_and_a_constant_do_not_stop_it() -> None:
    table = make_plain_table(500).assign(gone=np.nan, same=3.0)
    table.loc[0, "gone"] = 1.0
    found = stressed(make_prepared(table), ("gone", "same", "tenure"))
    assert one_of(found, "missing", "tenure").change < 0


def test_a_number_has_no_decisions_and_no_money() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=600), "b": random.normal(size=600)})
    table["amount"] = 3 * table["a"] + random.normal(size=600)
    model = make_prepared(table, target="amount", is_priced=False)
    found = one_of(stressed(model, ("a",)), "missing", "a")
    assert found.share_changed is None
    assert found.amount is None
    assert found.change < 0, "An error that grows is a change for the worse."
    assert found.score > 2.5


def test_several_classes_without_a_price_are_stressed_in_score() -> None:
    random = np.random.default_rng(0)
    kind = random.choice(["a", "b", "c"], 600)
    table = pd.DataFrame({"hint": pd.Series(kind, dtype="str"), "noise": random.normal(size=600)})
    table["kind"] = pd.Series(np.where(random.random(600) < 0.85, kind, "a"), dtype="str")
    model = make_prepared(table, target="kind", is_priced=False)
    found = one_of(stressed(model, ("hint",)), "missing", "hint")
    assert found.change < 0
    assert found.share_changed is not None
    assert found.share_changed > 0.2


def test_that_a_column_was_changed_alone_although_others_follow_from_it_is_said(model: Prepared) -> None:
    tied = {"tenure": "“yearly” from it", "contract": "“plan” from it"}
    found = stress(model.preparation, model.copies, ("tenure",), model.threshold, tied=tied)
    assert found.notes == (
        "“tenure” was changed alone, although the data compute “yearly” from it: where it goes wrong, both do.",
    )


def test_a_stress_that_lifts_every_score_earns_nothing_beyond_the_capacity() -> None:
    random = np.random.default_rng(0)
    odds = random.normal(-1.5, 1.2, 4_000)
    before = expit(odds)
    y = random.random(4_000) < before
    threshold = float(np.quantile(before, 0.9))
    money = make_goal(payoffs=PayoffMatrix(100.0, -20.0, 0.0, 0.0), capacity_rate=0.1)
    lifted, alike = expit(odds + 1.0), np.full(4_000, 0.9)
    limited, free = (PricedRows(replace(money, capacity_rate=rate), y) for rate in (0.1, None))
    normal = limited.means(before, threshold).value
    judge = _Judge(prepared(), y, np.column_stack([1 - before, before]), 0.0, limited, threshold)
    value, influences = judge._stressed_money(limited, threshold, lifted)
    assert value == pytest.approx(normal, rel=0.02)  # the same cases come first
    assert judge._stressed_money(free, threshold, lifted)[0] > 2 * normal
    drawn, _ = judge._stressed_money(limited, threshold, alike)  # nobody comes first: a tenth is taken as it comes
    assert drawn == pytest.approx(0.1 * free.means(alike, threshold).value, rel=0.01)
    assert len(influences) == 4_000
    assert judge._stressed_money(limited, threshold, before)[0] == pytest.approx(normal)
    assert judge._stressed_money(limited, 1.1, before)[0] == 0.0
