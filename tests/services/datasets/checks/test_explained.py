"""A finding that somebody explained is no longer open, unless it became graver or is another one."""

from dataclasses import replace
from datetime import UTC, datetime

from services.datasets.checks.explained import Explanation, digest_of, split_explained
from services.datasets.checks.finding import Finding

FOUND = Finding("outliers", "Outliers", "finding", "Some are far out.", "amber", ("charges",))
SAID = Explanation("Large customers are real", "Tomás", datetime(2026, 3, 1, tzinfo=UTC), "amber")
SAYING = {digest_of("outliers", ["charges"]): SAID}


def test_what_was_explained_is_kept_apart_with_its_reason() -> None:
    other = replace(FOUND, columns=("tenure",))
    left, explained = split_explained([FOUND, other], SAYING)
    assert left == (other,)
    assert [(one.finding, one.explanation.reason) for one in explained] == [(FOUND, SAID.reason)]


def test_what_became_graver_is_open_again_and_what_became_lighter_is_not() -> None:
    graver, lighter = replace(FOUND, severity="red"), replace(FOUND, severity="info")
    assert split_explained([graver], SAYING)[0] == (graver,)
    assert split_explained([lighter], SAYING)[0] == ()


def test_another_number_behind_the_same_finding_is_the_same_finding() -> None:
    assert split_explained([replace(FOUND, sentence="More are far out.", n_rows_affected=9)], SAYING)[0] == ()


def test_a_check_that_passes_needs_no_explanation() -> None:
    passed = replace(FOUND, outcome="passed")
    assert split_explained([passed], SAYING) == ((passed,), ())
