"""A comparison of variants in words."""

from collections.abc import Sequence

from services.automl.comparison import Against, TrialComparison
from services.automl.differences import Difference
from services.automl.metrics import METRICS
from services.automl.pins import Pinned
from services.automl.sentences import family_label, format_score
from services.valuation.amounts import format_money


def name_of(pinned: Pinned) -> str:
    """Gradient boosting 3.12."""
    return f"{family_label(pinned.trial.family)} {pinned.pin}"


def describe_comparison(comparison: TrialComparison) -> str:
    """The finding: the best of the others against the first, in money where there is any, and whether it is chance."""
    if not comparison.pinned:
        return "Pin two to five variants to see what sets them apart"
    if len(comparison.pinned) == 1:
        return f"{name_of(comparison.pinned[0])} is pinned; pin another to compare it with"
    told = [(item, difference) for item in comparison.against if (difference := _main(item)) is not None]
    if not told:
        return "These variants were not judged on the same rows, so their scores are no fair comparison"
    item, difference = max(told, key=lambda pair: _gain(pair[0], pair[1]))
    return describe_difference(comparison, item, difference, in_money=item.money is not None)


def describe_difference(comparison: TrialComparison, item: Against, difference: Difference, *, in_money: bool) -> str:
    """One variant against the first, with the interval that says whether chance explains it."""
    first, other = name_of(comparison.pinned[0]), name_of(item.pinned)
    if not difference.is_clear:
        return f"{other} and {first} cannot be told apart{_interval(comparison, difference, in_money)}"
    amount = _amount(comparison, abs(difference.value), in_money)
    interval = _interval(comparison, difference, in_money)
    if in_money:
        return f"{other} earns {amount} a year {'more' if difference.value > 0 else 'less'} than {first}{interval}"
    metric = METRICS[item.pinned.run.metric]
    is_better = (difference.value > 0) == metric.greater_is_better
    return f"{other} is {'better' if is_better else 'worse'} than {first} by {amount} in {metric.label}{interval}"


def format_difference(comparison: TrialComparison, difference: Difference, *, in_money: bool) -> str:
    """+€14k (€3k to €25k), +0.012 (0.004 to 0.020)."""
    sign = "+" if difference.value > 0 else ""
    value = f"{sign}{_amount(comparison, difference.value, in_money)}"
    if difference.low is None or difference.high is None:
        return value
    ends = [_amount(comparison, end, in_money) for end in (difference.low, difference.high)]
    return f"{value} ({ends[0]} to {ends[1]})"


def describe_folds(pinned: Sequence[Pinned]) -> str:
    """Whether one is the best in every fold."""
    metric = METRICS[pinned[0].run.metric]
    n_folds = min(len(item.trial.fold_scores) for item in pinned)
    better = max if metric.greater_is_better else min
    winners = [better(pinned, key=lambda item: item.trial.fold_scores[fold]) for fold in range(n_folds)]
    ahead = max(pinned, key=winners.count)
    return f"{name_of(ahead)} is ahead in {winners.count(ahead)} of {n_folds} folds"


def _main(item: Against) -> Difference | None:
    return item.money or item.score


def _gain(item: Against, difference: Difference) -> float:
    is_loss = item.money is None and not METRICS[item.pinned.run.metric].greater_is_better
    return -difference.value if is_loss else difference.value


def _interval(comparison: TrialComparison, difference: Difference, in_money: bool) -> str:
    if difference.low is None or difference.high is None:
        return ""
    ends = [_amount(comparison, end, in_money) for end in (difference.low, difference.high)]
    return f": between {ends[0]} and {ends[1]} at 95%"


def _amount(comparison: TrialComparison, value: float, in_money: bool) -> str:
    if in_money and comparison.currency is not None:
        return format_money(value, comparison.currency)
    return format_score(value).replace("-", "−")
