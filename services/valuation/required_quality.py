"""How good a model must be to pay back, before there is one.

A model is described by its area under the ROC curve. Scores of positives and of negatives are taken to be normal with
equal spread (the equal-variance binormal model), which fixes the trade-off between finding and false alarms.

References
----------
D. Green and J. Swets, *Signal Detection Theory and Psychophysics*, 1966.
F. Provost and T. Fawcett, *Data Science for Business*, 2013, chapters 7 and 8.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

from services.valuation.payoffs import PayoffMatrix
from services.valuation.policy import treat_all_value

_NORMAL = NormalDist()
_BEST_AUC = 1 - 1e-9
_N_HALVINGS = 60
_LARGEST_CUT = 40.0  # standard deviations; the normal tail beyond is 0 in double precision


@dataclass(frozen=True, slots=True)
class Situation:
    """A decision that repeats: its payoffs, the share of positives, and the share of cases that can be acted on."""

    payoffs: PayoffMatrix
    base_rate: float
    capacity_rate: float | None = None

    @property
    def value_without_model(self) -> float:
        """Money per case of the better of acting on nobody and acting on everyone (or as many as capacity allows)."""
        return max(0.0, treat_all_value(self.payoffs, self.base_rate, capacity_rate=self.capacity_rate))

    def value(self, found_rate: float, false_alarm_rate: float) -> float:
        """Money per case against acting on nobody."""
        positives, negatives = self.base_rate * found_rate, (1 - self.base_rate) * false_alarm_rate
        return positives * self.payoffs.gain - negatives * self.payoffs.loss

    def share_acted(self, found_rate: float, false_alarm_rate: float) -> float:
        """Share of the cases acted on."""
        return self.base_rate * found_rate + (1 - self.base_rate) * false_alarm_rate


@dataclass(frozen=True, slots=True)
class Quality:
    """A model of a given quality, used as well as it can be.

    Attributes
    ----------
    auc
        Area under the ROC curve: of all pairs of a positive and a negative, the share it ranks right.
    found_rate
        Share of the positives acted on.
    false_alarm_rate
        Share of the negatives acted on.
    share_acted
        Share of all cases acted on.
    precision
        Share of positives among the cases acted on; 0 where nobody is.
    value_per_case
        Money per case against acting on nobody.
    """

    auc: float
    found_rate: float
    false_alarm_rate: float
    share_acted: float
    precision: float
    value_per_case: float


def best_use(situation: Situation, auc: float) -> Quality:
    """The most valuable cut of a model with this AUC (0.5 to below 1), within capacity."""
    distance = math.sqrt(2) * _NORMAL.inv_cdf(min(max(auc, 0.5), _BEST_AUC))
    cut = max(_free_cut(situation, distance), _capacity_cut(situation, distance))
    found, false_alarms = _NORMAL.cdf(distance - cut), _NORMAL.cdf(-cut)
    acted = situation.share_acted(found, false_alarms)
    return Quality(
        auc=auc,
        found_rate=found,
        false_alarm_rate=false_alarms,
        share_acted=acted,
        precision=situation.base_rate * found / acted if acted else 0.0,
        value_per_case=situation.value(found, false_alarms),
    )


def required_quality(situation: Situation, fixed_per_case: float) -> Quality | None:
    """The poorest model that is worth its cost; None where even a perfect one is not.

    Parameters
    ----------
    fixed_per_case
        Cost of having a model at all, per case decided (yearly cost over yearly cases).
    """
    needed = situation.value_without_model + fixed_per_case
    if best_use(situation, _BEST_AUC).value_per_case < needed:
        return None
    low, high = 0.5, _BEST_AUC
    for _ in range(_N_HALVINGS):
        middle = (low + high) / 2
        if best_use(situation, middle).value_per_case >= needed:
            high = middle
        else:
            low = middle
    return best_use(situation, high)


def break_even_precision(payoffs: PayoffMatrix, fixed_amount: float, n_actions: float) -> float:
    """Share of right calls at which `n_actions` actions earn the fixed amount; above 1 it cannot be reached."""
    return payoffs.threshold + fixed_amount / (n_actions * (payoffs.gain + payoffs.loss))


def break_even_recall(
    payoffs: PayoffMatrix, fixed_amount: float, *, n_cases: float, base_rate: float, precision: float
) -> float | None:
    """Share of the positives to find, at a given precision, to earn the fixed amount; None where no call earns."""
    earned_per_find = payoffs.gain - payoffs.loss * (1 - precision) / precision
    return fixed_amount / (n_cases * base_rate * earned_per_find) if earned_per_find > 0 else None


def _free_cut(situation: Situation, distance: float) -> float:
    """The cut at which one more action stops paying, where nothing limits the number of actions."""
    gain, loss = situation.payoffs.gain * situation.base_rate, situation.payoffs.loss * (1 - situation.base_rate)
    if loss <= 0:
        return -_LARGEST_CUT
    if gain <= 0:  # also where so small a gain, times the base rate, is 0 in double precision
        return _LARGEST_CUT
    slope = math.log(loss / gain)
    if distance < 1e-12:
        return math.copysign(_LARGEST_CUT, slope)
    return min(max(distance / 2 + slope / distance, -_LARGEST_CUT), _LARGEST_CUT)


def _capacity_cut(situation: Situation, distance: float) -> float:
    """The lowest cut that capacity allows."""
    if situation.capacity_rate is None or situation.capacity_rate >= 1:
        return -_LARGEST_CUT
    low, high = -_LARGEST_CUT, _LARGEST_CUT
    for _ in range(_N_HALVINGS):
        middle = (low + high) / 2
        if situation.share_acted(_NORMAL.cdf(distance - middle), _NORMAL.cdf(-middle)) > situation.capacity_rate:
            low = middle
        else:
            high = middle
    return high
