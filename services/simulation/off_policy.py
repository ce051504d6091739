"""What a policy would have brought, from cases whose action was drawn with known chances.

References
----------
D. G. Horvitz and D. J. Thompson, JASA 47 (1952); A. Swaminathan and T. Joachims, "The self-normalized estimator for
counterfactual learning", NeurIPS 2015; M. Dudik, J. Langford and L. Li, "Doubly robust policy evaluation and learning",
ICML 2011; A. B. Owen, *Monte Carlo theory, methods and examples* (2013), section 9.3, for the effective sample size.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from services.errors import InvalidInputError

Floats = NDArray[np.float64]
LARGEST_WEIGHT = 20.0
FEWEST_EFFECTIVE = 100.0
_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class OffPolicyEstimate:
    """Estimates of the mean outcome of a case under a policy.

    Attributes
    ----------
    ips, snips
        By inverse chances, and the same normalised by the sum of weights; `snips` is None where no case agrees.
    dr, dr_low, dr_high
        Doubly robust with its 95% interval; None without predictions.
    effective_n
        How many cases of equal weight the weighted ones are worth.
    n_clipped
        Weights that were cut to `LARGEST_WEIGHT`.
    """

    ips: float
    snips: float | None
    dr: float | None
    dr_low: float | None
    dr_high: float | None
    effective_n: float
    n: int
    n_clipped: int

    @property
    def is_enough(self) -> bool:
        """Whether there are enough cases to claim anything."""
        return self.effective_n >= FEWEST_EFFECTIVE

    @property
    def sentence(self) -> str:
        """What may be said of it."""
        clipped = (
            f" {self.n_clipped:,} weights above {LARGEST_WEIGHT:g} were cut to that, which pulls the estimate to 0."
            if self.n_clipped
            else ""
        )
        if not self.is_enough:
            return (
                f"Not enough cases were treated as this policy would: {self.effective_n:.0f} effective cases of "
                f"{self.n:,}, and {FEWEST_EFFECTIVE:g} are needed for a claim.{clipped}"
            )
        return f"Estimated from {self.effective_n:,.0f} effective cases of {self.n:,} with known chances.{clipped}"


def estimate_off_policy(
    actions: NDArray[np.intp],
    outcomes: Floats,
    chances: Floats,
    policy: NDArray[np.intp],
    *,
    predicted: Floats | None = None,
) -> OffPolicyEstimate:
    """Estimate what the policy would have brought a case.

    Parameters
    ----------
    actions
        The action each case got, (n,), n >= 1.
    outcomes
        What it brought, (n,).
    chances
        The chance with which the case got that action, above 0 to 1, (n,).
    policy
        The action that the policy takes, (n,).
    predicted
        What each action would bring by a model that did not learn from the case, (n, k).

    Raises
    ------
    InvalidInputError
        A chance is not above 0 and at most 1, or there is no case.
    """
    if not actions.size:
        raise InvalidInputError("There is no case to estimate the policy from.")
    if not ((chances > 0) & (chances <= 1)).all():
        raise InvalidInputError("The chance of the action that a case got must be above 0 and at most 1 in every row.")
    raw = np.where(policy == actions, 1.0 / chances, 0.0)
    weights = np.minimum(raw, LARGEST_WEIGHT)
    total = float(weights.sum())
    squares = float((weights**2).sum())
    robust = None if predicted is None else _doubly_robust(actions, outcomes, policy, predicted, weights)
    return OffPolicyEstimate(
        ips=float((weights * outcomes).mean()),
        snips=float((weights * outcomes).sum() / total) if total > 0 else None,
        dr=None if robust is None else float(robust.mean()),
        dr_low=None if robust is None else float(robust.mean() - _reach(robust)),
        dr_high=None if robust is None else float(robust.mean() + _reach(robust)),
        effective_n=total**2 / squares if squares > 0 else 0.0,
        n=len(actions),
        n_clipped=int((raw > LARGEST_WEIGHT).sum()),
    )


@dataclass(frozen=True, slots=True)
class Estimated:
    """What a policy brings a case more than today's way by one estimator, with its 95% interval."""

    amount: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OffPolicyGain:
    """The gain of a policy over what was done, by three estimators.

    Attributes
    ----------
    snips
        None where no case was treated as the policy would.
    effective_n
        How many cases of equal weight the weighted ones are worth.
    n_clipped
        Weights that were cut to `LARGEST_WEIGHT`.
    """

    ips: Estimated
    snips: Estimated | None
    dr: Estimated
    effective_n: float
    n: int
    n_clipped: int

    @property
    def is_enough(self) -> bool:
        """Whether there are enough cases to claim anything."""
        return self.effective_n >= FEWEST_EFFECTIVE


def estimate_gain(raw_weights: Floats, outcomes: Floats, costs: Floats, *, then: Floats, now: Floats) -> OffPolicyGain:
    """Estimate what the policy would have brought a case more than what was done.

    Parameters
    ----------
    raw_weights
        With which chance the policy gives a case the action it got, over the chance with which it got it, (n,), n >= 1.
    outcomes
        What the case brought, (n,).
    costs
        What carrying the policy out costs in it, which is known, (n,).
    then, now
        What the action of the policy, and the one it got, would bring by a model that did not learn from it, (n,).

    Raises
    ------
    InvalidInputError
        There is no case.
    """
    if not raw_weights.size:
        raise InvalidInputError("There is no case to estimate the policy from.")
    weights = np.minimum(raw_weights, LARGEST_WEIGHT)
    total, squares, n = float(weights.sum()), float((weights**2).sum()), len(weights)
    snips = None
    if total > 0:
        mean = float((weights * outcomes).sum() / total)
        spread = weights * (outcomes - mean) * n / total - (outcomes - outcomes.mean()) - (costs - costs.mean())
        snips = _estimated(spread + mean - outcomes.mean() - costs.mean())
    return OffPolicyGain(
        ips=_estimated(weights * outcomes - costs - outcomes),
        snips=snips,
        dr=_estimated(then - costs + weights * (outcomes - now) - outcomes),
        effective_n=total**2 / squares if squares > 0 else 0.0,
        n=n,
        n_clipped=int((raw_weights > LARGEST_WEIGHT).sum()),
    )


def _estimated(by_case: Floats) -> Estimated:
    amount, reach = float(by_case.mean()), _reach(by_case)
    return Estimated(amount, amount - reach, amount + reach)


def _doubly_robust(
    actions: NDArray[np.intp], outcomes: Floats, policy: NDArray[np.intp], predicted: Floats, weights: Floats
) -> Floats:
    rows = np.arange(len(actions))
    return np.asarray(predicted[rows, policy] + weights * (outcomes - predicted[rows, actions]))


def _reach(values: Floats) -> float:
    if len(values) < 2:
        return float("inf")
    return float(NormalDist().inv_cdf(0.5 + _LEVEL / 2) * values.std(ddof=1) / np.sqrt(len(values)))
