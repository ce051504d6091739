"""The four numbers of a run, and its variants as dots."""

from portal.ui.charts import chart
from portal.ui.figures.run import trial_dots
from portal.ui.layout import Number, empty_state, metric_row, section
from services.automl import sentences
from services.automl.family_names import FAMILY_LABELS
from services.automl.views import RunView
from services.valuation.amounts import format_money


def run_numbers(run: RunView) -> list[Number]:
    """Worth, score, how much was tried, and whether trying more still helps."""
    gained, plateau = sentences.describe_last_gain(run)
    worth = _money_number(run) if run.has_money else _kinds_number(run)
    return [worth, _score_number(run), _tried_number(run), Number("Best found", gained, plateau)]


def _money_number(run: RunView) -> Number:
    if run.currency is None or run.best is None or run.best.value_amount is None:
        return Number("Best so far, a year", "–", sentences.describe_no_best(run))
    amount = run.best.value_amount - run.references.get("break_even", 0.0)
    words = f"{format_money(abs(amount), run.currency)} {'above' if amount >= 0 else 'below'} break-even, in the search"
    label = "Best so far, a year" if run.is_active else "Best of all, a year"
    return Number(label, format_money(run.best.value_amount, run.currency), words, "green" if amount >= 0 else "red")


def _kinds_number(run: RunView) -> Number:
    tried = len({trial.family for trial in run.complete_trials})
    leader = f"{sentences.family_label(run.best.family).lower()} leads" if run.best else sentences.describe_no_best(run)
    return Number("Kinds of model", f"{tried} of {len(FAMILY_LABELS)}", leader)


def _score_number(run: RunView) -> Number:
    folds = run.best.fold_scores if run.best else ()
    direction = "higher is better" if run.greater_is_better else "lower is better"
    spread = f"{min(folds):.3f} to {max(folds):.3f} over the folds" if folds else direction
    score = run.best.score if run.best else None
    return Number(sentences.metric_label(run.metric), sentences.format_score(score), spread)


def _tried_number(run: RunView) -> Number:
    ended = run.n_complete + run.n_failed
    words = f"{run.n_failed} gave no model" if run.n_failed else "all gave a model" if ended else "none has ended yet"
    return Number("Variants tried", f"{ended} of {run.n_trials_budget}", words)


def draw_run_figures(run: RunView) -> None:
    """The numbers of a run, and a dot for each variant."""
    metric_row(run_numbers(run))
    finding = sentences.describe_finding(run)
    if not run.complete_trials:
        if not run.trials:
            empty_state(":material/model_training:", "Nothing has been tried yet. Each variant appears here as a dot.")
        return
    with section(finding, "Each dot is one model; higher earns more" if run.has_money else "Each dot is one model"):
        alt = f"{sentences.metric_label(run.metric)} of each variant. {finding}."
        chart(trial_dots(run), alt, key="trial_dots")
