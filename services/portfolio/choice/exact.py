"""The exact optimum of a large 0-1 problem in little time: most of its variables can be proven to be settled.

First the relaxed problem, in which parts of projects may be taken. Its reduced costs say how much is lost at least when
a settled variable is turned over. Once some whole set is known, every variable whose loss is greater than the distance
between the two is proven to stay as it is, and what remains is small.

References
----------
E. Balas and E. Zemel, "An algorithm for large zero-one knapsack problems", Operations Research 28 (1980), 1130-1154.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

_CORE = 45  # variables of the first, quick search
_TOLERANCE = 1e-5  # of the solver, on coefficients of at most `SCALE`
SCALE = 1e4  # the largest coefficient the solver sees; its tolerances are absolute
_OPTIMAL, _INFEASIBLE = 0, 2

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Program:
    """Maximise `objective @ x` over whole numbers x from `low` to `high`, both 0 or 1, with `rows @ x <= most`."""

    objective: Numbers
    rows: Numbers  # shape (constraints, variables)
    most: Numbers
    low: Numbers
    high: Numbers


def maximise(program: Program, seconds: float) -> tuple[NDArray[np.bool_] | None, bool]:
    """The best x and whether that is proven; (None, True) where there is proven to be none."""
    scaled = _scaled(program)
    if scaled.objective.size == 0:
        is_possible = bool(np.all(scaled.most >= 0))
        return (np.zeros(0, dtype=bool) if is_possible else None), True
    if scaled.objective.size <= _CORE:
        return _search(scaled, seconds)
    from scipy.optimize import linprog

    bounds = np.column_stack([scaled.low, scaled.high])
    has_rows = scaled.rows.shape[0] > 0
    relaxed = linprog(
        -scaled.objective,
        A_ub=scaled.rows if has_rows else None,
        b_ub=scaled.most if has_rows else None,
        bounds=bounds,
        method="highs",
    )
    if relaxed.status == _INFEASIBLE:
        return None, True
    if relaxed.status != _OPTIMAL:
        return _search(scaled, seconds)
    loss = np.abs(relaxed.lower.marginals) + np.abs(relaxed.upper.marginals)
    settled = np.round(relaxed.x)
    quick, is_core_best = _search(_fixed(scaled, np.argsort(loss, kind="stable")[_CORE:], settled), seconds)
    if quick is None:
        return _search(scaled, seconds)
    distance = -relaxed.fun - float(scaled.objective @ quick)
    proven = np.flatnonzero(loss > distance + _TOLERANCE)
    if is_core_best and proven.size >= loss.size - _CORE:
        return quick, True  # all that is not proven was free in the quick search
    best, is_proven = _search(_fixed(scaled, proven, settled), seconds)
    return (quick, False) if best is None else (best, is_proven)


def _search(program: Program, seconds: float) -> tuple[NDArray[np.bool_] | None, bool]:
    """By branch and bound over the variables that are not fixed."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    free = program.low < program.high
    answer = program.low.astype(bool)
    most = program.most - program.rows @ np.where(free, 0.0, program.low)
    if not free.any():
        return (answer, True) if np.all(most >= -_TOLERANCE) else (None, True)
    rows = program.rows[:, free]
    result = milp(
        -program.objective[free],
        integrality=np.ones(int(free.sum())),
        bounds=Bounds(0.0, 1.0),
        constraints=[LinearConstraint(rows, -np.inf, most)] if len(rows) else [],
        options={"mip_rel_gap": 0.0, "time_limit": seconds, "presolve": False},  # it takes longer than it saves here
    )
    if result.x is None:
        return None, result.status == _INFEASIBLE
    answer[free] = np.round(result.x).astype(bool)
    return answer, result.status == _OPTIMAL


def _fixed(program: Program, places: NDArray[np.int64], values: Numbers) -> Program:
    low, high = program.low.copy(), program.high.copy()
    low[places] = high[places] = values[places]
    return replace(program, low=low, high=high)


def _scaled(program: Program) -> Program:
    """With every row and the objective brought to coefficients of at most `SCALE`."""
    by = SCALE / np.maximum(np.abs(program.rows).max(axis=1, initial=0.0), 1e-12)
    top = max(1e-12, float(np.abs(program.objective).max(initial=0.0)))
    return replace(
        program,
        objective=program.objective * (SCALE / top),
        rows=program.rows * by[:, np.newaxis],
        most=program.most * by,
    )
