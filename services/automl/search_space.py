"""What a search may try: a diverse portfolio first, best value per second in front, then Optuna's own ideas."""

from collections.abc import Collection
from itertools import chain, zip_longest

import numpy as np
import optuna

from services.automl.candidates import Candidate
from services.automl.families import Family, TableShape, families
from services.automl.preparation import Preparation
from services.automl.task import Task

__all__ = ["Candidate", "enqueue_portfolio", "is_able", "portfolio", "shape_of", "suggest"]

_MANY_CLASSES = 10
_SKEW = 1.0  # of the third standardised moment: house prices have 1.7, heights of people 0


def suggest(
    trial: optuna.Trial, preparation: Preparation, allowed: Collection[str] = (), *, decided: str | None = None
) -> Candidate:
    """The next candidate, as the sampler of the study sees fit; of the `allowed` families only, where they are named.

    `allowed` must stay the same for a study: its choices are fixed with its first trial. A family that was `decided`
    by somebody and is not among these choices, because it is not worth its time here, is taken past the sampler.
    """
    shape = shape_of(preparation)
    choices = _worthwhile(shape, allowed)
    name = trial.suggest_categorical("family", choices) if decided is None or decided in choices else decided
    dimensions = families()[name].space(shape).items()
    return Candidate(name, {key: domain.suggest(trial, f"{name}.{key}") for key, domain in dimensions})


def enqueue_portfolio(study: optuna.Study, preparation: Preparation) -> None:
    """Let the study try the portfolio before anything else."""
    for candidate in portfolio(preparation):
        named = {f"{candidate.family}.{name}": value for name, value in candidate.parameters.items()}
        study.enqueue_trial({"family": candidate.family, **named}, skip_if_exists=True)


def portfolio(preparation: Preparation) -> list[Candidate]:
    """Candidates known to do well on tables like this one, those that give most for their time first.

    Every family has its turn before a family has its second, so that a search that is stopped early has seen all.
    """
    shape = shape_of(preparation)
    rounds = zip_longest(*(_variants(families()[name], shape) for name in _worthwhile(shape)))
    return [candidate for candidate in chain.from_iterable(rounds) if candidate is not None]


def _variants(family: Family, shape: TableShape) -> list[Candidate]:
    """The family's part of the portfolio, with a value for everything that a search may vary."""
    defaults = {name: domain.default for name, domain in family.space(shape).items()}
    return [Candidate(family.name, {**defaults, **found}) for found in family.portfolio(shape)]


def is_able(name: str, preparation: Preparation) -> bool:
    """Whether a kind of model can keep the directions that levers demand."""
    return not preparation.directions or families()[name].keeps_directions


def shape_of(preparation: Preparation) -> TableShape:
    """What decides which models are worth their time."""
    return TableShape(
        task=preparation.task,
        n_rows=len(preparation.train),
        n_features=len(preparation.columns),
        n_classes=len(preparation.classes),
        has_text=any(column.kind == "text" for column in preparation.columns),
        is_skewed=preparation.task is Task.REGRESSION and _is_skewed(preparation.train.y),
        is_directed=bool(preparation.directions),
    )


def _worthwhile(shape: TableShape, allowed: Collection[str] = ()) -> tuple[str, ...]:
    """The families with something to try here; words are learned by linear models first, many classes by trees at once.

    Of the `allowed` ones only, where they are named, even if none is worth its time here: somebody asked for it.
    Where a lever has a direction, only those that keep it, even if none of them is allowed: the lever was signed.
    """
    able = [name for name in families() if families()[name].keeps_directions or not shape.is_directed]
    chosen = [name for name in able if not allowed or name in allowed] or able
    names = [name for name in chosen if families()[name].portfolio(shape)] or chosen
    if shape.has_text:
        names.sort(key=lambda name: name != "linear")
    elif shape.n_classes > _MANY_CLASSES:
        names.sort(key=lambda name: name != "extra_trees")
    return tuple(names)


def _is_skewed(y: np.ndarray) -> bool:
    """Positive with a long tail to the right."""
    spread = float(y.std())
    return bool(y.min() >= 0) and spread > 0 and float((((y - y.mean()) / spread) ** 3).mean()) > _SKEW
