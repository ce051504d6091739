"""What a model says of one case of its data as it is, and with its levers set otherwise. Loads no training library."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from services.deployments.queries import ServedModel
from services.deployments.serving import get_scorer_cache
from services.errors import InvalidInputError
from services.simulation.actions import Actions
from services.simulation.base_rate import chances_in_use
from services.simulation.views import CaseView


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The case as it is, and as it would be by association.

    Attributes
    ----------
    today, then
        The chance of the positive outcome in use, or the predicted number.
    worth_today, worth_then
        Money of the case, the cost of the levers taken off; None where nothing can be computed for it.
    cost
        Money that setting the levers costs.
    """

    today: float
    then: float
    worth_today: float | None
    worth_then: float | None
    cost: float | None


def ask_what_if(
    model: ServedModel, case: CaseView, settings: Sequence[Any], *, learned_at: float | None = None
) -> WhatIf:
    """Ask the model about both.

    Parameters
    ----------
    settings
        A value for each lever of the case.
    learned_at
        Share of positive cases the model learned at; with it chances are brought to the base rate of use.

    Raises
    ------
    InvalidInputError
        A cost or today's value cannot be computed for this case.
    ModelDamagedError, ScoringUnavailableError
        The model cannot answer.
    """
    if len(settings) != len(case.levers):
        raise InvalidInputError("Give each lever a value.")
    actions = Actions(case.levers, (tuple(settings),))
    tables = [actions.applied(case.rows, action) for action in range(2)]
    names = list(model.signature.names)
    scores = get_scorer_cache().get(model).predict(pd.concat([table[names] for table in tables], ignore_index=True))
    answers = scores[:, -1] if scores.ndim == 2 else scores
    if model.signature.classes and learned_at is not None and case.base_rate is not None:
        answers = chances_in_use(answers, learned_at=learned_at, used_at=case.base_rate)
    worth = [case.worth.of(table, answers[place : place + 1])[0] for place, table in enumerate(tables)]
    cost = float(actions.costs(case.rows)[0, 1])
    return WhatIf(
        today=float(answers[0]),
        then=float(answers[1]),
        worth_today=_finite(worth[0]),
        worth_then=_finite(worth[1] - cost),
        cost=_finite(cost),
    )


def _finite(amount: float) -> float | None:
    return float(amount) if np.isfinite(amount) else None
