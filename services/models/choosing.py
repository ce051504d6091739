"""What becomes the model of a run: the best single candidate, or a team where a team is clearly worth more."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.automl.candidates import Candidate
from services.automl.ensemble import Cost, Limits, blend, candidates_for_team, choose_team
from services.automl.errors import TrialFailedError
from services.automl.families import view_of
from services.automl.family_names import TEAM
from services.automl.judging import guess, yearly_value_of
from services.automl.preparation import Preparation
from services.automl.scoring import score
from services.automl.serving_limits import BYTES_PER_MB, ServingCost, ServingLimits

Floats = NDArray[np.float64]
MIN_GAIN = 0.01  # of money, or of what is gained over guessing: less does not pay for several models
MAX_MEMBERS = 5


@dataclass(frozen=True)
class Tried:
    """A candidate, its out-of-fold predictions (n_train, k) or (n_train,), and what it costs where it was measured."""

    candidate: Candidate
    predictions: Floats
    row_ms: float = 0.0
    size_bytes: float = 0.0
    memory_bytes: float | None = None
    batch_ms: float | None = None

    @property
    def cost(self) -> ServingCost:
        """What the limits of an objective are compared with."""
        return ServingCost(self.row_ms, self.memory_bytes, self.size_bytes, self.batch_ms)


@dataclass(frozen=True)
class Choice:
    """Members with their weights, and what they say together out of fold."""

    members: tuple[tuple[Candidate, float], ...]
    predictions: Floats

    @property
    def family(self) -> str:
        """The kind of model."""
        return self.members[0][0].family if len(self.members) == 1 else TEAM


def choose(preparation: Preparation, ranked: Sequence[Tried], limits: Limits) -> list[Choice]:
    """What to fit, in the order in which it is to be tried: a team where it pays, then the candidates, best first.

    Parameters
    ----------
    ranked
        Best first.
    limits
        What answering one row and keeping a team may cost. The limits of the preparation hold for every model.

    Raises
    ------
    TrialFailedError
        Every candidate is beyond a limit of the preparation.
    """
    hard = preparation.limits
    allowed = [tried for tried in ranked if hard.breach(tried.cost) is None]
    if not allowed:
        raise TrialFailedError(no_model_keeps(hard, [(tried.candidate.label, tried.cost) for tried in ranked]))
    singles = [Choice(((tried.candidate, 1.0),), tried.predictions) for tried in allowed]
    positions = candidates_for_team([tried.candidate.family for tried in allowed])
    team = _team(preparation, [allowed[position] for position in positions], _tightened(limits, hard))
    return [team, *singles] if team is not None and _is_clearly_better(preparation, team, singles[0]) else singles


def no_model_keeps(limits: ServingLimits, found: Sequence[tuple[str, ServingCost]]) -> str:
    """That every model is beyond a limit, which is nearest to keeping them, and what to do.

    Parameters
    ----------
    found
        Name and cost of each model.
    """
    name, cost = min(found, key=lambda model: limits.excess(model[1]))
    return (
        f"No model keeps the limits of the objective. The nearest is the {name.lower()}: {limits.breach(cost)}. "
        "Let the search try more variants, or loosen that limit in the objective."
    )


def _tightened(limits: Limits, hard: ServingLimits) -> Limits:
    """The limits of a team that also keep those of the objective. Members' memory adds up, like their files."""
    most_megabytes = min((limit for limit in (hard.memory_mb, hard.file_mb) if limit is not None), default=float("inf"))
    return Limits(
        row_ms=min(limits.row_ms, hard.row_ms if hard.row_ms is not None else float("inf")),
        size_bytes=min(limits.size_bytes, most_megabytes * BYTES_PER_MB),
        fit_seconds=limits.fit_seconds,
    )


def _team(preparation: Preparation, ranked: Sequence[Tried], limits: Limits) -> Choice | None:
    predictions = [tried.predictions for tried in ranked]
    costs = [Cost(tried.row_ms, view_of(tried.candidate), 0.0, tried.size_bytes) for tried in ranked]
    y, metric = preparation.train.y, preparation.metric
    weights = choose_team(predictions, y, metric, costs=costs, limits=limits, rows=preparation.judged)
    strongest = sorted(weights, key=weights.__getitem__, reverse=True)[:MAX_MEMBERS]
    if len(strongest) < 2:
        return None
    total = sum(weights[member] for member in strongest)
    kept = {member: weights[member] / total for member in strongest}
    members = tuple((ranked[member].candidate, weight) for member, weight in kept.items())
    return Choice(members, blend(predictions, kept))


def _is_clearly_better(preparation: Preparation, team: Choice, best: Choice) -> bool:
    alone, together = _worth(preparation, best.predictions), _worth(preparation, team.predictions)
    return together > alone + MIN_GAIN * abs(alone)


def _worth(preparation: Preparation, predictions: Floats) -> float:
    """Money a year where payoffs are known, else how much better than guessing the metric is."""
    if (value := yearly_value_of(preparation, predictions)) is not None:
        return value
    rows, metric = preparation.judged, preparation.metric
    y, said = preparation.train.y[rows], predictions[rows]
    gain = score(metric.name, y, said) - score(metric.name, y, guess(preparation, len(y)))
    return gain if metric.greater_is_better else -gain
