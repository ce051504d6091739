"""What comes from a tracking server is cleaned before it is kept."""

import math
from typing import Any

import pytest

from services.automl.tracking.documents import (
    clean_environment,
    clean_number,
    clean_parameters,
    clean_split,
    clean_text,
    is_run_id,
    known_family,
    read_document,
)

SPLIT = {"sha256": "a" * 64, "n_train": 80, "n_holdout": 20, "n_folds": 5, "reason": "At random.", "truth_sha256": "b"}


@pytest.mark.parametrize("text", ["a" * 32, "0", "run-1_b"])
def test_an_id_is_letters_and_numbers(text: str) -> None:
    assert is_run_id(text)


@pytest.mark.parametrize("text", ["", "a" * 65, "../x", "a'b", "a b", "a\n", "ü"])
def test_anything_else_is_no_id(text: str) -> None:
    assert not is_run_id(text)


def test_parameters_keep_plain_values_and_lose_markup() -> None:
    found = clean_parameters(
        {
            "n_trees": "200",
            "rate": "0.05",
            "is_deep": "True",
            "kind": "<a href='x'>gbdt</a>",
            "whole": 3,
            "bad": math.nan,
            "nested": {"a": 1},
            "none": None,
            "<b>name</b>": 1,
            "x" * 61: 1,
        }
    )
    assert found == {
        "n_trees": 200,
        "rate": 0.05,
        "is_deep": True,
        "kind": "a href= x gbdt /a",
        "whole": 3,
    }
    assert type(found["n_trees"]) is int
    assert len(clean_parameters({f"p{i}": i for i in range(500)})) == 100


def test_text_is_one_plain_line() -> None:
    assert clean_text("a\n[b](javascript:x) `c`") == "a b (javascript:x) c"
    assert len(clean_text("x" * 500)) == 100


@pytest.mark.parametrize(("value", "number"), [("1.5", 1.5), (2, 2.0), ("NaN", None), ("inf", None), ({}, None)])
def test_a_number_is_finite(value: Any, number: float | None) -> None:
    assert clean_number(value) == number


def test_a_split_is_the_portals_or_none() -> None:
    assert clean_split(SPLIT) == {name: SPLIT[name] for name in ("sha256", "n_train", "n_holdout", "n_folds", "reason")}
    assert clean_split({**SPLIT, "sha256": "<b>"}) == {}
    assert clean_split({**SPLIT, "n_train": "80"}) == {}
    assert clean_split({}) == {}


def test_an_environment_has_words_only() -> None:
    found = clean_environment({"python": "3.11.7", "system": "Linux", "libraries": {"numpy": "2.3", "<x>": "1"}})
    assert found == {"python": "3.11.7", "system": "Linux", "libraries": {"numpy": "2.3"}}
    assert clean_environment({}) == {}
    assert clean_environment({"python": "3", "libraries": "all"}) == {"python": "3", "libraries": {}}


def test_documents_and_families_are_read_or_left() -> None:
    assert read_document('{"a": 1}') == {"a": 1}
    assert [read_document(text) for text in (None, "[1]", "{", "[" * 100_000)] == [{}, {}, {}, {}]
    assert [known_family(name) for name in ("lightgbm", "<b>", None)] == ["lightgbm", "imported", "imported"]
