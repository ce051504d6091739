"""A formula on the first rows: rows without an answer and rows outside what is allowed are counted."""

from pathlib import Path

import pandas as pd
import pytest

from services.proposals.formula_trial import FormulaTrial, trial_on_rows, trial_without_rows


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.parquet"
    pd.DataFrame({"cost": [10.0, 20.0, None, 40.0, 50.0, 60.0], "calls": [2, 0, 1, 4, 0, 1]}).to_parquet(path)
    return path


def test_rows_where_it_divides_by_zero_are_counted(table: Path) -> None:
    trial = trial_on_rows("cost / calls", table, data_version=3)
    assert trial.values == (5.0, None, None, 10.0, None)
    assert trial.n_without == 3
    assert trial.is_answered
    assert trial.sentence == (
        "In the first 5 rows of version 3 of the data: 5; no value; no value; 10; no value. 3 rows without a value: "
        "a cell is missing, or the formula divides by zero there."
    )


def test_a_formula_with_an_answer_in_no_row_is_told_what_to_do(table: Path) -> None:
    trial = trial_on_rows("cost / (calls - calls)", table, data_version=1)
    assert not trial.is_answered
    assert trial.refusal.startswith("It has no value in any of the first 5 rows: a cell is missing, or")
    assert not trial_without_rows("1 / 0").is_answered
    assert trial_without_rows("1 / 0").refusal.startswith("It has no value in any row")


@pytest.mark.parametrize(
    ("high", "sentence"),
    [
        (50.0, ""),
        (40.0, "1 row outside what is allowed, 0 to 40."),
        (15.0, "3 rows outside what is allowed, 0 to 15."),
    ],
)
def test_rows_outside_what_is_allowed_are_counted(table: Path, high: float, sentence: str) -> None:
    assert trial_on_rows("cost", table, data_version=1).outside(0.0, high) == sentence


def test_one_value_for_all_lies_within_or_outside() -> None:
    assert FormulaTrial((), (5.0,)).outside(0, 30) == ""
    assert FormulaTrial((), (1_200.0,)).outside(0, 30) == "It lies outside what is allowed, 0 to 30."
