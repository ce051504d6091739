"""Cards of findings: a fix is one click, a reason is asked for before one is kept, and names are only names."""

from streamlit.testing.v1 import AppTest

HOSTILE = "<script>alert(1)</script> :material/bolt: $x$ [a](http://b)"


def cards(name: str) -> AppTest:
    def script(name: str) -> None:
        from datetime import UTC, datetime

        import streamlit as st

        from portal.ui.health_cards import HealthActions, draw_health
        from services.datasets.checks.explained import ExplainedFinding, Explanation
        from services.datasets.checks.finding import Finding

        fix = {"kind": "exclude_column", "label": "Leave it out", "column": name, "reason": "One value."}
        amber = Finding("constant", "One value", "finding", f"“{name}” never varies.", "amber", (name,), 3, {}, (fix,))
        red = Finding("leak", "Too good", "finding", f"“{name}” gives it away.", "red", (name,))
        passed = Finding("dup", "Copies", "passed", "No copies.")
        no_dates = Finding("dates", "Dates", "not_applicable", "No dates.")
        done = st.session_state.setdefault("done", [])
        gaps = Finding("mostly_missing", "Many gaps", "finding", "Half is missing.", "amber", (name,))
        known = ExplainedFinding(gaps, Explanation(name, "Tomás", datetime(2026, 3, 1, tzinfo=UTC), "amber"))
        actions = HealthActions(done.append, lambda **of: done.append(of), lambda **of: done.append(of))
        draw_health([amber, red, passed, no_dates], [known], of="t", actions=actions)

    return AppTest.from_function(script, args=(name,)).run()


def test_a_fix_is_one_click() -> None:
    app = cards("a")
    assert not app.exception
    app.button(key="fix_constant:a_0").click().run()
    assert [fix["column"] for fix in app.session_state["done"]] == ["a"]


def test_a_finding_is_kept_as_it_is_only_after_its_reason_was_asked_for() -> None:
    app = cards("a")
    app.button(key="keep_leak:a").click().run()
    assert app.session_state["done"] == []
    app.text_input(key="why_leak:a").set_value("The bank says so")
    app.button(key="keep_now_leak:a").click().run()
    assert app.session_state["done"] == [{"code": "leak", "columns": ("a",), "reason": "The bank says so"}]
    app.button(key="back_leak:a").click().run()
    assert "keep_leak:a" in {button.key for button in app.button}


def test_what_is_kept_is_a_quiet_line_with_its_reason_and_can_be_opened_again() -> None:
    app = cards("a")
    assert "One thing kept as it is" in [expander.label for expander in app.expander]
    assert "a · Tomás, 1 March" in "\n".join(element.value for element in app.markdown)
    assert "Health: two things open" in [heading.value for heading in app.subheader]
    app.button(key="reopen_mostly_missing:a").click().run()
    assert app.session_state["done"] == [{"code": "mostly_missing", "columns": ("a",)}]


def test_one_by_one_goes_on_to_the_next_and_begins_anew_after_the_last() -> None:
    app = cards("a")
    app.segmented_control(key="health_way").set_value("One by one").run()

    def place() -> str:
        return next(element.value for element in app.markdown if "Number" in element.value)

    assert "Number 1 of 2" in place()
    app.button(key="next_leak:a").click().run()
    assert "Number 2 of 2" in place()
    app.button(key="next_constant:a").click().run()
    assert "Number 1 of 2" in place()


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
