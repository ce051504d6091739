"""A proposed step, applied as a recipe applies it, makes its finding go away."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from services.datasets.checks import registry
from services.datasets.checks.fixes import leave_out, step
from services.datasets.recipe.application import apply_recipe
from services.datasets.recipe.steps import checked_step
from tests.makers_checks import find, make_subject

CHECKS = {check.code: check for check in registry.CHECKS}
AGES = [float(20 + number % 40) for number in range(400)]
MOMENTS = pd.Series(["2024-01-01", "2024-02-01"] * 20, dtype="datetime64[us]")

CASES: dict[str, tuple[str, Mapping[str, Any], Mapping[str, Any]]] = {
    "copies": ("duplicate_rows", {"a": [1, 1, 2], "b": ["x", "x", "y"]}, {}),
    "words for missing": ("disguised_missing", {"job": ["clerk", "nurse", "?", " "]}, {}),
    "numbers for missing": ("disguised_missing", {"age": [*range(20, 60), -999, -999]}, {}),
    "dates for missing": (
        "disguised_missing",
        {"d": pd.concat([MOMENTS, pd.Series(["9999-12-31"], dtype="datetime64[us]")], ignore_index=True)},
        {},
    ),
    "numbers in text": ("mixed_types", {"x": ["1.5", "2", "7"] * 10 + ["n.d."]}, {}),
    "commas in text": ("mixed_types", {"x": ["1,5", "2,5", "7"] * 10}, {}),
    "ISO dates in text": ("mixed_types", {"x": ["2024-01-31", "2024-02-01"] * 3}, {}),
    "days first": ("mixed_types", {"x": ["31/01/2024", "01/02/2024"] * 3}, {}),
    "months first": ("mixed_types", {"x": ["01/31/2024", "01/02/2024"] * 3}, {}),
    "spaces": ("whitespace", {"x": ["a", "a ", " b"]}, {}),
    "spellings": ("spelling_variants", {"x": ["Yes", "Yes", "yes", "YES ", "no"]}, {}),
    "garbled letters": ("encoding_errors", {"x": ["MÃ¼nchen", "plain"]}, {}),
    "a high slip": ("outliers", {"age": [*AGES, 4200.0]}, {}),
    "low and high slips": ("outliers", {"age": [*map(int, AGES), -4200, 4200]}, {}),
    "below zero": ("negatives", {"x": [-5.0, *[n * 1.5 for n in range(200)]]}, {}),
    "zeros": ("zeros", {"x": [0] * 90 + list(range(1, 31))}, {}),
    "e-mail": ("personal_data", {"x": [f"a{number}@b.co" for number in range(40)]}, {}),
    "a lost century": (
        "implausible_dates",
        {"d": pd.concat([MOMENTS, pd.Series(["1024-01-01"], dtype="datetime64[us]")], ignore_index=True)},
        {},
    ),
    "a date ahead": (
        "future_dates",
        {"d": pd.concat([MOMENTS, pd.Series(["2199-01-01T10:00"], dtype="datetime64[us]")], ignore_index=True)},
        {},
    ),
    "no outcome": ("target_missing", {"x": [1, 2, 3], "y": ["a", "b", None]}, {"target": "y"}),
    "rare classes": ("rare_classes", {"y": ["a"] * 40 + ["d"] * 40 + ["b"] * 6 + ["c"] * 6}, {"target": "y"}),
    "one rare class": ("rare_classes", {"y": [0] * 60 + [1] * 60 + [2]}, {"target": "y"}),
}


@pytest.mark.parametrize("case", CASES)
def test_every_step_that_is_proposed_settles_its_finding(case: str) -> None:
    code, columns, of = CASES[case]
    base = make_subject(columns).frame
    proposed = [fix["step"] for found in find(CHECKS[code], base, **of) for fix in found.fixes if fix["kind"] == "step"]
    assert proposed
    for one in proposed:
        table = apply_recipe(base, [checked_step(one)], key=b"secret").reset_index(drop=True)
        assert not {found.outcome for found in CHECKS[code].run(make_subject(table, **of))} & {"finding"}


def test_a_part_that_is_none_is_left_away() -> None:
    assert step("Hold", "clip", "why", column="x", low=None, high=3)["step"] == {
        "kind": "clip",
        "reason": "why",
        "column": "x",
        "high": 3,
    }


def test_leaving_out_is_a_decision_not_a_step() -> None:
    assert leave_out("x", "why") == {
        "kind": "exclude_column", "label": "Leave it out", "column": "x", "reason": "why"
    }  # fmt: skip
