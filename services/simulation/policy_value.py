"""What a policy is honestly worth: chosen with models that did not learn from a case, judged with others.

The best of many noisy numbers is too high (the optimizer's curse). Here the cases are dealt into two halves with models
of their own. For a case of one half the action is chosen by the models of the other, and its value is read off the
models of its own half, which had no say in the choice.

References
----------
J. E. Smith and R. L. Winkler, "The optimizer's curse: skepticism and postdecision surprise in decision analysis",
Management Science 52 (2006). V. Chernozhukov et al., "Double/debiased machine learning for treatment and structural
parameters", The Econometrics Journal 21 (2018), for cross-fitting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from services.simulation.ways import AT_RANDOM, SINGLE, TODAY

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Choices = NDArray[np.intp]
Decide = Callable[[Floats, Flags], Choices]
STATUS_QUO = 0
_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Gain:
    """What the policy brings a case more than another way, with a 95% interval over cases and models."""

    over: str
    value: float
    amount: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class PolicyValue:
    """A policy and what it is worth a case.

    Attributes
    ----------
    choices
        What all models together choose, (n,): what is carried out.
    claim
        What these models say of it: too high, because they chose.
    value
        Cross-fitted.
    gains
        Over leaving everything as it is, over the best single action for all, and over chance.
    share_changed
        Of the cases, for which another action than leaving them is chosen.
    """

    choices: Choices
    claim: float
    value: float
    gains: tuple[Gain, ...]
    share_changed: float
    n: int


def best_action(values: Floats, supported: Flags) -> Choices:
    """The supported action that is worth most in each case (n,); the first where several are."""
    choices: Choices = np.where(supported, values, -np.inf).argmax(axis=1)
    return choices


def cautious(values: Floats, kappa: float = 0.0) -> Floats:
    """The mean over models (m, n, k) less `kappa` standard deviations: 0 believes them, 1 is cautious."""
    mean = values.mean(axis=0)
    return mean if kappa == 0 or len(values) == 1 else np.asarray(mean - kappa * values.std(axis=0, ddof=1))


def value_policy(
    first: Floats,
    second: Floats,
    in_first: Flags,
    supported: Flags,
    *,
    decide: Decide = best_action,
    kappa: float = 0.0,
    seed: int = 0,
) -> PolicyValue:
    """Choose, and say what the choice is worth.

    Parameters
    ----------
    first, second
        Value of each action in each case by models of either half, (m, n, k); action 0 leaves the case as it is.
    in_first
        Which cases the models `first` may have learned from, (n,); those of the others `second` may.
    supported
        Which actions may be taken, (n, k); leaving a case as it is always may.
    decide
        From values and supported actions to one action a case, within whatever limits there are.
    """
    n, k = supported.shape
    rows = np.arange(n)
    everywhere = np.concatenate([first, second])
    choices = decide(cautious(everywhere, kappa), supported)
    chooser = np.where(in_first[:, None], cautious(second, kappa), cautious(first, kappa))
    chosen = decide(chooser, supported)
    judges = judged_by(first, second, in_first)
    taken = judges[:, rows, chosen]
    single = _best_single(chooser, supported)
    random = np.random.default_rng(seed)
    drawn = np.where(supported, random.random((n, k)), -1.0).argmax(axis=1)
    others = {
        TODAY: judges[:, :, STATUS_QUO],
        SINGLE: judges[:, rows, np.where(supported[:, single], single, STATUS_QUO)],
        AT_RANDOM: judges[:, rows, drawn],
    }
    return PolicyValue(
        choices=choices,
        claim=float(everywhere.mean(axis=0)[rows, choices].mean()),
        value=float(taken.mean()),
        gains=tuple(gain_over(over, taken, other) for over, other in others.items()),
        share_changed=float((choices != STATUS_QUO).mean()),
        n=n,
    )


def judged_by(first: Floats, second: Floats, in_first: Flags) -> Floats:
    """What the judges of each case say, (m, n, k), for as many models as both halves have."""
    m = min(len(first), len(second))
    return np.where(in_first[None, :, None], first[:m], second[:m])


def _best_single(values: Floats, supported: Flags) -> int:
    """The action that is worth most if all cases get it that may, the others left as they are."""
    filled = np.where(supported, values, values[:, [STATUS_QUO]])
    return int(filled.mean(axis=0).argmax())


def gain_over(over: str, taken: Floats, other: Floats) -> Gain:
    """What one way brings a case more than the other, each as the judges value it, (m, n)."""
    differences = taken - other  # (m, n)
    by_case, by_model = differences.mean(axis=0), differences.mean(axis=1)
    n, m = len(by_case), len(by_model)
    variance = by_case.var(ddof=1) / n if n > 1 else np.inf
    if m > 1:
        variance += by_model.var(ddof=1) / m
    reach = float(NormalDist().inv_cdf(0.5 + _LEVEL / 2) * np.sqrt(variance))
    amount = float(by_case.mean())
    return Gain(over, float(other.mean()), amount, amount - reach, amount + reach)
