"""Whether a model is worth having beside a guess, a note, and what is done today."""

from dataclasses import replace
from typing import Any

import pytest

from services.automl.differences import Difference
from services.automl.metrics import METRICS
from services.examinations.beside_today import BesideToday
from services.examinations.checks.worth import guess, plain_rule, todays_rule
from services.examinations.report import AMBER, NOT_APPLICABLE, PASSED, RED, Finding
from services.models.report import PlainComparison
from services.valuation.amounts import format_money
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


LEAST = format_money(40_000.0, sign=True)


def _todays(gain: Difference, metric: str = "roc_auc", *, n_apart: int = 300, has_money: bool = True) -> Finding:
    money = gain if has_money else None
    beside = (
        BesideToday(1_600, n_apart, gain, 300_000.0, 200_000.0, money)
        if has_money
        else BesideToday(1_600, n_apart, gain)
    )
    return todays_rule(make_subject(today=beside, metric=METRICS[metric], currency="EUR" if has_money else None))


def _gain(value: float, low: float | None, high: float | None) -> Difference:
    return Difference(value, low, high, "paired", 1_600)


@pytest.mark.parametrize(
    ("gain", "state", "said"),
    [
        (
            _gain(100_000.0, 40_000.0, 160_000.0),
            PASSED,
            f"€100k more, 19 times in 20 {LEAST} to",
        ),
        (_gain(100_000.0, -5_000.0, 205_000.0), AMBER, "not enough to say which is better"),
        (_gain(-20_000.0, -90_000.0, 50_000.0), AMBER, "€20k less"),
        (_gain(-90_000.0, -150_000.0, -30_000.0), RED, "today's rule €200k: €90k less"),
    ],
)
def test_it_must_beat_what_is_done_today_beyond_chance(gain: Difference, state: str, said: str) -> None:
    found = _todays(gain)
    assert (found.state, said in found.sentence) == (state, True), found.sentence


@pytest.mark.parametrize(
    ("metric", "gain", "state", "said"),
    [
        ("roc_auc", _gain(0.1, 0.06, 0.14), PASSED, "AUC is 0.100 better than that of today's rule"),
        ("roc_auc", _gain(0.02, -0.01, 0.05), AMBER, "19 times in 20 −0.010 to +0.050"),
        ("rmse", _gain(-3.0, -4.0, -2.0), PASSED, "3.000 better"),
        ("rmse", _gain(3.0, 2.0, 4.0), RED, "3.000 worse"),
    ],
)
def test_without_payoffs_the_same_holds_of_the_score(metric: str, gain: Difference, state: str, said: str) -> None:
    found = _todays(gain, metric, has_money=False)
    assert (found.state, said in found.sentence) == (state, True), found.sentence


def test_not_enough_to_say_is_an_answer_and_never_a_pass() -> None:
    assert _todays(_gain(100_000.0, 40_000.0, 160_000.0), n_apart=9).state == NOT_APPLICABLE
    assert "differ in 9 of 1,600 rows" in _todays(_gain(1.0, 1.0, 1.0), n_apart=9).sentence
    assert _todays(_gain(100_000.0, None, None)).state == NOT_APPLICABLE


@pytest.mark.parametrize("comparison", [None, make_comparison()])
def test_where_nobody_said_the_rule_it_is_not_asked(comparison: PlainComparison | None) -> None:
    assert todays_rule(beside(comparison)).state == NOT_APPLICABLE
    assert plain_rule(beside(None)).state == NOT_APPLICABLE


def test_what_rules_say_is_withheld_from_who_must_first_say_what_they_expect() -> None:
    assert all(check(beside(make_comparison())).tells_drivers for check in (plain_rule, todays_rule))
    assert _todays(_gain(1.0, 0.5, 1.5)).tells_drivers
