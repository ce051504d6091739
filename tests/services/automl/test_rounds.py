import time

import numpy as np
import pytest
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor

from services.automl.families.log_target import on_log_scale
from services.automl.families.standard_target import on_standard_scale
from services.automl.rounds import Judged, best_round, fit_in_rounds

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(300, 4))
NUMBERS = 50 + 10 * X[:, 0] - 4 * X[:, 1] * X[:, 2] + RANDOM.normal(size=300)
CLASSES = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(np.int64)
LEARNED, JUDGED = slice(0, 200), slice(200, 300)


def _boosting(n_trees: int = 120) -> LGBMRegressor:
    return LGBMRegressor(n_estimators=n_trees, learning_rate=0.1, min_child_samples=5, n_jobs=1, verbose=-1)


def _network(n_epochs: int = 10) -> MLPClassifier:
    return MLPClassifier(
        hidden_layer_sizes=(16,), max_iter=n_epochs, batch_size=32, tol=0.0, n_iter_no_change=10_000, random_state=3
    )


def test_boosting_asked_for_fewer_trees_answers_like_boosting_of_fewer_trees() -> None:
    fitted = fit_in_rounds(
        _boosting(), X[LEARNED], NUMBERS[LEARNED], Judged(X[JUDGED], NUMBERS[JUDGED]), n_classes=0, seconds_limit=30
    )
    n = best_round([fitted])
    alone = _boosting(n).fit(X[LEARNED], NUMBERS[LEARNED])
    assert np.allclose(fitted.predict(n), alone.predict(X[JUDGED]))
    assert 1 <= n <= 120


def test_a_fold_whose_own_best_came_earlier_still_answers_by_as_many_trees_as_were_chosen_for_all() -> None:
    judged = Judged(X[JUDGED], RANDOM.normal(size=100) * 100)  # nothing to learn: its best is among the first trees
    fitted = fit_in_rounds(_boosting(), X[LEARNED], NUMBERS[LEARNED], judged, n_classes=0, seconds_limit=30)
    n, own_best = len(fitted.losses), best_round([fitted])
    assert own_best < n < 120
    for n_rounds in (own_best, own_best + 5, n):
        alone = _boosting(n_rounds).fit(X[LEARNED], NUMBERS[LEARNED])
        assert np.allclose(fitted.predict(n_rounds), alone.predict(X[JUDGED]))
    assert np.allclose(fitted.model.predict(X[JUDGED]), fitted.predict(own_best))


def test_a_fit_whose_time_is_up_at_once_has_one_round() -> None:
    for model in (_boosting(), on_standard_scale(MLPRegressor(hidden_layer_sizes=(4,), max_iter=9, random_state=0))):
        judged = Judged(X[JUDGED], NUMBERS[JUDGED])
        fitted = fit_in_rounds(model, X[LEARNED], NUMBERS[LEARNED], judged, n_classes=0, seconds_limit=0.0)
        assert best_round([fitted]) == len(fitted.losses) == 1
        assert np.isfinite(fitted.predict(1)).all()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_network_judged_after_each_pass_is_like_the_network_that_fit_makes() -> None:
    """Not the same one: `fit` shuffles the order of the pass before, single passes begin from the first row."""
    fitted = fit_in_rounds(
        _network(), X[LEARNED], CLASSES[LEARNED], Judged(X[JUDGED], CLASSES[JUDGED]), n_classes=2, seconds_limit=30
    )
    n = len(fitted.losses)
    alone = _network(n).fit(X[LEARNED], CLASSES[LEARNED])
    assert np.corrcoef(fitted.predict(n)[:, 1], alone.predict_proba(X[JUDGED])[:, 1])[0, 1] > 0.97


@pytest.mark.parametrize(
    "model",
    [
        on_log_scale(_boosting(80), {"target": "log"}),
        on_standard_scale(MLPRegressor(hidden_layer_sizes=(16,), max_iter=30, batch_size=32, random_state=0)),
    ],
)
def test_answers_are_in_the_units_of_the_target_whatever_it_goes_through(model: TransformedTargetRegressor) -> None:
    judged = Judged(X[JUDGED], NUMBERS[JUDGED])
    fitted = fit_in_rounds(model, X[LEARNED], NUMBERS[LEARNED], judged, n_classes=0, seconds_limit=30)
    answers = fitted.predict(best_round([fitted]))
    guess = np.abs(NUMBERS[JUDGED] - NUMBERS[LEARNED].mean()).mean()
    assert np.abs(NUMBERS[JUDGED] - answers).mean() < 0.7 * guess


def test_rows_below_the_judged_ones_are_answered_and_never_looked_at() -> None:
    more = np.vstack([X[JUDGED], X[LEARNED][:7]])
    plain = fit_in_rounds(
        _boosting(), X[LEARNED], NUMBERS[LEARNED], Judged(X[JUDGED], NUMBERS[JUDGED]), n_classes=0, seconds_limit=30
    )
    stacked = fit_in_rounds(
        _boosting(), X[LEARNED], NUMBERS[LEARNED], Judged(more, NUMBERS[JUDGED]), n_classes=0, seconds_limit=30
    )
    assert np.array_equal(plain.losses, stacked.losses)
    assert len(stacked.predict(5)) == len(more)


def test_a_class_that_was_not_learned_gets_no_probability() -> None:
    y = np.where(CLASSES == 0, 0, 2)
    judged_y = y[JUDGED].copy()
    judged_y[:5] = 1
    model = LGBMClassifier(n_estimators=20, n_jobs=1, verbose=-1)
    fitted = fit_in_rounds(model, X[LEARNED], y[LEARNED], Judged(X[JUDGED], judged_y), n_classes=3, seconds_limit=30)
    answers = fitted.predict(5)
    assert answers.shape == (100, 3)
    assert (answers[:, 1] == 0).all()


def test_the_clock_ends_a_fit_and_keeps_its_rounds() -> None:
    began = time.monotonic()
    judged = Judged(X[JUDGED], RANDOM.normal(size=100) + np.arange(100))
    model = LGBMRegressor(n_estimators=1_000_000, learning_rate=1e-6, n_jobs=1, verbose=-1)
    fitted = fit_in_rounds(model, X[LEARNED], NUMBERS[LEARNED], judged, n_classes=0, seconds_limit=0.5)
    assert time.monotonic() - began < 5
    assert len(fitted.losses) >= 1


def test_the_number_of_rounds_is_that_of_the_lowest_mean_loss() -> None:
    class Told:
        model = None

        def __init__(self, *losses: float) -> None:
            self.losses = np.array(losses)

        def predict(self, n_rounds: int) -> np.ndarray:
            return np.array([n_rounds])

    assert best_round([Told(3, 1, 2, 0), Told(3, 2, 1)]) == 2
