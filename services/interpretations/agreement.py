"""How far an expectation agrees with what drives a model: which columns, and in which direction.

The order in which a person names columns says nothing, the order of the model does: to have expected its first column
is worth more than its sixth. Each of the most important columns has the weight 1 / log2(1 + rank); the overlap is what
the expected ones weigh together, of the most that as many columns could.

References
----------
Järvelin & Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques, ACM TOIS 20:422 (normalised discounted
cumulated gain, here with a set in place of a list).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from services.interpretations.expectations import UNKNOWN, Expected
from services.models.report import Driver

N_IMPORTANT = 6
METHOD = "each of the model’s most important columns weighs 1 / log2(1 + its rank), against the best choice of as many"
_NEGLIGIBLE = 1e-9
_MEANS = {"up": "raises", "down": "lowers"}


@dataclass(frozen=True, slots=True)
class Agreement:
    """One expectation beside one model.

    Attributes
    ----------
    n_expected, n_found
        Columns that were named, and how many of them are among the `n_important` most important of `n_columns`.
    overlap
        Rank-weighted, 0 to 1; None where no column moves the prediction.
    by_chance
        The overlap that as many columns drawn at random would have on average.
    n_directions, n_right
        Directions that can be compared, and how many of them are those of the model.
    """

    n_expected: int
    n_found: int
    n_important: int
    n_columns: int
    overlap: float | None
    by_chance: float | None
    n_directions: int
    n_right: int


def important_drivers(drivers: Sequence[Driver]) -> tuple[Driver, ...]:
    """The first six that move the prediction at all, strongest first."""
    moving = [driver for driver in drivers if driver.importance > _NEGLIGIBLE]
    return tuple(sorted(moving, key=lambda driver: -driver.importance)[:N_IMPORTANT])


def modelled_direction(driver: Driver) -> str:
    """What more of a column does in the model: raises, lowers, or unknown where it has no one direction."""
    return _MEANS.get(driver.direction, UNKNOWN) if driver.importance > _NEGLIGIBLE else UNKNOWN


def score_agreement(expected: Sequence[Expected], drivers: Sequence[Driver], *, is_directed: bool = True) -> Agreement:
    """How far an expectation agrees with the drivers of a model.

    Parameters
    ----------
    is_directed
        Whether raising and lowering mean something: not where the model chooses one of several classes.
    """
    top = [driver.column for driver in important_drivers(drivers)]
    named = {one.column for one in expected}
    weights = [1 / log2(2 + place) for place in range(len(top))]
    best = sum(weights[: len(named)])
    overlap = by_chance = None
    if best and drivers:
        overlap = sum(weight for weight, column in zip(weights, top, strict=True) if column in named) / best
        by_chance = len(named) / len(drivers) * sum(weights) / best
    compared = [pair for pair in compared_directions(expected, drivers) if is_directed]
    return Agreement(
        n_expected=len(named),
        n_found=len(named & set(top)),
        n_important=len(top),
        n_columns=len(drivers),
        overlap=overlap,
        by_chance=by_chance,
        n_directions=len(compared),
        n_right=sum(one.direction == modelled for one, modelled in compared),
    )


def compared_directions(expected: Sequence[Expected], drivers: Sequence[Driver]) -> list[tuple[Expected, str]]:
    """Each expectation of a direction beside that of the model, where the model has one."""
    modelled = {driver.column: modelled_direction(driver) for driver in drivers}
    pairs = [(one, modelled.get(one.column, UNKNOWN)) for one in expected]
    return [(one, direction) for one, direction in pairs if UNKNOWN not in (one.direction, direction)]
