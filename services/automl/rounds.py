"""Models that are built in rounds, trees or passes: judged after each, so that their number is chosen and not guessed.

The number of rounds is one for all folds: where the mean loss over the folds is lowest. It is a parameter chosen out of
fold like any other, and what it flatters is corrected where the search as a whole is.
"""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from lightgbm import LGBMModel
from lightgbm.callback import CallbackEnv, EarlyStopException
from numpy.typing import NDArray
from sklearn.compose import TransformedTargetRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

Floats = NDArray[np.float64]
_PATIENCE_TREES, _PATIENCE_EPOCHS = 40, 8
_SMALLEST = 1e-15


@dataclass(frozen=True)
class Judged:
    """Rows a model answers: features (m, e), of which the first n are judged by their targets (n,)."""

    x: Any
    y: NDArray[Any]


class InRounds(Protocol):
    """A model fitted in rounds and judged after each."""

    model: Any
    losses: Floats

    def predict(self, n_rounds: int) -> Floats:
        """What the model of the first `n_rounds` rounds says of the rows it answers."""


def fit_in_rounds(
    model: Any, x: Any, y: NDArray[Any], judged: Judged, *, n_classes: int, seconds_limit: float
) -> "InRounds":
    """Fit until the judged rows are predicted no better, the rounds are used up, or the time is up."""
    inner, forward, inverse = _unwrapped(model, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if isinstance(inner, LGBMModel):
            return _Trees(inner, x, forward(y), Judged(judged.x, forward(judged.y)), inverse, n_classes, seconds_limit)
        return _Epochs(inner, x, forward(y), Judged(judged.x, forward(judged.y)), inverse, n_classes, seconds_limit)


def best_round(fits: list[InRounds]) -> int:
    """How many rounds give the lowest mean loss over the folds, among those that every fold has seen."""
    shortest = min(len(fit.losses) for fit in fits)
    return int(np.mean([fit.losses[:shortest] for fit in fits], axis=0).argmin()) + 1


def stop_after(seconds: float) -> Callable[[CallbackEnv], None]:
    """End boosting when the time is up and keep the trees there are."""
    deadline = time.monotonic() + seconds

    def stop(env: CallbackEnv) -> None:
        if time.monotonic() >= deadline:
            raise EarlyStopException(env.iteration, env.evaluation_result_list or [])

    stop.order = 10  # type: ignore[attr-defined]  # the loss of the tree there is counts
    return stop


def _same(values: Any) -> Any:
    return values


def _unwrapped(model: Any, y: NDArray[Any]) -> tuple[Any, Callable[[Any], Any], Callable[[Any], Any]]:
    """The model inside, what its target goes through, and the way back."""
    if not isinstance(model, TransformedTargetRegressor):
        return model, _same, _same
    if model.func is not None:
        return model.regressor, model.func, model.inverse_func
    scaler: StandardScaler = model.transformer.fit(y[:, None])
    return (
        model.regressor,
        lambda values: scaler.transform(values[:, None])[:, 0],
        lambda values: scaler.inverse_transform(values[:, None])[:, 0],
    )


class _Trees:
    """LightGBM, judged after each tree by its own metric."""

    def __init__(
        self,
        model: LGBMModel,
        x: Any,
        y: NDArray[Any],
        judged: Judged,
        inverse: Callable[[Any], Any],
        n_classes: int,
        seconds: float,
    ) -> None:
        known = np.isin(judged.y, np.unique(y)) if n_classes else np.ones(len(judged.y), dtype=bool)
        self.model, self._judged, self._inverse, self._n_classes = model, judged, inverse, n_classes
        history: list[float] = []
        model.fit(
            x,
            y,
            eval_X=(judged.x[: len(judged.y)][known],),
            eval_y=(judged.y[known],),
            callbacks=[_write_to(history), stop_after(seconds), _stop_without_gain(history)],
        )
        self.losses = np.array(history)
        # LightGBM's own early stopping would drop the trees after the best of this fold, but the number of trees is one
        # for all folds. Asked without a number, the model answers by its own best.
        model.booster_.best_iteration = int(self.losses.argmin()) + 1

    def predict(self, n_rounds: int) -> Floats:
        """What the first trees say of the rows."""
        if not self._n_classes:
            answers = self.model.predict(self._judged.x, num_iteration=n_rounds, validate_features=False)
            return np.asarray(self._inverse(np.asarray(answers)), dtype=np.float64)
        probabilities = self.model.predict_proba(self._judged.x, num_iteration=n_rounds, validate_features=False)
        return spread_classes(np.asarray(probabilities), self.model.classes_, self._n_classes)


class _Epochs:
    """A neural network, judged after each pass. Each goes through the rows in another order."""

    def __init__(
        self,
        model: Any,
        x: Any,
        y: NDArray[Any],
        judged: Judged,
        inverse: Callable[[Any], Any],
        n_classes: int,
        seconds: float,
    ) -> None:
        started = time.monotonic()
        self.model = model
        n_epochs, seed = model.max_iter, model.random_state
        model.set_params(random_state=np.random.RandomState(seed))
        self._answers: list[NDArray[np.float32]] = []  # of every pass: in 64 bits they would fill the memory
        losses: list[float] = []
        classes = {"classes": np.unique(y)} if n_classes else {}
        for epoch in range(n_epochs):
            model.partial_fit(x, y, **classes)
            answers = _answers_of(model, judged.x, n_classes)
            losses.append(_loss(judged.y, answers[: len(judged.y)], n_classes))
            self._answers.append(np.asarray(inverse(answers), dtype=np.float32))
            is_late = time.monotonic() - started > seconds
            if is_late or epoch - int(np.argmin(losses)) >= _PATIENCE_EPOCHS or not np.isfinite(losses[-1]):
                break
        self.losses = np.nan_to_num(np.array(losses), nan=np.inf)

    def predict(self, n_rounds: int) -> Floats:
        """What the network said of the rows after so many passes."""
        return self._answers[n_rounds - 1].astype(np.float64)


def spread_classes(probabilities: Floats, seen: NDArray[Any], n_classes: int) -> Floats:
    """Probabilities of every class (n, k) from those of the classes a model has seen; 0 for the others."""
    full = np.zeros((len(probabilities), n_classes))
    full[:, np.asarray(seen, dtype=np.intp)] = probabilities
    return full


def _answers_of(model: MLPClassifier | MLPRegressor, x: Any, n_classes: int) -> Floats:
    if not n_classes:
        return np.asarray(model.predict(x), dtype=np.float64)
    return spread_classes(model.predict_proba(x), model.classes_, n_classes)


def _loss(y: NDArray[Any], answers: Floats, n_classes: int) -> float:
    if not n_classes:
        return float(np.mean((y - answers) ** 2))
    return float(-np.log(np.clip(answers[np.arange(len(y)), y], _SMALLEST, 1.0)).mean())


def _stop_without_gain(history: list[float]) -> Callable[[CallbackEnv], None]:
    """End boosting when the last trees have not helped; all trees are kept."""

    def stop(env: CallbackEnv) -> None:
        if len(history) - 1 - int(np.argmin(history)) >= _PATIENCE_TREES:
            raise EarlyStopException(env.iteration, env.evaluation_result_list or [])

    stop.order = 30  # type: ignore[attr-defined]  # after the loss of this tree is written
    return stop


def _write_to(history: list[float]) -> Callable[[CallbackEnv], None]:
    def write(env: CallbackEnv) -> None:
        history.append(float((env.evaluation_result_list or [])[0][2]))

    write.order = 5  # type: ignore[attr-defined]  # before those that end the fit
    return write
