"""Whether a model is needed, in one sentence."""

from dataclasses import replace
from typing import Any

import pytest

from services.automl.todays_rule import NAME
from services.models.need import describe_need, is_plain_enough, share_reached
from services.models.report import PlainAlternative, PlainComparison


def make_comparison(*values: float | None, scores: tuple[float, ...] = (), **changes: Any) -> PlainComparison:
    """A model worth 100 with AUC 0.9 beside rules of these yearly values, plainest first."""
    names = ("rule of one condition", "rule of two conditions", "small tree")
    scores = scores or (0.7,) * len(values)
    rules = [PlainAlternative(names[i], (), scores[i], value) for i, value in enumerate(values)]
    settings: dict[str, Any] = {
        "metric": "roc_auc",
        "currency": "EUR",
        "n": 400,
        "model_score": 0.9,
        "model_value": 100_000.0,
        "guess_score": 0.5,
        "everyone_value": 10_000.0,
    }
    return PlainComparison(**{**settings, **changes}, alternatives=tuple(rules))


def test_the_plainest_rule_that_is_enough_is_named() -> None:
    comparison = make_comparison(50_000.0, 91_000.0, 99_000.0)
    assert describe_need(comparison) == (
        "A rule of two conditions gives 91% of the value of the best model: consider stopping here."
    )
    assert is_plain_enough(comparison)


def test_a_model_that_earns_more_is_said_to_with_the_difference() -> None:
    comparison = make_comparison(50_000.0, 40_000.0)
    assert describe_need(comparison) == (
        "The best plain rule, a rule of one condition, gives 50% of the value of the best model: "
        "the model earns €50k a year more."
    )
    assert not is_plain_enough(comparison)


def test_what_the_model_adds_to_todays_rule_is_said() -> None:
    today = PlainAlternative(NAME, (), 0.6, 30_000.0)
    comparison = make_comparison(50_000.0)
    comparison = replace(comparison, alternatives=(today, *comparison.alternatives))
    assert describe_need(comparison) == (
        "The best plain rule, a rule of one condition, gives 50% of the value of the best model: "
        "the model earns €50k a year more. Beyond today's rule it earns €70k a year more."
    )
    alone = replace(comparison, alternatives=(today,))
    assert describe_need(alone) == (
        "The rule used today gives 30% of the value of the best model: the model earns €70k a year more."
    )
    enough = replace(comparison, alternatives=(replace(today, yearly_value=95_000.0), *comparison.alternatives))
    assert describe_need(enough) == (
        "The rule used today gives 95% of the value of the best model: consider stopping here."
    )


def test_acting_on_everybody_is_plainer_than_any_rule() -> None:
    comparison = make_comparison(99_000.0, everyone_value=95_000.0)
    assert describe_need(comparison) == (
        "Acting on everybody gives 95% of the value of the best model: consider stopping here."
    )
    assert is_plain_enough(comparison)


def test_where_the_model_earns_nothing_nothing_is_advised() -> None:
    comparison = make_comparison(0.0, model_value=0.0, everyone_value=-5.0)
    assert describe_need(comparison).startswith("At these payoffs the model earns nothing")
    assert is_plain_enough(comparison)


def test_without_payoffs_the_gain_over_a_guess_decides() -> None:
    changes: dict[str, Any] = {"currency": None, "model_value": None, "everyone_value": None}
    near = make_comparison(None, scores=(0.88,), **changes)
    far = make_comparison(None, scores=(0.6,), **changes)
    assert describe_need(near).startswith("A rule of one condition gives 95% of the gain over guessing")
    assert describe_need(far).endswith("25% of the gain over guessing of the best model: the model pays in accuracy.")


def test_errors_count_downwards() -> None:
    changes: dict[str, Any] = {"currency": None, "model_value": None, "everyone_value": None, "metric": "rmse"}
    comparison = make_comparison(None, scores=(20.0,), model_score=10.0, guess_score=30.0, **changes)
    assert share_reached(comparison, comparison.alternatives[0]) == pytest.approx(0.5)
    useless = make_comparison(None, scores=(20.0,), model_score=31.0, guess_score=30.0, **changes)
    assert describe_need(useless) == "The model is no better than a guess, so nothing can be said of plainer rules."


def test_a_rule_that_does_better_is_not_said_to_give_more_than_all() -> None:
    assert describe_need(make_comparison(130_000.0)) == (
        "A rule of one condition does as well as the best model: consider stopping here."
    )
    everyone = make_comparison(0.0, everyone_value=100_000.0)
    assert describe_need(everyone) == ("Acting on everybody earns as much as the best model: consider stopping here.")
