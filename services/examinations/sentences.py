"""An examination in words: the verdict, the worst slices, what stress costs."""

from collections.abc import Mapping
from typing import Any

from services.automl.metrics import METRICS
from services.automl.values_in_words import number_in_words, share_in_words
from services.examinations.report import (
    AMBER,
    FAILS,
    NOT_APPLICABLE,
    RED,
    ExaminationReport,
    Measured,
    SliceSearch,
    Stress,
    WorstSlice,
)
from services.examinations.views import ExaminationView
from services.valuation.amounts import format_money


def verdict_of(view: ExaminationView) -> str:
    """What stands in the way, in one sentence."""
    return _verdict(len(view.open), view.n_asked)


def describe_short(document: Mapping[str, Any]) -> str:
    """The verdict of a stored report before anybody answered, for a list. It names no column."""
    states = [finding["state"] for finding in document["findings"]]
    n_open, n_failed = (
        sum(state in (AMBER, RED) for state in states),
        sum(result["state"] == FAILS for result in document["assertions"]),
    )
    failed = f" {n_failed} of {len(document['assertions'])} assertions fail." if n_failed else ""
    return f"{_verdict(n_open, sum(state != NOT_APPLICABLE for state in states))}.{failed}"


def explain_verdict(view: ExaminationView) -> str:
    """What was asked, on which rows, and what was answered already."""
    n_answered = sum(one.finding.asks and not one.is_open for one in view.findings)
    n_not = len(view.findings) - view.n_asked
    parts = [f"{view.report.n_rows:,} rows that copies of the model had not learned from were looked at, none sealed."]
    if n_answered:
        parts.append(f"{_many(n_answered, 'finding')} {'has' if n_answered == 1 else 'have'} been answered.")
    if n_not:
        parts.append(f"{_many(n_not, 'check')} could not be asked of this model.")
    if not view.is_current:
        parts.append("The threshold is another one since; examine it again.")
    return " ".join(parts)


def slices_title(report: ExaminationReport) -> str:
    """Whether there are rows the model is clearly worse at."""
    found = report.slices.found
    if report.slices.obstacle:
        return "Worst slices could not be searched for"
    if not found:
        return "No slice is clearly worse than the rest"
    return f"{_many(len(found), 'slice')} {'is' if len(found) == 1 else 'are'} clearly worse than the rest"


def describe_search(search: SliceSearch) -> str:
    """How the slices were found, so that nobody takes luck for a finding."""
    if search.obstacle:
        return search.obstacle
    if search.n_tested:
        were = "stood out and was" if search.n_tested == 1 else "stood out and were"
        rows = f"{search.n_confirming:,} rows"
        tested = f"{search.n_tested:,} of them {were} tested on the other {rows}, whose figures are shown"
    else:
        tested = "none of them stood out"
    return (
        f"{_many(search.n_tried, 'slice')} of one to three conditions, each of at least {search.least_rows} rows, were "
        f"tried on {search.n_exploring:,} rows; {tested}. Of what is shown, at most 1 in 20 is expected to be chance "
        "(Benjamini–Hochberg)."
    )


def slice_name(found: WorstSlice) -> str:
    """Its conditions."""
    return " and ".join(found.conditions)


def describe_slice(found: WorstSlice, report: ExaminationReport) -> str:
    """One slice with its figures beside those of the other rows."""
    error, parts = found.error, []
    if report.task == "regression":
        figures = [number_in_words(value) for value in (error.value, error.low, error.high, error.beside)]
        parts.append(
            f"The answer is off by {figures[0]} on average ({figures[1]} to {figures[2]}), elsewhere by {figures[3]}"
        )
    else:
        shares = [share_in_words(value) for value in (error.value, error.low, error.high, error.beside)]
        parts.append(f"{shares[0]} of the answers are wrong ({shares[1]} to {shares[2]}), elsewhere {shares[3]}")
    if found.caught is not None:
        shares = [share_in_words(value) for value in (found.caught.value, found.caught.low, found.caught.high)]
        beside = share_in_words(found.caught.beside)
        parts.append(f"{shares[0]} of the cases are caught ({shares[1]} to {shares[2]}), elsewhere {beside}")
    if found.lost is not None and report.currency is not None:
        parts.append(_lost_in_words(found.lost, report.slices.capacity_rate, report.currency))
    if found.extra_yearly is not None and found.extra_yearly > 0 and report.currency is not None:
        parts.append(f"that is {format_money(found.extra_yearly, report.currency)} a year")
    return f"{'; '.join(parts)}. {found.n_confirmed:,} of {found.n:,} rows confirm it. {found.remark}".strip()


def describe_stress(stress: Stress, report: ExaminationReport) -> str:
    """What becomes of the model, in money where there is a price and in the score where there is none."""
    score = f"{METRICS[report.metric].label} {number_in_words(stress.score)}"
    if stress.amount is not None and report.currency is not None:
        low, high = stress.amount_low, stress.amount_high
        amount = format_money(abs(stress.amount), report.currency)
        between = ""
        if low is not None and high is not None:
            ends = [format_money(value, report.currency, sign=True) for value in (low, high)]
            between = f" ({ends[0]} to {ends[1]})"
        if low is not None and high is not None and low <= 0 <= high:
            return f"{stress.words}, no change of its worth can be told{between}; {score}."
        return f"{stress.words}, the model would be worth {amount} a year {_way(stress.amount)}{between}; {score}."
    change = number_in_words(abs(stress.change))
    if stress.low is not None and stress.high is not None and stress.low <= 0 <= stress.high:
        return f"{stress.words}, no change can be told; {score}."
    way = "better" if stress.change > 0 else "worse"
    between = ""
    if stress.low is not None and stress.high is not None:
        between = f" ({number_in_words(stress.low)} to {number_in_words(stress.high)})"
    return f"{stress.words}, {METRICS[report.metric].label} would be {change} {way}{between}."


def stress_title(report: ExaminationReport) -> str:
    """The worst that can happen to the inputs, in one sentence."""
    found = report.stresses.found
    if not found:
        return "No input was put under stress"
    worst = found[0]
    if worst.amount is not None and report.currency is not None:
        sure = next((one for one in found if one.amount_high is not None and one.amount_high < 0), None)
        if sure is None or sure.amount is None:
            return "No stress makes the model clearly worth less"
        return f"{sure.words}, the model would be worth {format_money(-sure.amount, report.currency)} a year less"
    label = METRICS[report.metric].label
    before, after = (number_in_words(value) for value in (report.stresses.score, worst.score))
    return f"{worst.words}, {label} would go from {before} to {after}"


def _lost_in_words(lost: Measured, capacity_rate: float | None, currency: str) -> str:
    amount, beside = format_money(abs(lost.value), currency), format_money(lost.beside, currency)
    if capacity_rate is None:
        return f"each row loses {amount} against a perfect decision, on average it is {beside}"
    best = f"the best decisions that act on {share_in_words(capacity_rate)} of the cases"
    if lost.value < 0:
        return f"each row brings {amount} more than by {best}, while on average one loses {beside}"
    return f"each row loses {amount} against {best}, on average it is {beside}"


def _verdict(n_open: int, n_asked: int) -> str:
    if not n_open:
        return f"None of {_many(n_asked, 'check')} needs an answer"
    return f"{n_open} of {_many(n_asked, 'check')} {'needs' if n_open == 1 else 'need'} an answer"


def _many(n: int, one: str, many: str | None = None) -> str:
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"


def _way(amount: float) -> str:
    return "less" if amount < 0 else "more"
