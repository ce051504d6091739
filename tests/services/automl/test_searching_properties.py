"""What must not change a result: the order and names of columns, names of classes, units, the index of a table."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from services.automl import measures
from services.automl.preparation import prepare
from services.automl.training import train_candidate
from tests.makers_automl import CANDIDATES, FEATURES, make_cases
from tests.makers_search import run_here, search_here

TREES = ("lightgbm", "extra_trees", "random_forest")


def _shuffled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[list(frame.columns[::-1])]


def _renamed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={"months": "zz", "charges": "b", "plan": "aa", "since": "m"})


def _oddly_indexed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index(np.zeros(len(frame), dtype=int))


def _score(frame: pd.DataFrame, family: str, target: str = "left", **options: object) -> float:
    preparation = prepare(frame, target=target, n_folds=3, **options)  # type: ignore[arg-type] # a positive label
    return train_candidate(preparation, CANDIDATES[family], seconds_limit=200).score


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return make_cases(300)[[*FEATURES, "left"]]


@cache
def _plain(family: str) -> float:
    return _score(make_cases(300)[[*FEATURES, "left"]], family)


@pytest.mark.parametrize("family", list(CANDIDATES))
def test_neither_order_nor_names_of_columns_nor_the_index_change_a_score(frame: pd.DataFrame, family: str) -> None:
    assert _score(_oddly_indexed(_renamed(_shuffled(frame))), family) == _plain(family)


@pytest.mark.parametrize("family", TREES)
def test_another_unit_changes_nothing_for_trees(frame: pd.DataFrame, family: str) -> None:
    assert _score(frame.assign(months=frame["months"] * 1_024), family) == _plain(family)


@pytest.mark.parametrize("family", list(CANDIDATES))
def test_other_names_for_two_classes_change_no_score(frame: pd.DataFrame, family: str) -> None:
    renamed = frame.assign(left=frame["left"].map({"Yes": "gone", "No": "stayed"}))
    assert _score(renamed, family, positive_label="gone") == _plain(family)


@pytest.mark.parametrize("family", ["linear", "neighbours"])
def test_other_names_for_several_classes_change_no_score(family: str) -> None:
    frame = make_cases(300)[[*FEATURES, "segment"]]
    renamed = frame.assign(segment=frame["segment"].map({"new": "z", "small": "a", "large": "m"}))
    assert _score(renamed, family, "segment") == pytest.approx(_score(frame, family, "segment"), rel=1e-4)


def test_other_names_for_categories_change_no_score_where_they_have_no_order(frame: pd.DataFrame) -> None:
    renamed = frame.assign(plan=frame["plan"].map({"month": "z", "year": "b", "two years": "a"}))
    for family in ("linear", "neighbours"):
        assert _score(renamed, family) == pytest.approx(_plain(family), abs=1e-6)


def test_the_same_seed_and_number_of_trials_give_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frame: pd.DataFrame
) -> None:
    search_here(monkeypatch)
    first = run_here(tmp_path, frame, max_trials=3, seed=5)
    monkeypatch.setattr(measures, "_milliseconds", lambda _: 1_000.0)  # as on a machine that is busy
    again = run_here(tmp_path, frame, max_trials=3, seed=5)
    for part in ("score", "team", "holdout", "out_of_fold", "warnings"):
        assert first[part] == again[part]
    assert [entry["score"] for entry in first["leaderboard"]] == [entry["score"] for entry in again["leaderboard"]]
    assert first["n_trials"] + first["n_given_up"] + first["n_failed"] == 3
