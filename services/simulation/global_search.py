"""The best setting of levers that are the same for all cases, or for each segment: a search without gradients.

Tree models are step functions, so nothing can be followed downhill. Differential evolution needs none; it keeps a set
of settings, which is also what an interrupted search goes on from.

References
----------
R. Storn and K. Price, "Differential evolution", Journal of Global Optimization 11 (1997).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import NonlinearConstraint, differential_evolution

from services.errors import InvalidInputError

Floats = NDArray[np.float64]
_POPULATION = 12  # settings for each lever
_MOST_GENERATIONS = 200


@dataclass(frozen=True, slots=True)
class Demand:
    """That something of a setting keeps within limits: `of(setting)` from `least` to `most`, in the words of `name`."""

    name: str
    of: Callable[[Floats], float]
    least: float = -np.inf
    most: float = np.inf


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """The best setting found.

    Attributes
    ----------
    levers
        The value of each lever, (d,).
    value
        What it is worth.
    broken
        The demands it does not keep, in words; empty where it keeps all.
    population
        All settings the search holds, (p, d): a further search can begin with them.
    """

    levers: Floats
    value: float
    broken: tuple[str, ...]
    population: Floats
    n_tried: int


def search_globally(
    value: Callable[[Floats], float],
    bounds: Sequence[tuple[float, float]],
    *,
    whole: Sequence[bool] | None = None,
    demands: Sequence[Demand] = (),
    begin_with: Floats | None = None,
    seed: int = 0,
    most_generations: int = _MOST_GENERATIONS,
    is_wished: Callable[[Floats, float], bool] = lambda *_: True,
) -> Setting:
    """The setting within the bounds that is worth most and keeps every demand.

    Parameters
    ----------
    value
        What a setting (d,) is worth; not a number is taken for worth nothing at all.
    bounds
        Lowest and highest value of each lever.
    whole
        Which levers take whole numbers only.
    begin_with
        The population of an earlier search, (p, d).
    is_wished
        Asked after each generation with the best so far: whether to go on.

    Raises
    ------
    InvalidInputError
        A lever has no range.
    """
    if not bounds or any(not low < high for low, high in bounds):
        raise InvalidInputError("Each lever needs a lowest value below its highest to be searched.")
    tried = 0

    def loss(setting: Floats) -> float:
        nonlocal tried
        tried += 1
        worth = value(setting)
        return -worth if np.isfinite(worth) else np.inf

    found = differential_evolution(
        loss,
        list(bounds),
        integrality=None if whole is None else list(whole),
        constraints=tuple(NonlinearConstraint(demand.of, demand.least, demand.most) for demand in demands),
        init="sobol" if begin_with is None else begin_with,
        popsize=_POPULATION,
        maxiter=most_generations,
        rng=np.random.default_rng(seed),
        callback=lambda intermediate_result: not is_wished(intermediate_result.x, -float(intermediate_result.fun)),
        polish=False,
        tol=1e-8,
    )
    return Setting(
        levers=found.x,
        value=-float(found.fun),
        broken=tuple(demand.name for demand in demands if not _keeps(demand, found.x)),
        population=found.population,
        n_tried=tried,
    )


def _keeps(demand: Demand, setting: Floats) -> bool:
    slack = 1e-6 * max(1.0, *(abs(limit) for limit in (demand.least, demand.most) if np.isfinite(limit)))
    return demand.least - slack <= demand.of(setting) <= demand.most + slack
