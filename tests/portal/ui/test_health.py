"""Health is said in order of weight and in words, whatever the columns are called."""

import pytest
from streamlit.testing.v1 import AppTest

from portal.ui.health import evidence_words, flagged_columns, key_of, names_of, sort_findings, summarize
from services.datasets.checks.finding import Finding, Severity

HOSTILE = "<script>alert(1)</script> :material/bolt: $x$ [a](http://b)"


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


def cards(name: str) -> AppTest:
    def script(name: str) -> None:
        import streamlit as st

        from portal.ui.health import HealthActions, draw_health
        from services.datasets.checks.finding import Finding

        fix = {"kind": "exclude_column", "label": "Leave it out", "column": name, "reason": "One value."}
        amber = Finding("constant", "One value", "finding", f"“{name}” never varies.", "amber", (name,), 3, {}, (fix,))
        red = Finding("leak", "Too good", "finding", f"“{name}” gives it away.", "red", (name,))
        passed = Finding("dup", "Copies", "passed", "No copies.")
        no_dates = Finding("dates", "Dates", "not_applicable", "No dates.")
        done = st.session_state.setdefault("done", [])
        draw_health([amber, red, passed, no_dates], of="t", actions=HealthActions(apply=done.append))

    return AppTest.from_function(script, args=(name,)).run()


def test_a_fix_is_one_click() -> None:
    app = cards("a")
    assert not app.exception
    app.button(key="fix_constant:a_0").click().run()
    assert [fix["column"] for fix in app.session_state["done"]] == ["a"]


def test_not_now_puts_a_card_off_and_can_be_taken_back() -> None:
    app = cards("a")
    assert "Health: two things open" in [heading.value for heading in app.subheader]
    app.button(key="later_leak:a").click().run()
    assert "Health: one thing open" in [heading.value for heading in app.subheader]
    assert any("put off for now" in expander.label for expander in app.expander)
    app.button(key="later_leak:a").click().run()
    assert "Health: two things open" in [heading.value for heading in app.subheader]


def test_one_by_one_shows_the_gravest_alone() -> None:
    app = cards("a")
    app.segmented_control(key="health_way").set_value("One by one").run()
    text = "\n".join(element.value for element in app.markdown)
    assert "gives it away" in text
    assert "never varies" not in text


def test_what_passed_is_one_quiet_line_and_what_does_not_apply_is_no_pass() -> None:
    assert "1 check passed, 1 did not apply" in [expander.label for expander in cards("a").expander]


def test_a_hostile_column_name_is_shown_as_typed() -> None:
    app = cards(HOSTILE)
    assert not app.exception
    text = "\n".join(element.value for element in app.markdown)
    assert "<script>" not in text
    assert "](http" not in text
