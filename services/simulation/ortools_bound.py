"""How much any allocation within the limits can be worth, by another's solvers, where they are installed: OR-Tools.

PDLP finds prices of what is limited. At any prices nothing can be worth more than every case with the action that is
worth most after paying them, and what the limits are worth: so its bound holds however far it came. What the bound
shows to be worth less than the allocation at hand falls away, and where little is left CP-SAT settles that in whole
numbers, rounded so that nothing better is lost. Neither is given anything of ours but the problem and that worth.

References
----------
D. Applegate et al., "Practical large-scale linear programming using primal-dual hybrid gradient", NeurIPS 34 (2021).
P. J. Stuckey, "Lazy clause generation", CPAIOR (2010), for what CP-SAT does.
"""

import importlib.util
import logging
import time
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from services.simulation.allocation import SAME, scale_of
from services.simulation.allocation_finding import MOST_PAIRS

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
LIBRARY = "ortools"
_LOG = logging.getLogger("portal.simulation")
_SECONDS = 10.0
_LEAST_SECONDS = 1.0  # for CP-SAT, whatever PDLP took
_MOST_OPEN = 2_000  # pairs that CP-SAT is asked about
_CLOSE = 1e-6  # to which PDLP goes on
_UNITS = 1e12  # whole ones, that each limit is divided into and all money that is open


@dataclass(frozen=True, slots=True)
class Bound:
    """No allocation within the limits is worth more than `amount`, says `method`; `is_best`: one is worth that."""

    method: str
    amount: float
    is_best: bool


def is_installed() -> bool:
    """Whether the library is there."""
    return importlib.util.find_spec(LIBRARY) is not None


def bound_beside(values: Floats, needs: Floats, limits: Floats, *, supported: Flags, at_hand: float) -> Bound | None:
    """What OR-Tools says that no allocation exceeds; None where it is not installed, not asked or cannot say.

    Parameters
    ----------
    values, needs, limits, supported
        As in `allocate`.
    at_hand
        What the allocation is worth that is to be checked.
    """
    if supported.sum() > MOST_PAIRS or not is_installed():
        return None
    try:
        found = _bounded(_Problem.of(values, needs, limits, supported), at_hand)
        return replace(found, method=f"{found.method} of OR-Tools {version(LIBRARY)}")
    except Exception as error:  # broken, or these numbers are not for it, whatever it raises: ours stands alone
        _LOG.warning("%s could not say how good an allocation is: %s.", LIBRARY, type(error).__name__)
        return None


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Values (n, k), -inf where an action may not be taken; needs as shares of what there is (n, k, r); room (r,)."""

    values: Floats
    needs: Floats
    room: Floats

    @classmethod
    def of(cls, values: Floats, needs: Floats, limits: Floats, supported: Flags) -> "_Problem":
        """Only finite limits; a need of twice what there is stands for all larger ones, as none of them fits."""
        if (needs < 0).any():
            raise ValueError("What is given back makes room for more than twice what there is.")
        finite = np.isfinite(limits)
        scale = scale_of(needs, limits)[finite]
        allowed = supported & np.isfinite(values)
        return cls(
            np.where(allowed, values, -np.inf),
            np.minimum(needs[:, :, finite] / scale, 2.0),
            limits[finite] / scale + SAME,
        )

    @property
    def lost(self) -> Floats:
        """How much less each action is worth than the best of its case, (n, k)."""
        return np.asarray(self.values.max(axis=1, keepdims=True) - self.values)


def _bounded(problem: _Problem, at_hand: float) -> Bound:
    """The lower of what the prices prove and, where few actions could still be part of something better, CP-SAT."""
    began = time.monotonic()
    prices = _prices(problem)
    paid = problem.values - problem.needs @ prices
    bound = float(paid.max(axis=1).sum() + prices @ problem.room)
    if not np.isfinite(bound):
        raise ValueError("A bound must be a number.")
    slack = SAME * max(abs(bound), float(np.abs(paid.max(axis=1)).sum()))
    allowed = np.isfinite(problem.values)
    kept = allowed & (paid.max(axis=1, keepdims=True) - paid <= bound - at_hand + slack)
    for open_ones in (kept, allowed):  # all of them only where those that are left cannot reach what is at hand
        settled = _settled(problem, open_ones, max(_LEAST_SECONDS, _SECONDS - (time.monotonic() - began)))
        if settled is not None and (settled.amount >= at_hand - slack or open_ones is allowed):
            if settled.amount > bound + slack:
                break
            return settled
    return Bound("PDLP", bound, is_best=False)


def _prices(problem: _Problem) -> Floats:
    """Of all there is of each resource, by PDLP: what it has at its goal, or when its time is over."""
    from ortools.pdlp import solvers_pb2
    from ortools.pdlp.python import pdlp

    rows, actions = np.nonzero(np.isfinite(problem.values))
    lost = problem.lost[rows, actions]
    n, n_limits = len(problem.values), len(problem.room)
    unit = float(lost.max(initial=0.0)) or 1.0
    asked: Any = pdlp.QuadraticProgram()
    asked.objective_vector = lost / unit
    asked.constraint_matrix = csc_matrix(
        (
            np.concatenate([np.ones(len(rows)), problem.needs[rows, actions].T.ravel()]),
            (
                np.concatenate([rows, np.repeat(n + np.arange(n_limits), len(rows))]),
                np.tile(np.arange(len(rows)), 1 + n_limits),
            ),
        ),
        shape=(n + n_limits, len(rows)),
    )
    asked.constraint_lower_bounds = np.concatenate([np.ones(n), np.full(n_limits, -np.inf)])
    asked.constraint_upper_bounds = np.concatenate([np.ones(n), problem.room])
    asked.variable_lower_bounds, asked.variable_upper_bounds = np.zeros(len(rows)), np.ones(len(rows))
    how = solvers_pb2.PrimalDualHybridGradientParams(num_threads=1)
    until = how.termination_criteria
    until.simple_optimality_criteria.eps_optimal_relative = _CLOSE
    until.simple_optimality_criteria.eps_optimal_absolute = _CLOSE
    until.time_sec_limit = _SECONDS
    found = pdlp.primal_dual_hybrid_gradient(asked, how)
    prices: Floats = np.maximum(-np.asarray(found.dual_solution, dtype=np.float64)[n:], 0.0) * unit
    return prices


def _settled(problem: _Problem, kept: Flags, seconds: float) -> Bound | None:
    """The most that these actions can be worth together; None where they cannot be taken, or CP-SAT cannot say."""
    from ortools.sat.python import cp_model

    n_kept = kept.sum(axis=1, keepdims=True)
    fixed, lost = kept & (n_kept == 1), problem.lost
    room = problem.room - problem.needs[fixed].sum(axis=0)
    rows, actions = np.nonzero(kept & (n_kept > 1))
    if len(rows) > _MOST_OPEN or (n_kept == 0).any() or (room < 0).any():
        return None
    best = float(problem.values.max(axis=1).sum() - lost[fixed].sum())
    if not len(rows):
        return Bound("PDLP", best, is_best=True)  # its prices left one action a case
    open_lost, open_needs = lost[rows, actions], problem.needs[rows, actions]
    unit = float(open_lost.sum()) / _UNITS or 1.0
    model: Any = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in rows]
    for end in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(rows)) + 1):
        model.add_exactly_one([taken[place] for place in end])
    for place, there in enumerate(room):
        whole = np.floor(open_needs[:, place] * _UNITS).astype(np.int64).tolist()
        model.add(cp_model.LinearExpr.weighted_sum(taken, whole) <= int(there * _UNITS))
    model.minimize(cp_model.LinearExpr.weighted_sum(taken, np.floor(open_lost / unit).astype(np.int64).tolist()))
    solver: Any = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.catch_sigint_signal = False
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
        return None
    amount = best - float(solver.best_objective_bound) * unit
    return Bound("CP-SAT", amount, is_best=bool(status == cp_model.OPTIMAL))
