"""How good a model is: its scores on rows kept aside, and how true its answers are."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from portal.ui.charts import kept_chart
from portal.ui.figures.model import actual_vs_predicted, calibration
from portal.ui.layout import Number, section
from portal.ui.text import escape_markdown
from services.automl.metrics import METRICS
from services.automl.more_rows import describe_more_rows
from services.models.outcomes import Outcome
from services.models.report import Between, Estimate, Evaluation, PlainComparison
from services.models.sentences import describe_interval, format_score
from services.valuation.amounts import format_money

_MOST_LINES = 3  # a rule of more says less than its row in the table


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
    if evaluation.more_rows is not None:
        with section("Would more rows help?"):
            st.markdown(escape_markdown(describe_more_rows(evaluation.more_rows, evaluation.metric)))


def draw_need(evaluation: Evaluation) -> None:
    """Whether a model is needed: plain rules beside it, in money and metric. Models of before were not compared."""
    plain = evaluation.plain
    if plain is None:
        return
    words = (
        f"Rules found in the same folds, on the same {plain.n:,} rows the search judged its models on, each with its "
        "95% interval on these rows"
    )
    with section("Do we need a model?", words):
        st.markdown(f"**{escape_markdown(plain.verdict)}**")
        rows = need_rows(plain)
        st.dataframe(rows, hide_index=True, alt=plain.verdict, column_config={"Score": METRICS[plain.metric].label})
        for rule in (rule for rule in plain.alternatives if len(rule.lines) <= _MOST_LINES):
            lines = "".join(f"\n- {escape_markdown(line)}" for line in rule.lines)
            st.markdown(f"The {rule.name}:{lines}")


def need_rows(plain: PlainComparison) -> list[dict[str, str]]:
    """The model, each plain rule, acting on everybody and a guess, with money first where there is some."""
    found: list[tuple[str, float | None, float | None, Between]] = [
        ("The model", plain.model_value, plain.model_score, plain.model_between),
        *((rule.name.capitalize(), rule.yearly_value, rule.score, rule.between) for rule in plain.alternatives[::-1]),
    ]
    if plain.everyone_value is not None:
        found.append(("Acting on everybody", plain.everyone_value, None, Between()))
    found.append(("The same for all", 0.0, plain.guess_score, Between()))
    rows = []
    for name, value, score, between in found:
        row = {"Way": name}
        if plain.currency is not None:
            spell = partial(format_money, currency=plain.currency)
            row["Yearly value"] = spell(value or 0.0)
            row["95% of the value"] = _interval(between.value_low, between.value_high, spell)
        row["Score"] = "–" if score is None else format_score(score)
        row["95% of the score"] = _interval(between.score_low, between.score_high, format_score)
        rows.append(row)
    return rows


def _interval(low: float | None, high: float | None, spell: Callable[[float], str]) -> str:
    return "–" if low is None or high is None else f"{spell(low)} to {spell(high)}"


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
