"""How a model treats each group: shares with intervals, what is too small to say, and how far groups are apart.

References
----------
Hardt, Price & Srebro (2016), Equality of Opportunity in Supervised Learning (equalised odds, equal opportunity).
Chouldechova (2017), Big Data 5:153; Kleinberg et al. (2017): with other base rates not all rates can be equal at once.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.automl.intervals import delong
from services.fairness.four_fifths import judge_ratios
from services.fairness.groups import Grouping
from services.fairness.means import mean_of, standard_error
from services.fairness.rates import (
    Counts,
    rate,
    smallest_ratio,
    widest_difference,
    widest_mean_difference,
)
from services.fairness.report import Gap, Gaps, Group, Harm, Mean

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
LEAST_ROWS, LEAST_OF_KIND = 30, 5


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Rows whose outcome is known, and what the model says of them.

    Attributes
    ----------
    y
        Whether the outcome happened (n,).
    scores, acted
        Its probability as predicted, and whether that is acted on (n,).
    worth, weights
        Money of acting on each row relative to not acting, and the weight that brings rows to the base rate of use
        (n,); None without payoffs.
    """

    y: Flags
    scores: Floats
    acted: Flags
    worth: Floats | None = None
    weights: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Rows of each of k groups: all, in which it happens, that are acted on, and both."""

    n: Counts
    n_positive: Counts
    n_acted: Counts
    n_found: Counts

    @property
    def n_negative(self) -> Counts:
        """In which it does not happen."""
        return self.n - self.n_positive

    @property
    def n_alarms(self) -> Counts:
        """Acted on although it does not happen."""
        return self.n_acted - self.n_found

    @property
    def are_large(self) -> Flags:
        """Groups with the rows that a comparison needs (k,)."""
        return np.asarray(self.n >= LEAST_ROWS)

    @property
    def have_positives(self) -> Flags:
        """Large groups with enough rows in which it happens (k,)."""
        return self.are_large & (self.n_positive >= LEAST_OF_KIND)

    @property
    def have_negatives(self) -> Flags:
        """Large groups with enough rows in which it does not (k,)."""
        return self.are_large & (self.n_negative >= LEAST_OF_KIND)


def count(grouping: Grouping, y: Flags, acted: Flags) -> Counted:
    """Rows of each group by outcome and decision."""

    def per_group(rows: Flags) -> Counts:
        return np.bincount(grouping.codes[rows], minlength=len(grouping.names)).astype(np.int64)

    return Counted(grouping.sizes, per_group(y), per_group(acted), per_group(acted & y))


def measure_groups(grouping: Grouping, rows: Answered, harm: Harm = "missed") -> tuple[Group, ...]:
    """Each group, in the order of the grouping.

    Parameters
    ----------
    harm
        Where a false alarm is what harms, being left alone is the better treatment, and the four-fifths rule compares
        the shares that are left alone.
    """
    counted = count(grouping, rows.y, rows.acted)
    better = counted.n - counted.n_acted if harm == "false_alarm" else counted.n_acted
    rules = judge_ratios(better, counted.n)
    return tuple(
        replace(_group(name, grouping.codes == place, counted, place, rows), rule=rules[place])
        for place, name in enumerate(grouping.names)
    )


def measure_gaps(counted: Counted, biases: Floats | None = None, errors: Floats | None = None) -> Gaps:
    """How far apart the groups are that are large enough.

    Parameters
    ----------
    biases, errors
        Mean prediction less what happened of each group (k,), with standard errors.
    """
    large, positive, negative = counted.are_large, counted.have_positives, counted.have_negatives
    found = widest_difference(counted.n_found[positive], counted.n_positive[positive])
    alarms = widest_difference(counted.n_alarms[negative], counted.n_negative[negative])
    bias = None if biases is None or errors is None else widest_mean_difference(biases[large], errors[large])
    return Gaps(
        acted=widest_difference(counted.n_acted[large], counted.n[large]),
        acted_ratio=smallest_ratio(counted.n_acted[large], counted.n[large]),
        found=found,
        alarms=alarms,
        odds=_odds(counted, positive & negative),
        odds_ratio=_ratio_of_odds(counted, positive & negative),
        bias=bias,
    )


def bias_of(grouping: Grouping, differences: Floats) -> tuple[Floats, Floats]:
    """Mean difference of prediction and outcome in each group (k,), and its standard error; NaN below two rows."""
    means, errors = np.full(len(grouping.names), np.nan), np.full(len(grouping.names), np.nan)
    for place in range(len(grouping.names)):
        own = differences[grouping.codes == place]
        if len(own) > 1:
            means[place], errors[place] = own.mean(), standard_error(own)
    return means, errors


def have_other_rates(counted: Counted) -> bool:
    """Whether the outcome surely differs in frequency between two groups that are large enough."""
    large = counted.are_large
    gap = widest_difference(counted.n_positive[large], counted.n[large])
    return gap is not None and gap.low is not None and gap.low > 0


def _group(name: str, own: Flags, counted: Counted, place: int, rows: Answered) -> Group:
    n, positive, acted, found = (
        int(part[place]) for part in (counted.n, counted.n_positive, counted.n_acted, counted.n_found)
    )
    group = Group(name, n, bool(counted.are_large[place]), positive, acted)
    if not group.is_counted:
        return group
    has_positives, has_negatives = bool(counted.have_positives[place]), bool(counted.have_negatives[place])
    return replace(
        group,
        acted=rate(acted, n),
        found=rate(found, positive) if has_positives else None,
        alarms=rate(acted - found, n - positive) if has_negatives else None,
        precision=rate(found, acted) if acted >= LEAST_OF_KIND else None,
        bias=mean_of(rows.scores[own] - rows.y[own]),
        area=_area(rows.y[own], rows.scores[own]) if has_positives and has_negatives else None,
        worth=_worth(rows, own),
    )


def _area(y: Flags, scores: Floats) -> Mean:
    area, low, high = delong(y, scores)
    return Mean(area, low, high, "DeLong", len(y))


def _worth(rows: Answered, own: Flags) -> Mean | None:
    if rows.worth is None or rows.weights is None:
        return None
    return mean_of(np.where(rows.acted[own], rows.worth[own], 0.0), rows.weights[own])


def _odds(counted: Counted, usable: Flags) -> Gap | None:
    """The worse of the two gaps of equalised odds; the interval is that of both looked at together."""
    gaps = [
        widest_difference(counted.n_found[usable], counted.n_positive[usable], family=2),
        widest_difference(counted.n_alarms[usable], counted.n_negative[usable], family=2),
    ]
    known = [gap for gap in gaps if gap is not None]
    if not known:
        return None
    ends = [(gap.low or 0.0, gap.high or 0.0) for gap in known]
    return Gap(
        max(gap.value for gap in known),
        max(low for low, _high in ends),
        max(high for _low, high in ends),
        known[0].method,
        known[0].n_groups,
    )


def _ratio_of_odds(counted: Counted, usable: Flags) -> Gap | None:
    """The smaller of the two ratios of equalised odds; the interval is that of both looked at together."""
    ratios = [
        smallest_ratio(counted.n_found[usable], counted.n_positive[usable], family=2),
        smallest_ratio(counted.n_alarms[usable], counted.n_negative[usable], family=2),
    ]
    known = [ratio for ratio in ratios if ratio is not None]
    if not known:
        return None
    return Gap(
        min(ratio.value for ratio in known),
        min(ratio.low or 0.0 for ratio in known),
        min(1.0 if ratio.high is None else ratio.high for ratio in known),
        known[0].method,
        known[0].n_groups,
    )
