"""Health is said in order of weight and in words, whatever the columns are called."""

import pytest

from portal.ui.health import evidence_words, flagged_columns, key_of, names_of, sort_findings, summarize
from services.datasets.checks.finding import Finding, Severity


def finding(severity: Severity, *columns: str, n_rows: int = 0, code: str = "constant") -> Finding:
    return Finding(code, "One value", "finding", "It has one value.", severity, columns or ("a",), n_rows)


def test_the_grave_comes_first_and_then_what_touches_most_rows() -> None:
    small, large, grave = finding("amber", n_rows=1), finding("amber", n_rows=9), finding("red")
    passed = Finding("x", "X", "passed", "Fine.")
    assert sort_findings([passed, small, finding("info"), large, grave])[:3] == [grave, large, small]
    assert passed not in sort_findings([passed])


@pytest.mark.parametrize(
    ("findings", "sentence"),
    [
        ([], "The checks found nothing that stands in the way of a model"),
        ([finding("info")], "The checks found nothing that stands in the way of a model"),
        ([finding("amber")], "One thing worth a look; nothing stands in the way of a model"),
        ([finding("red"), finding("red")], "Two things to settle before a model learns from this table"),
        (
            [finding("red"), finding("amber")],
            "One thing to settle before a model learns from this table, and one thing worth a look",
        ),
    ],
)
def test_the_table_is_summed_up_in_a_sentence(findings: list[Finding], sentence: str) -> None:
    assert summarize(findings) == sentence


def test_numbers_behind_a_finding_are_words() -> None:
    words = evidence_words({"n_cells": 1234, "share": 0.05, "score": 0.98123, "n_low": 3}, 12)
    assert words == "12 rows · 1,234 cells · alone it scores 0.981 of 1"
    assert evidence_words({"n_cells": 12}, 12) == "12 rows"


def test_only_numbers_are_evidence() -> None:
    assert evidence_words({"n_cells": True, "score": "Ada"}) == ""


def test_many_columns_are_counted() -> None:
    assert names_of(["a", "b", "c", "d", "e", "f"]) == "**a**, **b**, **c**, **d** and 2 more"


def test_what_is_only_good_to_know_flags_no_column() -> None:
    assert flagged_columns([finding("info", "a"), finding("amber", "b", "c")]) == {"b", "c"}


def test_findings_about_different_columns_are_told_apart() -> None:
    assert key_of(finding("red", "a")) != key_of(finding("red", "b"))
