"""How good a model is: its scores on rows kept aside, and how true its answers are."""

from functools import partial

import streamlit as st

from portal.ui.charts import kept_chart
from portal.ui.figures.model import actual_vs_predicted, calibration
from portal.ui.layout import Number, section
from portal.ui.text import escape_markdown
from services.automl.metrics import METRICS
from services.models.outcomes import Outcome
from services.models.report import Estimate, Evaluation
from services.models.sentences import describe_interval, format_score
from services.valuation.amounts import format_money


def summarise(evaluation: Evaluation, outcome: Outcome | None) -> list[Number]:
    """The four numbers of a model: money and its consequences where it was priced, else its scores."""
    score = _score_number(evaluation.score)
    if outcome is not None:
        return [
            Number("Worth a year", format_money(outcome.yearly_value, outcome.currency), _likely(outcome)),
            Number("Cases caught", f"{outcome.recall * 100:.0f} of 100", "where it happens"),
            Number("Actions needed", f"{outcome.precision * 100:.0f} of 100", "the rest are for nothing"),
            score,
        ]
    others = [_score_number(estimate) for estimate in evaluation.scores if estimate.metric != evaluation.metric]
    guess = Number("A guess scores", format_score(evaluation.baseline_score), "the same score without a model")
    searched = Number("During the search", format_score(evaluation.cross_validated.value), "on rows used for choosing")
    return [score, guess, *others, searched][:4]


def draw_scores(evaluation: Evaluation) -> None:
    """Every score in a sentence, with its interval."""
    how = f"They were not used for anything before. {escape_markdown(evaluation.split)}".rstrip()
    with section(f"Tested once on {evaluation.n_holdout:,} rows kept aside", how):
        for estimate in evaluation.scores:
            st.markdown(f"- {escape_markdown(estimate.sentence)}")


def draw_truth(evaluation: Evaluation) -> None:
    """Predicted beside observed: calibration for yes or no, a scatter for numbers."""
    if evaluation.calibration:
        worst = max(evaluation.calibration, key=lambda bin_: abs(bin_.predicted - bin_.observed))
        finding = (
            f"Where it says {worst.predicted * 100:.0f} of 100, it happened in {worst.observed * 100:.0f}: "
            "its largest error"
        )
        title = "Its chances are off in places" if _is_off(evaluation) else "Its chances are honest"
        with section(title, f"{finding}. On the dotted line both agree; bars hold 95 of 100 samples."):
            bins = evaluation.calibration
            kept_chart(partial(calibration, bins), finding, of=("calibration", bins), key="calibration")
    if evaluation.actual_vs_predicted:
        text = f"{len(evaluation.actual_vs_predicted):,} rows kept aside; on the dotted line the prediction was exact"
        with section("Actual beside predicted", text):
            points = evaluation.actual_vs_predicted
            kept_chart(partial(actual_vs_predicted, points), text, of=("actual", points), key="actual_vs_predicted")


def _is_off(evaluation: Evaluation) -> bool:
    """Whether more than one group of ten lies outside its interval: one would be chance."""
    outside = [bin_ for bin_ in evaluation.calibration if not bin_.low <= bin_.predicted <= bin_.high]
    return len(outside) > 1


def _score_number(estimate: Estimate) -> Number:
    return Number(METRICS[estimate.metric].label, format_score(estimate.value), describe_interval(estimate))


def _likely(outcome: Outcome) -> str:
    if outcome.low is None or outcome.high is None:
        return "against acting on nobody"
    ends = [format_money(amount, outcome.currency) for amount in (outcome.low, outcome.high)]
    return f"{ends[0]} to {ends[1]}, before costs"
