"""Whole tables: every row is answered in its place, and no cell runs in a spreadsheet."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deployments import batches
from services.deployments.answers import Answers, to_answers
from services.deployments.batches import check_table, neutralise, score_table, to_safe_csv
from services.errors import InvalidInputError
from services.models.signature import validate_rows
from tests.makers_models import make_signature

SIGNATURE = make_signature()
LIVE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", '=HYPERLINK("http://x")', "-", "=", "\ufeff=1"]


def _predict(columns: Mapping[str, Sequence[Any]]) -> tuple[Answers, tuple[str, ...]]:
    """A model whose chance of Yes is tenure / 100, so that a row in the wrong place is seen."""
    frame, warnings = validate_rows(SIGNATURE, columns)
    chance = frame["tenure"].to_numpy() / 100
    return to_answers(SIGNATURE, np.column_stack([1 - chance, chance]), 0.5), warnings


def _table(n: int, **columns: list[Any]) -> pd.DataFrame:
    values = {"id": [f"c{number}" for number in range(n)], "tenure": [number % 73 for number in range(n)]}
    return pd.DataFrame({**values, "contract": ["Two year"] * n, **columns})


@pytest.mark.parametrize("n", [1, 6, 7, 8, 20])
def test_every_row_is_answered_in_its_place(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "ROWS_PER_PIECE", 7)
    pieces = list(score_table(SIGNATURE, _table(n), _predict))
    scored = pd.concat([piece.rows for piece in pieces], ignore_index=True)
    assert list(scored["id"]) == [f"c{number}" for number in range(n)]
    np.testing.assert_allclose(scored["probability_Yes"], scored["tenure"] / 100)
    assert list(scored["decision"]) == [tenure >= 50 for tenure in scored["tenure"]]
    assert pieces[-1].n_done == n


def test_a_column_that_is_called_like_an_answer_is_kept() -> None:
    (piece,) = score_table(SIGNATURE, _table(2, prediction=["mine", "too"]), _predict)
    assert list(piece.rows["prediction"]) == ["mine", "too"]
    assert list(piece.rows["prediction_of_model"]) == ["No", "No"]


def test_a_fault_names_the_rows_it_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "ROWS_PER_PIECE", 5)
    table = _table(12).astype({"tenure": object})
    table.loc[8, "tenure"] = "CANARY"
    with pytest.raises(InvalidInputError, match=r"In rows 6 to 10.*“tenure”.*row 4") as refused:
        list(score_table(SIGNATURE, table, _predict))
    assert "CANARY" not in refused.value.sentence


def test_what_cannot_be_scored_is_refused_before_anything_is() -> None:
    with pytest.raises(InvalidInputError, match="lacks “tenure”"):
        check_table(SIGNATURE, _table(2).drop(columns="tenure"))
    with pytest.raises(InvalidInputError, match="no rows"):
        check_table(SIGNATURE, _table(0))
    with pytest.raises(InvalidInputError, match="100,001 rows"):
        check_table(SIGNATURE, _table(100_001))


def test_dates_and_blanks_reach_the_model_as_it_reads_them() -> None:
    seen: dict[str, Sequence[Any]] = {}

    def remember(columns: Mapping[str, Sequence[Any]]) -> tuple[Answers, tuple[str, ...]]:
        seen.update(columns)
        return Answers(("No", "No"), {}, None), ()

    table = pd.DataFrame({"tenure": pd.to_datetime(["2024-12-31", ""]), "contract": pd.Series(["a", None])})
    list(score_table(SIGNATURE, table, remember))
    assert seen["tenure"][0] == "2024-12-31"
    assert pd.isna(seen["tenure"][1])


@pytest.mark.parametrize("cell", LIVE)
def test_no_cell_and_no_header_is_a_formula(cell: str) -> None:
    content = to_safe_csv(pd.DataFrame({cell: [cell, "plain"]}))
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        assert row[0] == "plain" or row[0] == f"'{cell}"


@given(st.text())
def test_harmless_text_is_left_alone_and_the_rest_begins_with_an_apostrophe(text: str) -> None:
    safe = neutralise(text)
    assert safe in (text, f"'{text}")
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_negative_numbers_stay_numbers() -> None:
    assert b"-1.5" in to_safe_csv(pd.DataFrame({"effect": [-1.5]}))
    assert b"'" not in to_safe_csv(pd.DataFrame({"effect": [-1.5], "count": [-3]}))
