"""Labelling in words: what the quick model is worth, how far people agree, what more labels bring."""

from collections.abc import Mapping
from typing import Any

from services.automl.metrics import METRICS
from services.labels.views import Agreement, Progress
from services.labels.worth import Gain, judge
from services.models.documents import restore
from services.valuation.amounts import format_money


def describe_progress(progress: Progress) -> str:
    """How far a task is, in one sentence."""
    if not progress.n_answers:
        return "Nobody has labelled a row yet."
    people = "one person" if progress.n_raters == 1 else f"{progress.n_raters} people"
    rest = f"; {_rows(progress.n_disputed)} seen differently" if progress.n_disputed else ""
    return f"{_rows(progress.n_agreed)} labelled by {people}{rest}."


def describe_quick_model(model: Mapping[str, Any] | None, *, is_fitting: bool = False) -> str:
    """How good the quick model is, or why there is none; what was said of fewer labels is not said again meanwhile."""
    score = (model or {}).get("score")
    if score is None and is_fitting:
        return "A first quick model is on its way."
    if score is None:
        return str((model or {}).get("note") or "There is no quick model yet.")
    right, low, high = (of_100(score[name]) for name in ("accuracy", "low", "high"))
    always = of_100(score["baseline"])
    compared = "better than" if score["low"] > score["baseline"] else "not surely better than"
    return (
        f"The quick model is right for {right} of 100 rows it has not seen ({low} to {high}), {compared} always saying "
        f"the most frequent class ({always} of 100)."
    )


def describe_sample(model: Mapping[str, Any]) -> str:
    """On which rows the score was taken, and what that means for it."""
    score = model["score"]
    if score["is_of_drawn"]:
        return f"Judged on {score['n']:,} labelled rows that chance chose, so that it speaks for all rows."
    return (
        f"Judged on {score['n']:,} labelled rows, most of them chosen for being hard: on all rows it may be better. "
        "From 30 rows that chance chose, it is judged on those alone."
    )


def describe_quick_money(model: Mapping[str, Any] | None, currency: str) -> str | None:
    """What acting on the quick model would be worth a year; None without money."""
    score = (model or {}).get("score")
    if score is None or score.get("yearly_amount") is None:
        return None
    amount = format_money(score["yearly_amount"], currency)
    if score["yearly_low"] is None:
        return f"about {amount} a year; too few rows to say how far off that may be"
    low, high = format_money(score["yearly_low"], currency), format_money(score["yearly_high"], currency)
    return f"about {amount} a year ({low} to {high}), before costs"


def describe_raters(agreement: Agreement) -> list[str]:
    """Raw agreement, chance-corrected agreement with its interval, and the paradox where it occurs."""
    if agreement.alpha is None:
        return []
    alpha = agreement.alpha
    reach = f" ({alpha.low:.2f} to {alpha.high:.2f})" if alpha.low is not None and alpha.high is not None else ""
    lines = [
        f"{agreement.n_equal:,} of {agreement.n_twice:,} rows that two people rated got the same class.",
        f"Beyond chance, agreement is {alpha.value:.2f}{reach}: Krippendorff’s alpha, 1 is perfect and 0 is chance.",
    ]
    kappa = agreement.kappa
    if kappa is not None:
        lines.append(f"Cohen’s kappa is {kappa.value:.2f} ({kappa.low:.2f} to {kappa.high:.2f}).")
        if kappa.has_paradox:
            lines.append(
                f"One class is so frequent that kappa is low although people agree on {of_100(kappa.raw_agreement)} of "
                f"100 rows: with equal classes it would be {kappa.pabak:.2f} (PABAK)."
            )
    return lines


def describe_worth(result: Mapping[str, Any], cost: float) -> str:
    """What more labels are worth against their cost; in the metric where there is no money."""
    gain = _gain(result.get("gain"))
    if result.get("currency"):
        return judge(gain, cost, str(result["currency"]))
    gain = _gain(result.get("score_gain"))
    if gain is None:
        return judge(None, cost, "EUR")
    label = METRICS[result["curve"]["metric"]].label
    return (
        f"{gain.n_more:,} more labels improve {label} by about {gain.amount:.3f} ({gain.low:.3f} to {gain.high:.3f}). "
        "Say what calls are worth on the page Money, and this becomes money."
    )


def n_more_of(result: Mapping[str, Any]) -> int:
    """How many more labels the answer is about."""
    gain = _gain(result.get("gain")) or _gain(result.get("score_gain"))
    return gain.n_more if gain else 1_000


def of_100(share: float) -> str:
    """A share as so many of 100."""
    return f"{100 * share:.0f}"


def _gain(document: Mapping[str, Any] | None) -> Gain | None:
    return restore(Gain, dict(document)) if document else None


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n:,} rows"
