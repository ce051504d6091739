"""Splits that people choose, and what the columns suggest where nobody does."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.automl.candidates import Candidate
from services.automl.errors import UnusableDataError
from services.automl.preparation import Preparation, prepare
from services.automl.training import fit_to_everything, train_candidate
from services.models.evaluation import Judged, evaluate
from services.models.money_evaluation import choose_threshold
from services.models.top_loss import highest_losses, out_of_fold
from tests.makers_automl import CANDIDATES, make_cases, make_goal

TIME = {"kind": "time", "time": "since"}


def _customers(n: int = 100, rows_each: int = 4) -> pd.DataFrame:
    """Each customer in several rows, with an outcome of their own and a noise that is theirs: nothing to learn."""
    random = np.random.default_rng(1)
    who = np.repeat(np.arange(n), rows_each)
    return pd.DataFrame(
        {
            "customer_id": who + 1_000,
            "noise": random.normal(size=n)[who],
            "visit": random.normal(size=len(who)),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.tile(np.arange(rows_each), n), unit="D"),
            "left": np.where(random.random(n) < 0.5, "Yes", "No")[who],
        }
    )


def test_by_time_the_last_part_is_kept_aside_and_folds_judge_what_came_later() -> None:
    frame = make_cases()
    preparation = prepare(frame, target="left", split=TIME)
    since = frame["since"].to_numpy()
    assert since[preparation.train.positions].max() < since[preparation.holdout.positions].min()
    assert 0.15 < len(preparation.holdout) / len(frame) < 0.25
    times = since[preparation.train.positions]
    for fold, judged in enumerate(preparation.folds):
        assert times[preparation.learnable(fold)].max() < times[judged].min()
    assert len(preparation.judged) < len(preparation.train)
    assert "The last part by “since” was kept aside" in preparation.split.reason


def test_a_gap_in_time_is_on_neither_side() -> None:
    frame = make_cases()
    preparation = prepare(frame, target="left", split={**TIME, "gap": 30})
    since = frame["since"].to_numpy()
    learned, kept = since[preparation.train.positions], since[preparation.holdout.positions]
    assert kept.min() - learned.max() > np.timedelta64(30, "D")
    assert len(preparation.train) + len(preparation.holdout) < len(frame)


def test_rows_without_a_time_are_left_out_of_a_split_by_time() -> None:
    frame = make_cases()
    frame.loc[:19, "since"] = pd.NaT
    preparation = prepare(frame, target="left", split=TIME)
    assert min(preparation.train.positions.min(), preparation.holdout.positions.min()) >= 20


def test_a_split_by_group_has_no_group_on_both_sides_and_does_not_learn_its_name() -> None:
    frame = _customers()
    preparation = prepare(frame, target="left", split={"kind": "group", "group": "customer_id"})
    _assert_apart(frame, preparation)
    assert [column.name for column in preparation.left_out] == ["customer_id"]


def test_by_group_and_time_nothing_of_a_group_is_on_both_sides_and_time_goes_forward() -> None:
    frame = _customers(rows_each=8)
    wish = {"kind": "group_time", "group": "customer_id", "time": "day"}
    preparation = prepare(frame, target="left", split=wish)
    _assert_apart(frame, preparation)
    days = frame["day"].to_numpy()
    assert days[preparation.train.positions].max() < days[preparation.holdout.positions].min()


def test_left_to_the_search_a_name_that_comes_back_is_followed_with_a_warning_and_a_date_only_proposed() -> None:
    preparation = prepare(_customers(), target="left")
    _assert_apart(_customers(), preparation)
    assert preparation.split.kind == "group"
    followed, proposed = preparation.split.warnings
    assert "“customer_id” has the same value in several rows" in followed
    assert "not split by it" in proposed


def test_left_to_the_search_rows_without_such_a_name_are_dealt_at_random() -> None:
    preparation = prepare(make_cases().drop(columns="since"), target="left")
    assert preparation.split.kind == "random"
    assert not preparation.split.warnings
    assert "at random" in preparation.split.reason


def test_what_a_customer_has_said_before_helps_at_random_and_not_by_group() -> None:
    frame = _customers(300)
    candidate = Candidate("extra_trees", {"n_trees": 30, "min_leaf": 1, "max_features": 1.0})
    at_random = prepare(frame, target="left", split={"kind": "random"})
    by_group = prepare(frame, target="left")
    assert train_candidate(at_random, candidate, seconds_limit=120).score > 0.8
    assert train_candidate(by_group, candidate, seconds_limit=120).score < 0.65


def test_a_model_of_later_rows_is_judged_chosen_and_questioned_on_rows_that_some_fold_judges() -> None:
    preparation = prepare(make_cases(), target="left", split=TIME, money=make_goal(), n_folds=3)
    outcome = train_candidate(preparation, CANDIDATES["linear"], seconds_limit=120)
    judged = preparation.judged
    is_judged = np.isin(np.arange(len(preparation.train)), judged)
    assert np.isfinite(outcome.predictions[is_judged]).all()
    assert np.isnan(outcome.predictions[~is_judged]).all()
    threshold, origin = choose_threshold(preparation, outcome.predictions)
    assert threshold is not None
    assert np.isfinite(threshold)
    assert f"{len(judged):,} out-of-fold" in origin
    answers = np.tile([0.4, 0.6], (len(preparation.holdout), 1))
    report = evaluate(preparation, Judged(answers, outcome.predictions, threshold, origin), {})
    assert report.cross_validated.n == len(judged)
    assert np.isfinite(report.cross_validated.value)


def test_the_rows_a_model_is_most_wrong_about_are_rows_that_it_was_asked_about() -> None:
    preparation = prepare(make_cases(), target="left", split=TIME, n_folds=3)
    pipeline = fit_to_everything(preparation, CANDIDATES["linear"])
    said = out_of_fold(pipeline, "linear", preparation)
    assert set(highest_losses(preparation.train.y, said)) <= set(preparation.judged)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"kind": "magic"}, "no split “magic”"),
        ({"kind": "time"}, "Name the column of the time"),
        ({"kind": "group", "group": "absent"}, "cannot be the column of the group"),
        ({"kind": "group", "group": "left"}, "Choose a column beside the target"),
        ({"kind": "group", "group": "segment"}, "3 different groups; at least 10"),
        ({"kind": "time", "time": "plan"}, "neither a date"),
        ({"kind": "time", "time": "since", "gap": -1}, "must be 0 or more"),
        ({"kind": "time", "time": "since", "gap": 9_000}, "too few rows before the last part"),
    ],
)
def test_a_split_that_cannot_be_is_refused_with_a_sentence(wish: dict[str, Any], says: str) -> None:
    with pytest.raises(UnusableDataError, match=says) as refused:
        prepare(make_cases(), target="left", split=wish)
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize("n_at_the_end", [0, 1])  # one gives a score and no interval
def test_an_outcome_that_is_missing_from_the_last_part_is_said(n_at_the_end: int) -> None:
    frame = make_cases().sort_values("since", ignore_index=True)
    frame["left"] = ["Yes", "No"] * 150 + ["No"] * (100 - n_at_the_end) + ["Yes"] * n_at_the_end
    with pytest.raises(UnusableDataError, match="hardly a row of one outcome"):
        prepare(frame, target="left", split=TIME)


def _assert_apart(frame: pd.DataFrame, preparation: Preparation) -> None:
    who = frame["customer_id"].to_numpy()
    train, kept = who[preparation.train.positions], who[preparation.holdout.positions]
    assert len(kept)
    assert not set(train) & set(kept)
    for fold, judged in enumerate(preparation.folds):
        assert not set(train[preparation.learnable(fold)]) & set(train[judged])


@pytest.mark.parametrize(
    "split",
    [
        {},
        TIME,
        {"kind": "group", "group": "customer_id"},
        {"kind": "group_time", "time": "day", "group": "customer_id"},
    ],
)
def test_where_other_rows_test_the_model_all_are_dealt_into_folds(split: dict[str, str]) -> None:
    frame = make_cases() if split in ({}, TIME) else _customers()
    preparation = prepare(frame, target="left", split=split, holdout_rate=0.0)
    assert len(preparation.holdout) == 0
    assert len(preparation.train) == len(frame)
    assert len(preparation.folds) >= 3
    for fold, judged in enumerate(preparation.folds):
        assert not set(judged) & set(preparation.learnable(fold))
    assert "kept aside" not in preparation.split.reason
