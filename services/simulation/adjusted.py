"""The effect of a lever that nobody drew by chance, adjusted for what was known before it was set.

The outcome and the lever are each predicted from the controls by models that did not see the case; the effect is the
slope of what is left of the one over what is left of the other. It is an effect only where nothing else decided both:
the robustness value says how much of either a hidden cause would have to decide to explain it away. Cases that belong
together, as those of one customer, are on one side of every split and count once in the error.

References
----------
V. Chernozhukov et al., "Double/debiased machine learning for treatment and structural parameters", The Econometrics
Journal 21 (2018): the partially linear model, section 4.1. C. Cinelli and C. Hazlett, "Making sense of sensitivity",
Journal of the Royal Statistical Society B 82 (2020): the robustness value, equation 18. K.-Y. Liang and S. L. Zeger,
"Longitudinal data analysis using generalized linear models", Biometrika 73 (1986): the error over groups.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GroupKFold, KFold

from services.errors import InvalidInputError
from services.proposals.causal import ROBUST_FROM

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
FEWEST_CASES, FEWEST_GROUPS = 200, 40
LEAST_LEFT = 0.01  # of the lever's variance that the controls do not decide: with less there is nothing to compare
LEVEL = 0.95
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class AdjustedEffect:
    """What one more unit of the lever does to the outcome, adjusted.

    Attributes
    ----------
    effect, error
        The slope and its standard error, which holds also where the spread differs from case to case, and over groups
        whatever cases of one group have in common.
    low, high
        The 95% interval over cases, or over groups of them.
    robustness
        The least share of what is left of the outcome and of the lever that a hidden cause must decide to bring the
        interval to 0; 0 where it holds 0 already.
    left
        Share of the lever's variance that the controls do not decide.
    n_groups
        Of cases that belong together; None where each stands by itself.
    """

    effect: float
    error: float
    low: float
    high: float
    robustness: float
    left: float
    n: int
    n_groups: int | None = None

    def agrees_with(self, simulated: float) -> bool:
        """Whether the simulator moves the outcome in the same direction."""
        return self.effect * simulated > 0

    @property
    def is_robust(self) -> bool:
        """Whether only a strong hidden cause could explain it away."""
        return self.robustness > ROBUST_FROM

    @property
    def sentence(self) -> str:
        """What may be said of it."""
        of_groups = "" if self.n_groups is None else f" in {self.n_groups:,} groups that belong together"
        told = (
            f"Adjusted for what was known before, one unit more goes with {self.effect:+.3g} of the outcome, 19 times "
            f"in 20 between {self.low:+.3g} and {self.high:+.3g} (from {self.n:,} cases{of_groups})."
        )
        if self.robustness == 0:
            return f"{told} It may as well be nothing."
        share = f"{self.robustness:.0%}" if self.robustness >= 0.01 else "less than 1%"
        return (
            f"{told} A hidden cause that decides {share} of what is left of the lever and of the outcome would be "
            "enough to explain it away."
        )


def estimate_adjusted(
    outcomes: Floats, lever: Floats, controls: Floats, *, groups: Codes | None = None, seed: int = 0
) -> AdjustedEffect | str:
    """The adjusted effect, or the sentence that says why there is none.

    Parameters
    ----------
    outcomes
        What happened in each case, (n,).
    lever
        What the lever was set to, (n,); 0 and 1 for a switch.
    controls
        Only columns known before the lever was set, as numbers, (n, p); missing ones are NaN.
    groups
        A number for each group of cases that belong together, (n,); None where each case stands by itself.

    Raises
    ------
    InvalidInputError
        The lengths differ, there is no control, or a number is missing or infinite where there must be one.
    """
    _check(outcomes, lever, controls, groups)
    n = len(lever)
    own = np.arange(n, dtype=np.intp) if groups is None else np.unique(groups, return_inverse=True)[1]
    n_groups = int(own.max(initial=-1)) + 1
    if n < FEWEST_CASES:
        return f"Not enough data: {n:,} cases, and {FEWEST_CASES} are needed for an adjusted estimate."
    if n_groups < FEWEST_GROUPS:
        return (
            f"Not enough data: {n_groups:,} groups of cases that belong together, and {FEWEST_GROUPS} are needed for "
            "an adjusted estimate."
        )
    if float(np.ptp(lever)) == 0.0:
        return "The lever always had the same value, so its effect cannot be told."
    if float(np.ptp(outcomes)) == 0.0:
        return "The outcome was always the same, so no effect can be told."
    of_outcome, of_lever = (_left(values, controls, groups, seed) for values in (outcomes, lever))
    left = float((of_lever**2).mean() / lever.var())
    if left < LEAST_LEFT:
        return "What was known before decides the lever almost wholly, so there are no like cases to compare."
    squares = float(of_lever @ of_lever)
    effect = float(of_lever @ of_outcome) / squares
    unexplained = of_outcome - effect * of_lever
    by_group = np.bincount(own, weights=unexplained * of_lever)
    error = math.sqrt(float(by_group @ by_group) * n_groups / (n_groups - 1)) / squares
    cut = float(student.ppf((1 + LEVEL) / 2, n_groups - 1))
    low, high = effect - cut * error, effect + cut * error
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    spread = float(unexplained @ unexplained)
    strength = nearest * math.sqrt(squares / spread) if spread > 0 else math.inf
    told = None if groups is None else n_groups
    return AdjustedEffect(effect, error, low, high, robustness_value(strength), min(1.0, left), n, told)


def robustness_value(strength: float) -> float:
    """The share, 0 to 1, that explains away an effect of this strength (partial f: |t| / sqrt of its freedom)."""
    if math.isnan(strength) or strength < 0:
        raise InvalidInputError("The strength of an effect is a number of 0 or more.")
    # (sqrt(f^4 + 4 f^2) - f^2) / 2 without the difference of two large numbers
    return 2 / (1 + math.sqrt(1 + 4 / strength**2)) if strength**2 > 0 else 0.0


def _left(values: Floats, controls: Floats, groups: Codes | None, seed: int) -> Floats:
    """What the controls do not say of the values, by models that did not see the case or its group: a line, then trees.

    A group that was seen could be told by its controls, and with it what only it has in common.
    """
    scale = float(values.std())
    found = np.empty(len(values))
    folds = (KFold if groups is None else GroupKFold)(_FOLDS, shuffle=True, random_state=seed)
    for learn, tell in folds.split(controls, groups=groups):
        seen = controls[learn]
        used = [place for place, column in enumerate(seen.T) if len(np.unique(column[np.isfinite(column)])) > 1]
        if not used:  # nothing differs among those learned from
            found[tell] = values[tell] - values[learn].mean()
            continue
        seen, asked = seen[:, used], controls[tell][:, used]
        filled, told = _filled(seen, seen), _filled(asked, seen)
        line = LinearRegression().fit(filled, values[learn] / scale)
        trees = HistGradientBoostingRegressor(
            max_iter=100, learning_rate=0.05, early_stopping=False, random_state=seed
        ).fit(seen, values[learn] / scale - line.predict(filled))
        found[tell] = values[tell] - scale * (line.predict(told) + trees.predict(asked))
    return found


def _filled(controls: Floats, learned_from: Floats) -> Floats:
    """Each column by the spread of those learned from, the missing at their mean, for the line."""
    known = np.isfinite(learned_from)
    n = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, learned_from, 0.0).sum(axis=0) / n
    spread = np.sqrt((np.where(known, learned_from - mean, 0.0) ** 2).sum(axis=0) / n)
    return np.where(np.isfinite(controls), (controls - mean) / np.where(spread > 0, spread, 1.0), 0.0)


def _check(outcomes: Floats, lever: Floats, controls: Floats, groups: Codes | None) -> None:
    n, n_told = len(lever), len(lever) if groups is None else len(groups)
    if controls.ndim != 2 or not len(outcomes) == len(controls) == n_told == n:
        raise InvalidInputError("Outcomes, lever, controls and groups must be of the same cases.")
    if controls.shape[1] == 0:
        raise InvalidInputError("An adjusted estimate needs at least one column known before the lever was set.")
    if not (np.isfinite(outcomes).all() and np.isfinite(lever).all()):
        raise InvalidInputError("The outcome and the lever need a number in each case.")
    if np.isinf(controls).any():
        raise InvalidInputError("A column known before the lever was set holds an infinite number.")
