"""Which action for each case where money or hands are short: one action a case, within every limit.

A multiple-choice knapsack. Small problems are solved exactly; in large ones each scarce resource gets a price, every
case takes the action that is worth most after paying it, and what is left of the limits is filled. The prices also say
that nothing can be worth more than `Allocation.bound`, so the gap to the best is known and not hoped for.

References
----------
H. Kellerer, U. Pferschy and D. Pisinger, *Knapsack Problems* (2004), chapter 11. M. L. Fisher, "The Lagrangian
relaxation method for solving integer programming problems", Management Science 27 (1981). J. E. Kelley, "The
cutting-plane method for solving convex programs", Journal of SIAM 8 (1960).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from services.errors import InvalidInputError

Floats = NDArray[np.float64]
Choices = NDArray[np.intp]
MOST_EXACT = 5_000  # pairs of case and action
_EXACT_SECONDS = 10.0
_MOST_CUTS = 60
_CLOSE = 1e-7  # of the bound: cutting further is of no use
_FIRST_STEP = 1e-6  # of a price
_HOPELESS = 1e15
SAME = 1e-9  # of a limit, by which sums of many numbers may differ
_TIE = 1e-9  # money for all there is of a resource


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """An action for each case.

    Attributes
    ----------
    choices
        The action of each case (n,).
    value
        Of all of them together.
    used
        Of each resource (r,).
    prices
        What one more unit of each resource would bring (r,); 0 where it is not scarce.
    bound
        No allocation within the limits is worth more.
    is_exact
        Whether none is worth more than this one.
    is_scarce
        Whether a limit stands in the way of what is best for each case by itself.
    """

    choices: Choices
    value: float
    used: Floats
    prices: Floats
    bound: float
    is_exact: bool
    is_scarce: bool = True

    @property
    def gap(self) -> float:
        """How much more than this the best could be worth, as a share of it; 0 at the best."""
        return 0.0 if self.is_exact else max(0.0, self.bound - self.value) / max(abs(self.bound), 1e-12)


def allocate(
    values: Floats, needs: Floats, limits: Floats, *, supported: NDArray[np.bool_] | None = None
) -> Allocation:
    """The actions that are worth most together.

    Parameters
    ----------
    values
        What each action is worth in each case, (n, k).
    needs
        What it needs of each resource, 0 or more, (n, k, r).
    limits
        What there is of each resource, 0 or more, (r,); infinite where it is not limited.
    supported
        Which actions may be taken, (n, k); all where None.

    Raises
    ------
    InvalidInputError
        Some case has no action that may be taken, or even the most frugal actions exceed a limit.
    """
    n, k = values.shape
    allowed = np.ones((n, k), dtype=np.bool_) if supported is None else supported
    allowed = allowed & np.isfinite(values)
    if not allowed.any(axis=1).all():
        raise InvalidInputError(
            f"{int((~allowed.any(axis=1)).sum()):,} of {n:,} cases have no action that may be taken. Let cases be left "
            "as they are, or widen the range of a lever."
        )
    problem = _Problem(np.where(allowed, values, -np.inf), needs, limits, scale_of(needs, limits))
    free = problem.choose(np.zeros(len(limits)))
    if problem.fits(free):
        return replace(problem.told(free, np.zeros(len(limits)), is_exact=True), is_scarce=False)
    problem.refuse_what_never_fits()
    prices, bound = problem.priced()
    if n * k <= MOST_EXACT:
        exact = problem.solved()
        if exact is not None:
            return problem.told(exact, prices, is_exact=True)
    return problem.told(problem.filled(problem.affordable(prices), prices), prices, bound=bound)


def scale_of(needs: Floats, limits: Floats) -> Floats:
    """By which each resource is measured: its limit, else what the largest case needs."""
    largest = needs.reshape(-1, len(limits)).max(axis=0, initial=0.0)
    return np.where(np.isfinite(limits) & (limits > 0), limits, np.maximum(largest, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Values (n, k) with -inf where an action may not be taken, needs (n, k, r), limits and their scale (r,)."""

    values: Floats
    needs: Floats
    limits: Floats
    scale: Floats

    def choose(self, prices: Floats) -> Choices:
        """What is worth most in each case after paying, of a slightly higher price: that decides ties."""
        choices: Choices = (self.values - self.needs @ (prices + _TIE / self.scale)).argmax(axis=1)
        return choices

    def of(self, choices: Choices) -> tuple[float, Floats]:
        """The value and the use of an allocation."""
        rows = np.arange(len(choices))
        return float(self.values[rows, choices].sum()), self.needs[rows, choices].sum(axis=0)

    def fits(self, choices: Choices) -> bool:
        """Whether it keeps every limit."""
        return bool((self.of(choices)[1] <= self.limits + SAME * self.scale).all())

    def told(
        self, choices: Choices, prices: Floats, *, is_exact: bool = False, bound: float = float("inf")
    ) -> Allocation:
        """The allocation with what is known of it."""
        value, used = self.of(choices)
        return Allocation(choices, value, used, prices, value if is_exact else max(bound, value), is_exact)

    def refuse_what_never_fits(self) -> None:
        """Raises where even the most frugal action of every case together exceeds a limit."""
        may = np.isfinite(self.values)[:, :, None]
        least = np.where(may, self.needs, np.inf).min(axis=1).sum(axis=0)
        short = np.flatnonzero(least > self.limits + SAME * self.scale)
        if short.size:
            needed, there = least[short[0]], self.limits[short[0]]
            raise InvalidInputError(
                f"Even the most frugal actions need {needed:,.6g} where {there:,.6g} is allowed. Raise the limit, or "
                "let cases be left as they are."
            )

    def priced(self) -> tuple[Floats, float]:
        """The prices at which the bound is lowest, by cutting planes, and that bound."""
        r = len(self.limits)
        finite = np.isfinite(self.limits)
        limits = np.where(finite, self.limits, 0.0)
        best, bound = np.zeros(r), float("inf")
        slopes, levels = [], []
        prices, largest = np.zeros(r), self._largest_prices()
        for _ in range(_MOST_CUTS):
            value, used = self.of(self.choose(prices))
            height = value - float(used @ prices) + float(limits @ prices)
            if height < bound:
                best, bound = prices, height
            slopes.append(limits - used)
            levels.append(value)
            lowest, prices = _lowest(np.array(slopes), np.array(levels), np.where(finite, largest, 0.0))
            if bound - lowest <= _CLOSE * max(abs(bound), 1.0):
                break
        return best, bound

    def _largest_prices(self) -> Floats:
        """Beyond which nothing that needs anything is worth its price."""
        spread = np.where(np.isfinite(self.values), self.values, np.nan)
        widest = float(np.nanmax(np.nanmax(spread, axis=1) - np.nanmin(spread, axis=1)))
        positive = np.where(self.needs > 0, self.needs, np.inf).reshape(-1, len(self.limits)).min(axis=0)
        return np.where(np.isfinite(positive), (widest + 1.0) / positive, 0.0)

    def affordable(self, prices: Floats) -> Choices:
        """What is chosen at the lowest multiple of the prices that keeps every limit."""
        start = np.where(np.isfinite(self.limits), np.maximum(prices, 1e-9 * self._largest_prices()), 0.0)
        low, high = 0.0, 1.0
        step = _FIRST_STEP
        while not self.fits(choices := self.choose(high * start)):
            low, high, step = high, high * (1 + step), 4 * step
            if high > _HOPELESS:  # limits that exclude each other in part
                return self._frugal()
        while high - low > _FIRST_STEP * high:
            middle = (low + high) / 2
            found = self.choose(middle * start)
            low, high, choices = (low, middle, found) if self.fits(found) else (middle, high, choices)
        return choices

    def _frugal(self) -> Choices:
        frugality = np.where(np.isfinite(self.values), self.needs @ (1.0 / self.scale), np.inf)
        choices: Choices = frugality.argmin(axis=1)
        if not self.fits(choices):
            raise InvalidInputError("No choice of actions keeps all limits together. Raise one of them.")
        return choices

    def filled(self, choices: Choices, prices: Floats) -> Choices:
        """Better actions taken with what is left of the limits, those first that bring most for what they need."""
        choices = choices.copy()
        left = self.limits - self.of(choices)[1]
        rows = np.arange(len(choices))
        gain = self.values - self.values[rows, choices][:, None]
        more = self.needs - self.needs[rows, choices][:, None, :]
        weight = np.maximum(more, 0.0) @ np.maximum(prices, 1e-12 / self.scale)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(gain > 0, gain / np.maximum(weight, 1e-300), -np.inf)
        order = np.argsort(-ratio, axis=None, kind="stable")[: int((ratio > 0).sum())]
        changed = np.zeros(len(choices), dtype=np.bool_)
        for row, action in zip(*np.unravel_index(order, ratio.shape), strict=True):
            if not changed[row] and (more[row, action] <= left).all():
                choices[row], changed[row] = action, True
                left = left - more[row, action]
        return choices

    def solved(self) -> Choices | None:
        """The best allocation by branch and bound; None where it takes too long."""
        n, k = self.values.shape
        may = np.isfinite(self.values)
        one_each = csr_array((np.ones(n * k), (np.repeat(np.arange(n), k), np.arange(n * k))), shape=(n, n * k))
        finite = np.isfinite(self.limits)
        within = csr_array(self.needs.reshape(n * k, -1).T[finite])
        found = milp(
            -np.where(may, self.values, 0.0).ravel(),
            constraints=LinearConstraint(
                vstack([one_each, within]).tocsr(),
                np.concatenate([np.ones(n), np.full(int(finite.sum()), -np.inf)]),
                np.concatenate([np.ones(n), self.limits[finite]]),
            ),
            integrality=np.ones(n * k),
            bounds=Bounds(0, may.ravel().astype(np.float64)),
            options={"mip_rel_gap": 0.0, "time_limit": _EXACT_SECONDS},
        )
        if found.status != 0:
            return None
        choices: Choices = found.x.reshape(n, k).argmax(axis=1)
        return choices


def _lowest(slopes: Floats, levels: Floats, largest: Floats) -> tuple[float, Floats]:
    """The lowest point of the highest of the planes `levels + slopes @ prices`, and where it is."""
    r = slopes.shape[1]
    unit = np.maximum(np.abs(levels).max(initial=0.0), 1.0)
    found = linprog(
        np.concatenate([np.zeros(r), [1.0]]),
        A_ub=np.column_stack([slopes * np.where(largest > 0, largest, 1.0) / unit, -np.ones(len(levels))]),
        b_ub=-levels / unit,
        bounds=[*((0.0, 1.0 if most > 0 else 0.0) for most in largest), (None, None)],
        method="highs",
    )
    if found.x is None:
        return -float("inf"), np.zeros(r)
    return float(found.x[-1] * unit), found.x[:-1] * largest
