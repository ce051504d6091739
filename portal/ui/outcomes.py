"""The money of a model: the profit curve, and what happens to whom."""

from functools import partial

import streamlit as st

from portal.ui.badges import Color
from portal.ui.charts import kept_chart
from portal.ui.figures.model import profit_curve
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.models.outcomes import Outcome
from services.models.report import Evaluation
from services.models.sentences import describe_evaluated_amounts, describe_reference
from services.models.signature import Signature
from services.valuation.amounts import format_money

_NO_THRESHOLD = {
    "multiclass": "This model tells several classes apart and answers with the likeliest. From which probability on to "
    "act is a question about one of them: where one class is what you act on, make a yes-or-no column of it, and its "
    "model has a threshold and a money curve.",
    "regression": "This model answers with a number. Where you act from a number on, make a yes-or-no column of it, "
    "and its model has a threshold and a money curve.",
}


def draw_money(evaluation: Evaluation, outcome: Outcome) -> None:
    """The finding, the profit curve and what it is measured on."""
    value = format_money(outcome.yearly_value, outcome.currency)
    text = (
        f"Yearly value by how many cases are acted on, on {evaluation.n_holdout:,} rows kept aside. The threshold was "
        "chosen on other rows. The band holds 95 of 100 resamples."
    )
    with section(f"It earns {value} a year where {outcome.share_acted * 100:.0f} of 100 cases are acted on", text):
        alt = f"The chosen point earns {value} a year."
        of = ("profit curve", evaluation.profit_curve, evaluation.money, outcome)
        kept_chart(partial(profit_curve, evaluation, outcome), alt, of=of, key="profit_curve")
        note(describe_reference(evaluation, outcome))
        if said := describe_evaluated_amounts(evaluation):
            note(escape_markdown(said))


def draw_no_threshold(task: str) -> None:
    """Why nobody chooses from which score on to act, of an answer that is no yes or no."""
    if task == "binary":
        return
    with section("Why there is no threshold and no money curve"):
        st.markdown(_NO_THRESHOLD[task])


def draw_outcomes(outcome: Outcome, signature: Signature) -> None:
    """The 2x2 in words: of 1,000 cases, how many end in each of the four ways."""
    other = next((label for label in signature.classes if label != signature.positive_label), "not")
    happens, stays = (escape_markdown(f"{signature.target} is {label}") for label in (signature.positive_label, other))
    cells: list[tuple[str, float, Color, str]] = [
        (f"We act, and {happens}", outcome.caught_rate, "green", "Caught in time."),
        (f"We act, but {stays}", outcome.needless_rate, "red", "The action was not needed."),
        (f"We do not act, and {happens}", outcome.missed_rate, "red", "Missed."),
        (f"We do not act, and {stays}", outcome.spared_rate, "gray", "Left in peace."),
    ]
    text = f"When we act from a score of {outcome.threshold:.2f} on"
    with section("What happens in 1,000 cases", text), st.grid(2, min_column_width=260, gap="small"):
        for title, rate, color, remark in cells:
            _draw_cell(title, rate, color, remark)


def _draw_cell(title: str, rate: float, color: Color, text: str) -> None:
    row = st.container(
        border=True,
        horizontal=True,
        height="stretch",
        horizontal_alignment="distribute",
        vertical_alignment="center",
        wrap=False,
    )
    with row:
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{title}**")
            note(text)
        st.markdown(f"### :{color}[{rate * 1_000:,.0f}]", width="content", anchors=False)
