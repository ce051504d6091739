"""The four numbers of a run."""

from portal.ui.layout import Number
from services.automl import sentences
from services.automl.views import RunView
from services.valuation.amounts import format_money


def run_numbers(run: RunView) -> list[Number]:
    """Worth, score, how much was tried, and whether trying more still helps."""
    gained, plateau = sentences.describe_last_gain(run)
    tried = f"{run.n_complete + run.n_failed} of {run.n_trials_budget}"
    failed = f"{run.n_failed} gave no model" if run.n_failed else "all gave a model"
    return [
        _best_number(run),
        _score_number(run),
        Number("Variants tried", tried, failed),
        Number("Best found", gained, plateau),
    ]


def _best_number(run: RunView) -> Number:
    if run.best is None:
        return Number("Best so far", "–", "the first model usually takes under a minute")
    if run.currency is None or run.best.value_amount is None:
        return Number("Best kind so far", sentences.family_label(run.best.family), "without payoffs the metric decides")
    amount = run.best.value_amount - run.references.get("break_even", 0.0)
    is_above = amount >= 0
    words = f"{format_money(abs(amount), run.currency)} {'above' if is_above else 'below'} break-even"
    return Number(
        "Best so far, a year", format_money(run.best.value_amount, run.currency), words, "green" if is_above else "red"
    )


def _score_number(run: RunView) -> Number:
    folds = run.best.fold_scores if run.best else ()
    spread = (
        f"{min(folds):.3f} to {max(folds):.3f} over the folds"
        if folds
        else "higher is better"
        if run.greater_is_better
        else "lower is better"
    )
    return Number(
        sentences.metric_label(run.metric), sentences.format_score(run.best.score if run.best else None), spread
    )
