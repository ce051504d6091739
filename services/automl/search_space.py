"""What a search may try: a diverse portfolio first, best value per second in front, then Optuna's own ideas."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import optuna

from services.automl.candidates import Candidate
from services.automl.preparation import Preparation
from services.automl.task import Task

__all__ = ["Candidate", "enqueue_portfolio", "portfolio", "suggest"]

_MANY_CLASSES = 10
_MANY_ROWS = 20_000


@dataclass(frozen=True)
class Choice:
    """One of a few values."""

    options: tuple[Any, ...]

    def suggest(self, trial: optuna.Trial, name: str) -> Any:
        """One of the options, as the sampler sees fit."""
        return trial.suggest_categorical(name, self.options)


@dataclass(frozen=True)
class Span:
    """A number from a range; whole where both ends are."""

    low: float
    high: float
    log: bool = False

    def suggest(self, trial: optuna.Trial, name: str) -> float:
        """A number in the span, whole where both ends are."""
        if isinstance(self.low, int) and isinstance(self.high, int):
            return trial.suggest_int(name, self.low, self.high, log=self.log)
        return trial.suggest_float(name, self.low, self.high, log=self.log)


Space = Mapping[str, Choice | Span]


def suggest(trial: optuna.Trial, preparation: Preparation, families: Collection[str] = ()) -> Candidate:
    """The next candidate, as the sampler of the study sees fit; of `families` only, where they are named.

    `families` must stay the same for a study: its choices are fixed with its first trial.
    """
    spaces = {name: space for name, space in _spaces(preparation).items() if not families or name in families}
    family = trial.suggest_categorical("family", tuple(spaces))
    dimensions = spaces[family].items()
    return Candidate(family, {name: domain.suggest(trial, f"{family}.{name}") for name, domain in dimensions})


def enqueue_portfolio(study: optuna.Study, preparation: Preparation) -> None:
    """Let the study try the portfolio before anything else."""
    for candidate in portfolio(preparation):
        named = {f"{candidate.family}.{name}": value for name, value in candidate.parameters.items()}
        study.enqueue_trial({"family": candidate.family, **named}, skip_if_exists=True)


def portfolio(preparation: Preparation) -> list[Candidate]:
    """Candidates known to do well on tables like this one, those that give most for their time first.

    A linear model, boosting and a forest come first, so that a search that is stopped early has seen all three.
    """
    many_classes = len(preparation.classes) > _MANY_CLASSES
    boosting = [_boosting(0.03, 250, 8, 20), _boosting(0.05, 200, 24, 10), _boosting(0.05, 400, 63, 30)]
    forests = [_forest("extra_trees", 300, leaf, preparation, columns) for leaf, columns in _forest_shapes(preparation)]
    forests.append(_forest("random_forest", 300, 5, preparation, "sqrt"))
    linear = [_linear(1.0, "standard"), _linear(0.3, "ranked"), _linear(10.0, "standard")]
    if any(column.kind == "text" for column in preparation.columns):
        linear.reverse()  # words are many and rare: they want little shrinkage
    if many_classes:
        return [forests[0], linear[0], boosting[1], *forests[1:]]
    first = [linear[0], boosting[0], forests[0]]
    if len(preparation.train) > _MANY_ROWS:
        first = [boosting[1], linear[0], boosting[0]]
        return [*first, boosting[2], forests[0], *linear[1:]]
    return [*first, boosting[1], linear[1], forests[1], forests[2], boosting[2], linear[2]]


def _forest_shapes(preparation: Preparation) -> list[tuple[int, Any]]:
    if preparation.task is Task.BINARY:
        return [(10, "sqrt"), (3, "sqrt")]
    return [(1, "sqrt" if preparation.task is Task.MULTICLASS else 0.5), (2, 0.5)]


def _linear(strength: float, numbers: str) -> Candidate:
    return Candidate("linear", {"strength": strength, "numbers": numbers})


def _forest(family: str, n_trees: int, min_leaf: int, preparation: Preparation, max_features: Any) -> Candidate:
    if preparation.task is Task.REGRESSION and max_features == "sqrt":
        max_features = 0.5
    parameters = {"n_trees": n_trees, "min_leaf": min_leaf, "max_features": max_features}
    if preparation.task.is_classification:
        # a few rows in each leaf make good probabilities; fully grown trees say 0 and 1 too readily
        parameters["calibrate"] = min_leaf == 1
    return Candidate(family, parameters)


def _boosting(learning_rate: float, n_trees: int, n_leaves: int, min_leaf: int) -> Candidate:
    rates = {"column_rate": 0.7, "row_rate": 0.8, "shrinkage": 1.0}
    sizes = {"n_trees": n_trees, "n_leaves": n_leaves, "min_leaf": min_leaf}
    return Candidate("lightgbm", {"learning_rate": learning_rate, **sizes, **rates})


def _spaces(preparation: Preparation) -> dict[str, Space]:
    forest = _forest_space(preparation.task)
    return {
        "linear": {"strength": Span(1e-3, 1e2, log=True), "numbers": Choice(("standard", "ranked"))},
        "lightgbm": _BOOSTING_SPACE,
        "extra_trees": forest,
        "random_forest": forest,
    }


def _forest_space(task: Task) -> Space:
    if not task.is_classification:
        return _FOREST_SPACE
    calibrate = Choice((False,)) if task is Task.BINARY else Choice((False, True))
    return {**_FOREST_SPACE, "calibrate": calibrate}


_FOREST_SPACE: Space = {
    "n_trees": Choice((300,)),
    "min_leaf": Span(1, 30, log=True),
    "max_features": Choice(("sqrt", 0.3, 0.5)),
}

_BOOSTING_SPACE: Space = {
    "learning_rate": Span(0.01, 0.2, log=True),
    "n_trees": Span(50, 600, log=True),
    "n_leaves": Span(4, 128, log=True),
    "min_leaf": Span(3, 100, log=True),
    "column_rate": Span(0.3, 1.0),
    "row_rate": Span(0.5, 1.0),
    "shrinkage": Span(1e-3, 30.0, log=True),
}
