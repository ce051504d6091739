"""From which score on to act: dragged, typed or pressed on the money curve, priced at once, kept with a reason."""

from collections.abc import Callable, Sequence

import streamlit as st

from portal.ui.charts import press_chart, pressed
from portal.ui.figures.model import threshold_curve
from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.automl.sentences import count_of
from services.models.outcomes import Outcome, outcome_at, threshold_for
from services.models.queries import ThresholdView
from services.models.report import Evaluation
from services.models.sentences import describe_capacity
from services.models.signature import Signature
from services.valuation.amounts import format_money

_SHARE, _SCORE, _CURVE = "share", "score", "threshold_curve"
_DIGITS = 6


def draw_threshold_choice(
    evaluation: Evaluation,
    signature: Signature,
    current: Outcome,
    *,
    pays_from: float | None,
    choose: Callable[[float, str], None],
) -> None:
    """Once somebody opens it: try another threshold, see at once what it does, and choose it with a reason.

    Parameters
    ----------
    pays_from
        The chance from which acting pays by the payoffs alone; None where it is another one in each row.
    """
    shown = st.expander("Choose another threshold", icon=":material/tune:", on_change="rerun")
    with shown:
        if shown.open:
            _draw_tried(evaluation, signature, current, pays_from, choose)


@st.fragment
def _draw_tried(
    evaluation: Evaluation,
    signature: Signature,
    current: Outcome,
    pays_from: float | None,
    choose: Callable[[float, str], None],
) -> None:
    note("Drag the slider, press the curve, or type the score to act from. Nothing changes until you choose it.")
    st.session_state.setdefault(_SCORE, round(current.threshold, _DIGITS))
    st.session_state.setdefault(_SHARE, round(current.share_acted * 100))
    tried = outcome_at(evaluation, _score(current)) or current
    of_100 = f"{tried.share_acted * 100:.0f} of 100"
    alt = f"Acting on {of_100} cases earns {format_money(tried.yearly_value, tried.currency)} a year."
    figure = threshold_curve(evaluation, current, tried, pays_from)
    press_chart(figure, alt, key=_CURVE, on_press=lambda: _take_point(evaluation))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.slider(
            "Cases to act on, of 100",
            0,
            100,
            key=_SHARE,
            format="%d of 100",
            width="stretch",
            on_change=lambda: _take_share(evaluation),
        )
        st.number_input(
            "Score to act from",
            0.0,
            1.0,
            key=_SCORE,
            step=0.01,
            format="%.3f",
            width=180,
            on_change=lambda: _take_score(evaluation),
        )
    limit = describe_capacity(evaluation, tried)
    st.markdown(escape_markdown(f"{_compared(tried, current, signature)} {limit}"))
    with st.form("threshold", border=False):
        reason = st.text_input("Why is this threshold right?", key="threshold_reason", max_chars=500)
        if st.form_submit_button("Choose this threshold", key="threshold_now"):
            choose(_score(current), reason)


def draw_threshold_history(thresholds: Sequence[ThresholdView]) -> None:
    """Every version with its reason, newest first."""
    with st.expander(f"How the threshold was chosen ({count_of(len(thresholds), 'version')})"):
        st.table(
            [
                {
                    "Threshold": f"{choice.threshold:.3f}",
                    "Why": escape_markdown(choice.reason),
                    "By": escape_markdown(choice.created_by_name),
                    "When": f"{choice.created_at.day} {choice.created_at:%b}, {choice.created_at:%H:%M} UTC",
                }
                for choice in thresholds
            ],
            border="horizontal",
            hide_index=True,
        )


def _score(current: Outcome) -> float:
    """As it was chosen where nobody moved it: the box shows it with fewer digits."""
    score = float(st.session_state[_SCORE])
    return current.threshold if score == round(current.threshold, _DIGITS) else score


def _take_share(evaluation: Evaluation) -> None:
    st.session_state[_SCORE] = round(threshold_for(evaluation.profit_curve, st.session_state[_SHARE] / 100), _DIGITS)


def _take_score(evaluation: Evaluation) -> None:
    found = outcome_at(evaluation, float(st.session_state[_SCORE]))
    st.session_state[_SHARE] = round(found.share_acted * 100) if found else 0


def _take_point(evaluation: Evaluation) -> None:
    place = pressed(st.session_state[_CURVE])
    if place is not None:
        share = evaluation.profit_curve[int(place)].share_acted
        st.session_state[_SHARE] = round(share * 100)
        st.session_state[_SCORE] = round(threshold_for(evaluation.profit_curve, share), _DIGITS)


def _compared(found: Outcome, current: Outcome, signature: Signature) -> str:
    value = format_money(found.yearly_value, found.currency)
    between = ""
    if found.low is not None and found.high is not None:
        between = (
            f" (95% between {format_money(found.low, found.currency)} and {format_money(found.high, found.currency)})"
        )
    change = format_money(found.yearly_value - current.yearly_value, found.currency, sign=True)
    return (
        f"Acting on {found.share_acted * 100:.0f} of 100 cases earns {value} a year{between}, {change} against now. It "
        f"catches {found.recall * 100:.0f} of 100 where {signature.target} is {signature.positive_label}; "
        f"{found.precision * 100:.0f} of 100 actions are needed. The score to act from is {found.threshold:.3f}."
    )
