"""The importance of parameters: Optuna's own numbers, and what they say of plain cases."""

import warnings

import numpy as np
import optuna
import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from optuna.importance import PedAnovaImportanceEvaluator
from optuna.trial import create_trial

from services.automl.hyperparameters import axes_of
from services.automl.importance import MIN_TRIALS, divergence, importances, losses_of
from services.automl.views import TrialView
from tests.services.automl.test_sentences import make_trial

SCALES = ("standard", "ranked", "plain")


def draw(n: int, seed: int = 0) -> tuple[list[TrialView], list[float]]:
    """Variants whose loss depends on the learning rate most, on the scale a little, and not on the leaves."""
    random = np.random.default_rng(seed)
    trials, losses = [], []
    for number in range(1, n + 1):
        rate, leaves = float(10 ** random.uniform(-3, -0.5)), float(random.uniform(4, 128))
        scale = str(random.choice(SCALES))
        parameters = {"learning_rate": rate, "leaves": leaves, "scale": scale}
        trials.append(make_trial(number, "lightgbm", parameters=parameters))
        losses.append((np.log10(rate) + 1.5) ** 2 + 0.1 * SCALES.index(scale) + float(random.normal(0, 0.01)))
    return trials, losses


def as_optuna_says(trials: list[TrialView], losses: list[float]) -> dict[str, float]:
    axes = {axis.name: axis for axis in axes_of(trials)}
    distributions: dict[str, BaseDistribution] = {
        name: CategoricalDistribution(axis.options)
        if axis.kind == "choice"
        else FloatDistribution(axis.low, axis.high, log=axis.kind == "log")
        for name, axis in axes.items()
    }
    study = optuna.create_study(direction="minimize")
    for trial, loss in zip(trials, losses, strict=True):
        study.add_trial(create_trial(params=dict(trial.parameters), distributions=distributions, value=loss))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return PedAnovaImportanceEvaluator().evaluate(study)


@pytest.mark.parametrize(("n", "seed"), [(12, 0), (40, 1), (200, 2), (1_000, 3)])
def test_the_numbers_are_those_of_optuna(n: int, seed: int) -> None:
    trials, losses = draw(n, seed)
    expected = as_optuna_says(trials, losses)
    for axis in axes_of(trials):
        assert divergence(trials, losses, axis) == pytest.approx(expected[axis.name], rel=1e-6, abs=1e-12)


def test_what_decides_comes_first_and_the_shares_sum_to_one() -> None:
    trials, losses = draw(200)
    found = importances(trials, losses, axes_of(trials))
    assert next(iter(found)) == "learning_rate"
    assert found["learning_rate"] > 0.5 > 0.2 > found["leaves"]
    assert sum(found.values()) == pytest.approx(1.0)


def test_too_few_variants_say_nothing() -> None:
    trials, losses = draw(MIN_TRIALS - 1)
    assert importances(trials, losses, axes_of(trials)) == {}


def test_where_every_variant_is_alike_nothing_decides() -> None:
    trials = [make_trial(number, parameters={"strength": 1.0}) for number in range(1, 20)]
    assert importances(trials, [0.5] * 19, axes_of(trials)) == {}


def test_a_parameter_that_only_some_have_is_judged_on_those() -> None:
    trials, losses = draw(60)
    trials = [
        make_trial(
            trial.number,
            parameters={**trial.parameters, **({"depth": 3 + trial.number % 5} if trial.number % 2 else {})},
        )
        for trial in trials
    ]
    assert "depth" in importances(trials, losses, axes_of(trials))


def test_money_is_made_large_and_errors_are_made_small() -> None:
    trials = [make_trial(1), make_trial(2)]
    assert losses_of({1: 10.0, 2: 20.0}, trials, greater_is_better=True) == [-10.0, -20.0]
    assert losses_of({1: 10.0, 2: 20.0}, trials, greater_is_better=False) == [10.0, 20.0]
