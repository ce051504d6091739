"""Amounts of rows in a preparation: from the raw columns, beside the rows they belong to, and seen by no model."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.automl.amounts import amounts_of_rows
from services.automl.circumstances import describe_split
from services.automl.errors import UnusableDataError
from services.automl.large_tables import sample_rows
from services.automl.preparation import Preparation, prepare
from services.automl.prepared_file import write_prepared_file
from services.automl.priced_rows import priced_holdout, priced_judged, priced_train
from services.automl.task import Task
from services.automl.training import train_candidate
from services.valuation.row_amounts import AmountRule
from tests.makers_automl import CANDIDATES, make_cases, make_goal, prepared

RULE = AmountRule("where(months > 55, 1 / 0, spend - 20)", usual_amount=100.0, success_rate=0.33)


def priced_cases(formula: str = RULE.formula, **options: Any) -> Preparation:
    """`spend` is no input: only the amounts come from it."""
    goal = make_goal(amounts=AmountRule(formula, RULE.usual_amount, RULE.success_rate))
    settings: dict[str, Any] = {"target": "left", "feature_columns": ("months", "plan"), "n_folds": 3, "money": goal}
    return prepare(make_cases(), **{**settings, **options})


@cache
def preparation() -> Preparation:
    return priced_cases()


def test_amounts_come_from_raw_columns_and_stand_beside_their_rows() -> None:
    cases, found = make_cases(), preparation()
    expected = np.where(cases["months"] > 55, np.nan, cases["spend"] - 20)
    for rows in (found.train, found.holdout):
        assert rows.amounts is not None
        np.testing.assert_array_equal(rows.amounts, expected[rows.positions])
    judged = priced_judged(found)
    assert judged is not None
    np.testing.assert_array_equal(judged.amounts, found.train.amounts[found.judged])  # type: ignore[index]


def test_in_order_of_time_only_judged_rows_are_priced_and_with_their_own_amounts() -> None:
    found = priced_cases(split={"kind": "time", "time": "since"}, feature_columns=None)
    judged = priced_judged(found)
    assert judged is not None
    assert len(judged.y) == len(found.judged) < len(found.train)
    expected = amounts_of_rows(RULE.formula, make_cases())
    np.testing.assert_array_equal(judged.amounts, expected[found.train.positions[found.judged]])


def test_no_model_sees_an_amount() -> None:
    """Another amount in every row: the same inputs, split and predictions, and other money."""
    first, other = preparation(), priced_cases("1000 - spend")
    assert list(first.train.x.columns) == ["months", "plan"]
    pd.testing.assert_frame_equal(first.train.x, other.train.x)
    assert describe_split(first).sha256 == describe_split(other).sha256
    outcomes = [train_candidate(each, CANDIDATES["lightgbm"], seconds_limit=60) for each in (first, other)]
    np.testing.assert_array_equal(outcomes[0].predictions, outcomes[1].predictions)
    assert outcomes[0].score == outcomes[1].score
    assert outcomes[0].value_amount != outcomes[1].value_amount


def test_a_trial_is_worth_what_its_rows_are_worth() -> None:
    outcome, judged = (
        train_candidate(preparation(), CANDIDATES["linear"], seconds_limit=60),
        priced_judged(preparation()),
    )
    assert judged is not None
    scores = outcome.predictions[preparation().judged, 1]
    assert outcome.value_amount == judged.best_yearly(scores)
    assert judged.amounts is not None
    amount = np.where(np.isnan(judged.amounts) | (judged.amounts < 0), 100.0, judged.amounts)
    worth = np.where(judged.y, 23.0 + 0.33 * (amount - 100.0), -10.0)
    assert outcome.value_amount == pytest.approx(
        max(worth[scores >= cut].sum() for cut in (2.0, *scores)) / len(scores) * 12_000
    )


def test_what_has_no_amount_is_counted_in_the_rows_it_is_said_of() -> None:
    train, holdout = priced_train(preparation()), priced_holdout(preparation())
    assert train is not None
    assert holdout is not None
    assert train.summary is not None
    assert holdout.summary is not None
    assert (train.summary.n_rows, holdout.summary.n_rows) == (320, 80)
    n_late = int((make_cases()["months"] > 55).sum())
    assert train.summary.n_without + holdout.summary.n_without == n_late > 0
    assert train.summary.n_negative + holdout.summary.n_negative > 0


def test_without_a_formula_nothing_is_kept() -> None:
    plain = prepared(with_money=True)
    assert plain.train.amounts is plain.holdout.amounts is None
    priced = priced_train(plain)
    assert priced is not None
    assert priced.summary is None
    assert priced_train(prepared()) is None


def test_of_another_question_nothing_is_priced() -> None:
    found = priced_cases(target="spend", task=Task.REGRESSION.value, feature_columns=("months", "plan"))
    assert found.money is None
    assert found.train.amounts is None


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("fee * 12", "names fee, which is not known"),
        ("plan * 2", "plan holds words"),
        ("since", "since holds dates"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_a_sentence(formula: str, why: str) -> None:
    with pytest.raises(UnusableDataError, match=why) as refused:
        priced_cases(formula)
    assert refused.value.sentence.startswith(f"The value of a caught case by row, {formula}, cannot be computed")
    assert "page Money" in refused.value.sentence


def test_a_constant_formula_is_the_same_in_every_row() -> None:
    found = priced_cases("12 * 30")
    assert found.train.amounts is not None
    assert set(found.train.amounts) == {360.0}


def test_amounts_survive_the_file_that_children_share(tmp_path: Path) -> None:
    loaded = write_prepared_file(preparation(), tmp_path / "prepared").load()
    np.testing.assert_array_equal(loaded.train.amounts, preparation().train.amounts)
    np.testing.assert_array_equal(loaded.holdout.amounts, preparation().holdout.amounts)
    assert loaded.money == preparation().money


def test_a_sample_of_a_large_table_keeps_rows_and_amounts_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.automl.large_tables.MIN_ROWS", 200)
    monkeypatch.setattr("services.automl.large_tables.MAX_ROWS", 200)
    sampled = sample_rows(make_cases(), seed=3).frame
    assert len(sampled) == 200
    goal = make_goal(amounts=AmountRule("spend", 100.0, 1.0))
    found = prepare(sampled, target="left", feature_columns=("months",), money=goal)
    np.testing.assert_array_equal(found.train.amounts, sampled["spend"].to_numpy()[found.train.positions])
