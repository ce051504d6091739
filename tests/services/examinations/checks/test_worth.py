"""Whether a model is worth having beside a guess, a note, and what is done today."""

from dataclasses import replace
from typing import Any

import pytest

from services.automl.todays_rule import NAME
from services.examinations.checks.worth import guess, plain_rule, todays_rule
from services.examinations.report import AMBER, NOT_APPLICABLE, PASSED, RED, Finding
from services.models.report import Between, PlainComparison
from tests.makers_examined import make_comparison, make_rule, make_sealed, make_subject


def beside(comparison: PlainComparison | None) -> Any:
    return make_subject(evaluation=replace(make_subject().evaluation, plain=comparison))


@pytest.mark.parametrize(
    ("value", "half_width", "state"), [(0.83, 0.02, PASSED), (0.52, 0.04, AMBER), (0.5, 0.04, RED), (0.45, 0.02, RED)]
)
def test_a_model_must_beat_a_guess_beyond_chance(value: float, half_width: float, state: str) -> None:
    evaluation = replace(make_subject().evaluation, score=make_sealed(value, half_width), baseline_score=0.5)
    assert guess(make_subject(evaluation=evaluation)).state == state


@pytest.mark.parametrize(
    ("changes", "state", "said"),
    [
        ({}, PASSED, "33% of the value"),
        ({"alternatives": (make_rule(value=275_000.0),)}, AMBER, "92% of the value"),
        ({"alternatives": (make_rule(value=310_000.0),)}, RED, "does as well as the best model"),
        ({"everyone_value": 280_000.0}, AMBER, "Acting on everybody gives 93%"),
        ({"everyone_value": 300_000.0}, RED, "as much as the best model"),
        ({"model_value": -5.0}, RED, "earns nothing"),
        ({"model_value": 0.0}, RED, "earns nothing"),
    ],
)
def test_a_rule_that_fits_on_a_note_may_be_enough(changes: dict[str, Any], state: str, said: str) -> None:
    found = plain_rule(beside(make_comparison(**changes)))
    assert (found.state, said in found.sentence) == (state, True)


def test_without_payoffs_what_is_gained_over_a_guess_counts() -> None:
    free = make_comparison(
        model_value=None, everyone_value=None, currency=None, alternatives=(make_rule(value=None, score=0.82),)
    )
    assert plain_rule(beside(free)).state == AMBER
    assert plain_rule(beside(replace(free, alternatives=(make_rule(value=None, score=0.6),)))).state == PASSED


def _todays(value: float, **changes: Any) -> Finding:
    rule = make_rule(NAME, value, between=Between(0.6, 0.7, value - 20_000, value + 20_000))
    return todays_rule(beside(make_comparison(alternatives=(rule,), **changes)))


@pytest.mark.parametrize(("value", "state"), [(100_000.0, PASSED), (260_000.0, AMBER), (310_000.0, RED)])
def test_it_must_beat_what_is_done_today_beyond_chance(value: float, state: str) -> None:
    found = _todays(value)
    assert found.state == state
    assert "a year" in found.sentence


def test_without_payoffs_todays_rule_is_compared_by_the_score() -> None:
    worse = make_rule(NAME, None, score=0.7)
    free = make_comparison(model_value=None, everyone_value=None, currency=None, alternatives=(worse,))
    assert todays_rule(beside(free)).state == PASSED
    assert todays_rule(beside(replace(free, alternatives=(replace(worse, score=0.9),)))).state == RED


@pytest.mark.parametrize("comparison", [None, make_comparison()])
def test_where_nobody_said_the_rule_it_is_not_asked(comparison: PlainComparison | None) -> None:
    assert todays_rule(beside(comparison)).state == NOT_APPLICABLE
    assert plain_rule(beside(None)).state == NOT_APPLICABLE


def test_what_rules_say_is_withheld_from_who_must_first_say_what_they_expect() -> None:
    assert all(check(beside(make_comparison())).tells_drivers for check in (plain_rule, todays_rule))
