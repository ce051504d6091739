"""Tables nobody would wish for: a clear sentence or a sound model, never a stack trace."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.automl.errors import UnusableDataError
from services.automl.preparation import prepare
from services.automl.task import Task
from services.errors import PortalError
from tests.makers_automl import make_cases
from tests.makers_search import run_here, search_here

RANDOM = np.random.default_rng(7)
N = 240


@pytest.fixture(autouse=True)
def _within_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    search_here(monkeypatch)


def _table(**columns: Any) -> pd.DataFrame:
    signal = RANDOM.normal(size=N)
    left = np.where(signal + RANDOM.normal(size=N) > 0, "Yes", "No")
    return pd.DataFrame({"signal": signal, **columns, "left": left})


REFUSED: dict[str, tuple[pd.DataFrame | str, str]] = {
    "one class": (_table().assign(left="No"), "same value in every row"),
    "three rows of one of two classes": (_table().assign(left=["Yes"] * 3 + ["No"] * (N - 3)), "has 3 rows"),
    "constant columns only": (_table().assign(signal=1, other="x"), "same value in every row"),
    "no outcome known": (_table().assign(left=None), "nothing to predict"),
    "nothing but the outcome": (_table()[["left"]], "no column but the target"),
    "an empty file": ("", "cannot be read as a CSV file"),
    "a header alone": ("signal,left\n", "0 rows"),
    "few rows": (_table().head(12), "at least 40"),
    "no file of text": ("a,b\n\x00\x00,1\n2,3,4,5\n", "cannot be read as a CSV file|no column “left”"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_nothing_can_be_learned_from_is_refused_with_a_sentence(case: str, tmp_path: Path) -> None:
    frame, says = REFUSED[case]
    with pytest.raises(UnusableDataError, match=says) as refused:
        run_here(tmp_path, frame)
    assert refused.value.sentence.endswith((".", "?"))


SOUND: dict[str, pd.DataFrame] = {
    "infinite values": _table(wild=np.where(RANDOM.random(N) < 0.2, np.inf, 1e300)),
    "huge whole numbers": _table(
        big=[str(10**25 + i * 10**20) for i in RANDOM.permutation(N).tolist()], long=2**62 + np.arange(N)
    ),
    "mixed types": _table(mixed=[1, "two", 3.5, "2020-01-01", None, "?"] * (N // 6)),
    "one column": _table(),
    "text alone": _table(note=[f"good day {w} and {v}" for w, v in RANDOM.integers(0, 50, (N, 2))]).drop(
        columns="signal"
    ),
    "dates alone": _table(day=pd.Timestamp("2021-01-01") + pd.to_timedelta(RANDOM.integers(0, 500, N), unit="D")).drop(
        columns="signal"
    ),
    "three rows of one of three classes": _table().assign(left=["a", "b"] * (N // 2 - 2) + ["b"] + ["c"] * 3),
    "numbers and words as outcome": _table().assign(left=[1, 2, "three"] * (N // 3)),
    "gaps in every column": _table(gap=np.where(RANDOM.random(N) < 0.99, np.nan, 1.0)),
    "columns of one name": pd.concat([_table(), _table().add_suffix(".1")], axis=1),
}


@pytest.mark.parametrize("case", SOUND)
def test_hard_cells_give_a_sound_model(case: str, tmp_path: Path) -> None:
    report = run_here(tmp_path, SOUND[case], save=tmp_path / "model", max_trials=3)
    assert np.isfinite(report["score"])
    assert report["n_trials"] >= 1
    assert (tmp_path / "model" / "pipeline.skops").stat().st_size > 0


def test_an_outcome_of_words_and_numbers_asked_for_as_a_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableDataError, match="is not a number in 80 rows"):
        run_here(tmp_path, SOUND["numbers and words as outcome"], task="regression")


def test_a_column_equal_to_the_outcome_is_told(tmp_path: Path) -> None:
    frame = _table()
    report = run_here(tmp_path, frame.assign(again=frame["left"]))
    assert any("“again”" in sentence for sentence in report["warnings"])


def test_a_budget_of_a_second_ends_at_once_with_a_model_or_a_sentence(tmp_path: Path) -> None:
    began = time.monotonic()
    try:
        report = run_here(tmp_path, _table(), budget=1.0)
        assert np.isfinite(report["score"])
    except PortalError as error:
        assert error.sentence.endswith(".")
    assert time.monotonic() - began < 60  # of the slowest first model on a busy machine


def test_a_category_of_a_hundred_thousand_levels_is_no_obstacle() -> None:
    n = 120_000
    levels = np.concatenate([np.arange(100_000), RANDOM.integers(0, 100_000, n - 100_000)])
    frame = pd.DataFrame({"level": np.char.add("v", levels.astype(str)), "left": RANDOM.integers(0, 2, n)})
    frame["x"] = RANDOM.normal(size=n)
    began = time.monotonic()
    preparation = prepare(frame, target="left")
    assert {column.name: column.kind for column in preparation.columns}["level"] == "category"
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("n_columns", [1_000, pytest.param(10_000, marks=pytest.mark.heavy)])
def test_thousands_of_columns_are_searched_within_bounded_memory(tmp_path: Path, n_columns: int) -> None:
    frame = pd.DataFrame(RANDOM.normal(size=(120, n_columns)).round(2)).add_prefix("x")
    frame["left"] = np.where(frame["x0"] > 0, "Yes", "No")
    report = run_here(tmp_path, frame, max_trials=1)
    assert np.isfinite(report["score"])


def test_an_index_with_repetitions_changes_no_row() -> None:
    frame = make_cases(100)
    plain = prepare(frame, target="left", seed=1)
    odd = prepare(frame.set_index(np.zeros(100, dtype=int)), target="left", seed=1)
    pd.testing.assert_frame_equal(plain.train.x, odd.train.x)
    assert plain.task is Task.BINARY
