"""Fairness in words: counts a person reads, what the rules say of them, and what closing a gap costs.

Facts only. Whether a difference is lawful is not for a program to say, and no sentence does.
"""

from collections.abc import Iterable

from services.automl.values_in_words import number_in_words
from services.fairness.report import (
    Compared,
    FairnessReport,
    Gap,
    Group,
    Harm,
    Mean,
    Option,
    Proxy,
    Rate,
    Standing,
    Verdict,
)
from services.fairness.tolerance import SURE, gap_that_matters
from services.valuation.amounts import format_money

STANDINGS: dict[Standing, str] = {
    "within": "within the gap agreed",
    "beyond": "beyond the gap agreed",
    "untold": "not enough data to tell",
    "none": "no gap agreed",
}
LEGAL_NUMBER = (
    "A correction for each group needs to know the group of a person when the model is asked. Have that looked at by "
    "whoever answers for the law before it is used. These are facts about rows, and no legal conclusion."
)
LEGAL = (
    "A threshold for each group needs to know the group of a person when the model is asked. Have that looked at by "
    "whoever answers for the law before it is used. These are facts about rows, and no legal conclusion."
)
IMPOSSIBLE = (
    "The outcome is not equally frequent in the groups. Then no model can say true chances and give all groups the "
    "same share of missed cases and of false alarms at once: somebody has to say which harm matters more."
)
LEGAL_CLASSES = (
    "A number added for each group before the likeliest class is taken needs to know the group of a person when the "
    "model is asked. Have that looked at by whoever answers for the law before it is used. These are facts about rows, "
    "and no legal conclusion."
)
NOTHING_COMPARED = "No two groups have enough rows to be compared"
_GRAVITY: dict[Standing, int] = {"none": 0, "within": 1, "untold": 2, "beyond": 3}
_VERDICT: dict[Verdict, int] = {"too few": 0, "not indicated": 1, "possible": 2, "indicated": 3}


def finding_of(report: FairnessReport) -> str:
    """What was found of the column that matters most, in counts; or that nothing could be compared."""
    worst = worst_of(report)
    return NOTHING_COMPARED if worst is None else f"{counts_sentence(report, worst)}{_agreed_clause(report, worst)}"


def worst_of(report: FairnessReport) -> Compared | None:
    """The single column, or the two together, with the gravest gap; None where nothing could be compared."""
    known = [one for one in report.compared if gap_that_matters(one.gaps, report.harm) is not None]

    def gravity(one: Compared) -> tuple[int, int, int, float]:
        gap = gap_that_matters(one.gaps, report.harm)
        size = gap.value if gap else 0.0
        return _GRAVITY[one.standing], _VERDICT[one.verdict], -len(one.columns), size

    return max(known, key=gravity, default=None)


def gravest(report: FairnessReport) -> tuple[Standing, Verdict]:
    """Of all columns the gravest standing against the tolerance, and the gravest verdict of the four-fifths rule."""
    standing: Standing = max((one.standing for one in report.compared), key=_GRAVITY.__getitem__, default="none")
    verdict: Verdict = max((one.verdict for one in report.compared), key=_VERDICT.__getitem__, default="too few")
    return standing, verdict


def counts_sentence(report: FairnessReport, compared: Compared) -> str:
    """ "Of 100 cases where churn is Yes, 81 are found where age is under 25, and 88 where it is 60 or more"."""
    low, high = _ends(report.harm, compared.groups)
    if low is None or high is None:
        return f"{_named(compared.columns)}: no two groups have enough rows to be compared"
    one, other = _where(compared.columns, low.name), _where(compared.columns, high.name)
    if report.harm == "error":
        return f"On average {report.target} is said {_error(low)} where {one}, and {_error(high)} where {other}"
    happens = f"{report.target} is {outcome_of(report)}"
    counts = [round(100 * _rate(report.harm, group).value) for group in (low, high)]
    if report.favourable:
        one_of = "it" if len(report.favourable) == 1 else "one of these"
        return (
            f"Of 100 cases where {happens}, {counts[0]} are given {one_of} where {one}, and {counts[1]} where {other}"
        )
    if report.harm == "missed":
        return f"Of 100 cases where {happens}, {counts[0]} are found where {one}, and {counts[1]} where {other}"
    return f"Of 100 cases where not {happens}, {counts[0]} are acted on where {one}, and {counts[1]} where {other}"


def outcome_of(report: FairnessReport) -> str:
    """What it is about: the positive class, or the favourable ones of several: "gold, silver or bronze"."""
    if not report.favourable:
        return str(report.positive_label)
    *others, last = report.favourable
    return f"{', '.join(others)} or {last}" if others else last


def gap_sentence(report: FairnessReport, compared: Compared) -> str:
    """The gap with its interval, and what was agreed of it."""
    gap = gap_that_matters(compared.gaps, report.harm)
    if gap is None:
        return "Fewer than two groups have enough rows: that is no gap of 0, it is not known."
    size, ends = gap_in_words(report.harm, gap.value), ""
    if gap.low is not None and gap.high is not None:
        ends = f", 19 times in 20 between {_plain(report.harm, gap.low)} and {gap_in_words(report.harm, gap.high)}"
    return f"The gap is {size}{ends}{_agreed_clause(report, compared)}."


def rule_sentence(report: FairnessReport, compared: Compared) -> str:
    """What the four-fifths rule says of the group that is worst off by it."""
    ratios = [(group, group.rule) for group in compared.groups if group.rule is not None]
    done = "left alone" if report.harm == "false_alarm" else "given it" if report.favourable else "acted on"
    if len(ratios) < 2 and sum(group.is_counted for group in compared.groups) > 1:
        return f"The four-fifths rule cannot be applied: nobody is {done} in groups that are large enough."
    if len(ratios) < 2:
        return "The four-fifths rule cannot be applied: fewer than two groups have 30 rows and 2 % of all."
    group, rule = min(ratios, key=lambda pair: (-_VERDICT[pair[1].verdict], pair[1].value))
    best = max(ratios, key=lambda pair: (pair[1].n_hits / pair[1].n, pair[1].n))[0]
    has_reach = rule.low is not None and rule.high is not None
    reach = f", 19 times in 20 between {rule.low:.0%} and {rule.high:.0%}" if has_reach else ""
    numbers = (
        f"where {_where(compared.columns, group.name)}, {rule.n_hits:,} of {rule.n:,} are {done}, "
        f"{rule.value:.0%} as often as where {_where(compared.columns, best.name)}{reach} ({p_in_words(rule.p)})"
    )
    if rule.verdict == "indicated":
        return f"By the four-fifths rule a disadvantage is indicated: {numbers}."
    if rule.verdict == "possible" and rule.p < SURE:
        return (
            "By the four-fifths rule no disadvantage is indicated, yet there is a difference, more than chance "
            f"explains and at most a fifth: {numbers}."
        )
    if rule.verdict == "possible":
        return f"By the four-fifths rule a disadvantage is possible, the numbers leave it open: {numbers}."
    return f"By the four-fifths rule no disadvantage is indicated: at the lowest, {numbers}."


def proxy_sentence(proxy: Proxy) -> str:
    """How well other columns tell a group, and which."""
    names = ", ".join(f"“{name}” ({area:.2f} alone)" for name, area in proxy.columns[:3])
    area = f"AUC {proxy.area:.2f}, 19 times in 20 between {proxy.low:.2f} and {proxy.high:.2f}, {proxy.n:,} rows"
    if not proxy.is_warning:
        return f"The other columns hardly tell the groups: at best “{proxy.group}” ({area})."
    most = f" Most is told by {names}." if names else ""
    return (
        f"The other columns tell who belongs to “{proxy.group}” ({area}).{most} "
        "Leaving the sensitive column out of a model hides little from it then."
    )


def option_name(option: Option) -> str:
    """What is done."""
    of_classes = {
        "one": "A lead for all before the favourable classes are given, chosen anew for money",
        "acted": "A lead for each group: the same share is given a favourable class",
        "found": "A lead for each group: the same share of those it is true of is given one",
    }
    if option.right is not None and option.code in of_classes:
        return of_classes[option.code]
    return {
        "as_is": "As it is",
        "one": "One threshold for all, chosen anew for money",
        "acted": "A threshold for each group: the same share acted on",
        "found": "A threshold for each group: the same share found",
        "alarms": "A threshold for each group: the same share of false alarms",
        "shift": "A correction for each group: its mean error is taken off",
        "line": "A correction for each group: a line from what is said to what happens",
    }.get(option.code) or f"Fitted without {_named(option.without)}"


def option_gap(option: Option, harm: Harm) -> Gap | None:
    """The gap of an option that matters."""
    return {"missed": option.found, "false_alarm": option.alarms, "error": option.bias}[harm]


def price_sentence(report: FairnessReport, options: Iterable[Option]) -> str:
    """What the smallest gap would cost: "Closing the gap from 12 to 3 points costs about €4.1k a year"."""
    known = [(option, gap) for option in options if (gap := option_gap(option, report.harm)) is not None]
    if not known or known[0][0].code != "as_is":
        return "Nothing can be compared: fewer than two groups have enough rows"
    now = known[0][1]
    best, gap = min(known, key=lambda pair: pair[1].value)
    if best.code == "as_is":
        return f"None of these ways makes the gap of {gap_in_words(report.harm, now.value)} smaller"
    closing = f"Closing the gap from {_plain(report.harm, now.value)} to {gap_in_words(report.harm, gap.value)}"
    if best.extra is None or report.currency is None:
        return f"{closing} is possible; without payoffs nobody can say what it costs"
    return f"{closing} {_cost(best.extra, report.currency)}"


def money_in_words(mean: Mean | None, currency: str | None, *, sign: bool = False) -> str:
    """An amount with its interval; a dash where there is none."""
    if mean is None or currency is None:
        return "–"
    amount = format_money(mean.value, currency, sign=sign)
    if mean.low is None or mean.high is None:
        return amount
    return f"{amount} ({format_money(mean.low, currency, sign=sign)} to {format_money(mean.high, currency, sign=sign)})"


def rate_in_words(rate: Rate | None) -> str:
    """ "81 of 100 (74 to 87)"; that n is too small where it is not known."""
    if rate is None:
        return "n too small"
    return f"{100 * rate.value:.0f} of 100 ({100 * rate.low:.0f} to {100 * rate.high:.0f}), n = {rate.n:,}"


def gap_in_words(harm: Harm, size: float) -> str:
    """In points, or in units of the outcome."""
    return _plain(harm, size) if harm == "error" else _points(size)


def p_in_words(p: float) -> str:
    """Of Fisher's test."""
    return "Fisher p below 0.001" if p < 0.001 else f"Fisher p = {p:.3f}"


def _agreed_clause(report: FairnessReport, compared: Compared) -> str:
    if report.agreed is None or compared.standing == "none":
        return ""
    largest = gap_in_words(report.harm, report.agreed.largest_gap)
    return {
        "within": f": within the {largest} agreed",
        "beyond": f": beyond the {largest} agreed",
    }.get(compared.standing, f": not enough data to tell whether that is within the {largest} agreed")


def _cost(extra: Mean, currency: str) -> str:
    if extra.low is None or extra.high is None:
        return f"changes the money by {format_money(extra.value, currency, sign=True)} a year"
    low, high = format_money(extra.low, currency), format_money(extra.high, currency)
    if extra.low <= 0 <= extra.high:
        return f"has no price that can be told from chance: money changes by between {low} and {high} a year"
    if extra.value < 0:
        least, most = format_money(-extra.high, currency), format_money(-extra.low, currency)
        return f"costs about {format_money(-extra.value, currency)} a year, 19 times in 20 between {least} and {most}"
    return f"even brings about {format_money(extra.value, currency)} a year, 19 times in 20 between {low} and {high}"


def _ends(harm: Harm, groups: Iterable[Group]) -> tuple[Group | None, Group | None]:
    """The groups with the lowest and the highest value of what matters."""
    if harm == "error":
        numbers = sorted((group for group in groups if group.bias is not None), key=lambda group: _bias(group))
        return (numbers[0], numbers[-1]) if len(numbers) > 1 else (None, None)
    known = [group for group in groups if (group.found if harm == "missed" else group.alarms) is not None]
    known.sort(key=lambda group: _rate(harm, group).value)
    return (known[0], known[-1]) if len(known) > 1 else (None, None)


def _rate(harm: Harm, group: Group) -> Rate:
    rate = group.found if harm == "missed" else group.alarms
    assert rate is not None  # callers have looked
    return rate


def _bias(group: Group) -> float:
    return group.bias.value if group.bias else 0.0


def _error(group: Group) -> str:
    bias = _bias(group)
    return f"{number_in_words(abs(bias))} too {'high' if bias >= 0 else 'low'}"


def _where(columns: tuple[str, ...], name: str) -> str:
    return f"{_named(columns)} {'is' if len(columns) == 1 else 'are'} {name}"


def _named(columns: tuple[str, ...]) -> str:
    return " and ".join([", ".join(columns[:-1]), columns[-1]] if len(columns) > 1 else columns)


def _points(share: float) -> str:
    points = f"{100 * share:.0f}"
    return "1 point" if points == "1" else f"{points} points"


def _plain(harm: Harm, size: float) -> str:
    return number_in_words(size) if harm == "error" else f"{100 * size:.0f}"
