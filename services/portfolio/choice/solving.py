"""The best set, exactly, by mixed-integer programming.

References
----------
Q. Huangfu and J. Hall, "Parallelizing the dual revised simplex method", 2018 (HiGHS, which `scipy.optimize.milp`
calls). H. Kellerer, U. Pferschy and D. Pisinger, *Knapsack Problems*, 2004. J. Lorie and L. Savage, "Three problems in
rationing capital", 1955: the set of the greatest net present value under a budget.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.portfolio.choice.exact import Numbers, Program, maximise
from services.portfolio.choice.problem import Candidate, Problem, exceeds, infeasibility

SECONDS = 10.0  # of one search; a set found by then is still a good one, and is called so
_LESS_THAN_ONE = 0.5
_SAME = 1e-9  # of the value: smaller differences are the rounding of decimals


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen set.

    Attributes
    ----------
    keys
        In the order of the candidates.
    used
        Of each limit, in the order of the limits.
    is_proven
        Whether no set is better; otherwise the search ended at its time limit.
    """

    keys: tuple[str, ...]
    value: float
    used: tuple[float, ...]
    is_proven: bool


@dataclass(frozen=True, slots=True)
class Marginal:
    """What more of one limit would bring: `step` more brings `gain`, takes in `added` and lets go of `dropped`.

    `least` is the smallest addition that brings anything, None where it is not known or nothing would.
    """

    limit: str
    step: float
    gain: float
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    least: float | None = None


def find_best(problem: Problem) -> Choice | None:
    """A set of the greatest value; where all values are whole numbers, among these one that uses little.

    None where no set keeps the limits and the must-haves.
    """
    if infeasibility(problem):
        return None
    found, is_proven = _solve(problem, _values(problem) - _thrift(problem))
    return None if found is None else _choice(problem, found, is_proven)


def find_twin(problem: Problem, choice: Choice) -> Choice | None:
    """Another set of the same value; None where the best set is the only one, or that could not be shown in time."""
    wanted = frozenset(choice.keys)
    taken = np.array([candidate.key in wanted for candidate in problem.candidates])
    other, is_proven = _solve(problem, _values(problem), other_than=taken)
    if other is None or not is_proven:
        return None
    found = _choice(problem, other, is_proven)
    return found if abs(found.value - choice.value) <= _SAME * max(1.0, abs(choice.value)) else None


def find_marginal(problem: Problem, choice: Choice, place: int, step: float) -> Marginal | None:
    """What `step` more of a limit would bring: its shadow price, by solving again. None where it does not limit.

    The price of a relaxed problem would be a slope that no whole project follows.
    """
    limit = problem.limits[place]
    if limit.amount is None:
        return None
    more = find_best(_with_limit(problem, place, limit.amount + step))
    if more is None:
        return None
    gain = max(0.0, more.value - choice.value)
    if gain <= _SAME * max(1.0, abs(choice.value)):
        return Marginal(limit.name, step, 0.0, (), (), find_least_addition(problem, choice, place))
    before, after = set(choice.keys), set(more.keys)
    return Marginal(
        limit.name,
        step,
        gain,
        tuple(key for key in more.keys if key not in before),
        tuple(key for key in choice.keys if key not in after),
    )


def find_least_addition(problem: Problem, choice: Choice, place: int) -> float | None:
    """The smallest addition to a limit with which some set is worth more; None where none is."""
    limit = problem.limits[place]
    assert limit.amount is not None
    free = _with_limit(problem, place, None)
    margin = _LESS_THAN_ONE if _is_whole(problem) else 1e-4 * float(np.abs(_values(problem)).max(initial=1.0))
    found, is_proven = _solve(free, -_uses(problem, place), floor=choice.value + margin)
    if found is None or not is_proven:
        return None
    return max(0.0, float(_uses(problem, place) @ found) - limit.amount)


def _with_limit(problem: Problem, place: int, amount: float | None) -> Problem:
    limits = list(problem.limits)
    limits[place] = replace(limits[place], amount=amount)
    return replace(problem, limits=tuple(limits))


def _values(problem: Problem) -> Numbers:
    return np.array([candidate.value for candidate in problem.candidates], dtype=float)


def _uses(problem: Problem, place: int) -> Numbers:
    return np.array([candidate.uses[place] for candidate in problem.candidates], dtype=float)


def _is_whole(problem: Problem) -> bool:
    """Whether all values are whole numbers, so that two sets differ by 1 or not at all."""
    values = _values(problem)
    return bool(np.array_equal(values, np.round(values)))


def _thrift(problem: Problem) -> Numbers:
    """What each candidate uses, as less than one unit of value for all of them: it decides between equals only."""
    penalty = np.zeros(len(problem.candidates))
    if not _is_whole(problem):
        return penalty
    for place in range(len(problem.limits)):
        uses = _uses(problem, place)
        penalty += uses / max(1e-12, uses.sum())
    return penalty * (_LESS_THAN_ONE / max(1, len(problem.limits)))


def _choice(problem: Problem, taken: NDArray[np.bool_], is_proven: bool) -> Choice:
    chosen: list[Candidate] = [candidate for candidate, is_in in zip(problem.candidates, taken, strict=True) if is_in]
    used = tuple(sum(candidate.uses[place] for candidate in chosen) for place in range(len(problem.limits)))
    return Choice(tuple(candidate.key for candidate in chosen), sum(c.value for c in chosen), used, is_proven)


def _solve(
    problem: Problem,
    objective: Numbers,
    *,
    floor: float | None = None,
    other_than: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.bool_] | None, bool]:
    """The set with the greatest objective, and whether that is proven.

    Parameters
    ----------
    floor
        Least value of the set.
    other_than
        A set that is not an answer.
    """
    keys = [candidate.key for candidate in problem.candidates]
    rows: list[tuple[Numbers, float]] = []
    for place, limit in enumerate(problem.limits):
        if limit.amount is not None:
            rows.append((_uses(problem, place), limit.amount))
    rows += [(np.array([float(key in group) for key in keys]), 1.0) for group in problem.either]
    if floor is not None:
        rows.append((-_values(problem), -floor))
    if other_than is not None:
        rows.append((np.where(other_than, 1.0, -1.0), float(other_than.sum()) - 1.0))
    low, high = _bounds(problem)
    matrix = np.array([row for row, _ in rows]).reshape(len(rows), len(keys))
    return maximise(Program(objective, matrix, np.array([most for _, most in rows]), low, high), SECONDS)


def _bounds(problem: Problem) -> tuple[Numbers, Numbers]:
    """Must-haves are in, what is left out or too large alone is out."""
    keys = [candidate.key for candidate in problem.candidates]
    low = np.array([float(key in problem.must) for key in keys])
    high = np.array([float(key not in problem.without) for key in keys])
    for place, limit in enumerate(problem.limits):
        if limit.amount is not None:
            alone = np.array([exceeds(c.uses[place], limit.amount) for c in problem.candidates], dtype=bool)
            high[alone & (low == 0)] = 0.0
    return low, high
