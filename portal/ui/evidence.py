"""The evidence of a round of review, in tabs that are ticked when opened: exactly what a signature is bound to."""

import re
from collections.abc import Callable
from functools import partial

import streamlit as st

from portal.ui.charts import kept_chart
from portal.ui.expectation import draw_asked_first
from portal.ui.figures.model import importances
from portal.ui.interpretation import draw_acceptance
from portal.ui.layout import facts, note, section
from portal.ui.text import escape_markdown
from services.models.naming import Names, beside_columns, name_explanation
from services.models.queries import ModelView
from services.models.report import Driver, Evaluation, Explanation
from services.models.sentences import describe_evaluated_amounts
from services.reviews.rules import SECTION_LABELS, SECTIONS
from services.reviews.views import ReviewView
from services.valuation.amounts import format_money

_TICK, _OPEN = ":green[:material/check_circle:]", ":gray[:material/circle:]"
_STATE = "open_section"
_N_DRIVERS = 6


def draw_evidence(review: ReviewView, model: ModelView, names: Names, record: Callable[[str], object]) -> None:
    """All sections; `record(section)` is called when a person turns to another than the one that is open.

    Columns have their business names, and beside them those in the data, which the signature is bound to.
    """
    shown = open_section()
    is_hidden = shown == "explanation" and model.explanation is None
    opened = review.opened | (frozenset() if is_hidden else {shown})
    with section("Evidence", _progress(review, len(opened & set(SECTIONS)))):
        labels = {name: f"{_TICK if name in opened else _OPEN} {SECTION_LABELS[name]}" for name in SECTIONS}
        key = f"evidence_{review.id}_{len(opened)}"  # other labels make another widget: it must open where this one was
        tabs = st.tabs(list(labels.values()), default=labels[shown], key=key, on_change=_turn, args=(key, record))
        with tabs[0]:
            _draw_facts(review, "objective")
        with tabs[1]:
            _draw_money(review)
        with tabs[2]:
            _draw_facts(review, "dataset")
            _draw_names(review, names)
        with tabs[3]:
            _draw_model(review, model.evaluation)
        with tabs[4]:
            draw_acceptance(review.acceptance)
            if model.explanation is None:
                draw_asked_first(model)
            else:
                _draw_explanation(name_explanation(model.explanation, beside_columns(names)))


def open_section() -> str:
    """The section in front of the person: the first until they turn to another."""
    found = st.session_state.get(_STATE)
    return found if found in SECTIONS else SECTIONS[0]


def _turn(key: str, record: Callable[[str], object]) -> None:
    label = str(st.session_state[key])
    chosen = next(name for name in SECTIONS if label.endswith(SECTION_LABELS[name]))
    st.session_state[_STATE] = chosen
    record(chosen)


def _progress(review: ReviewView, n_opened: int) -> str:
    needs_all = bool(review.sections_to_open) or review.risk_tier in ("high", "critical")
    rule = f"An approval at {review.risk_tier} risk needs all {review.n_sections}." if needs_all else ""
    return f"{n_opened} of {review.n_sections} opened. {rule}".strip()


def _draw_money(review: ReviewView) -> None:
    stakes = review.stakes
    if stakes is not None:
        worth = format_money(stakes.yearly_value, stakes.currency)
        st.markdown(
            f"At the signed threshold the model acts on **{stakes.share_acted:.0%}** of the cases, catches "
            f"**{stakes.recall:.0%}** of those that matter, and is right in **{stakes.precision:.0%}** of its alarms: "
            f"**{worth} a year** against acting on nobody."
        )
    _draw_facts(review, "valuation")


def _draw_model(review: ReviewView, evaluation: Evaluation) -> None:
    st.markdown(escape_markdown(evaluation.score.sentence))
    note(f"Judged on {evaluation.n_holdout:,} rows kept aside; fitted on {evaluation.n_train:,} others.")
    money = evaluation.money
    if money is not None:
        st.markdown(
            f"Of {evaluation.n_holdout:,} cases kept aside, at threshold {money.threshold:.3g}: "
            f"**{money.n_true_positive:,}** caught, **{money.n_false_positive:,}** called for nothing, "
            f"**{money.n_false_negative:,}** missed, **{money.n_true_negative:,}** rightly left alone."
        )
    if said := describe_evaluated_amounts(evaluation):
        note(escape_markdown(said))
    _draw_facts(review, "model", "threshold", "tolerance", "fairness")


def _draw_explanation(explanation: Explanation) -> None:
    drivers = explanation.drivers[:_N_DRIVERS]
    st.markdown(f"The {len(drivers)} columns that move the prediction most. A driver is not a cause.")
    strongest = ", ".join(driver.column for driver in drivers[:3])
    alt = f"Mean effect of each column on a prediction; the strongest are {strongest}."
    build = partial(importances, drivers, explanation.scale)
    kept_chart(build, alt, of=("importances", drivers, explanation.scale), key="evidence_drivers")
    st.table(
        {
            "Column": [f"**{escape_markdown(driver.column)}**" for driver in drivers],
            "What it does": [escape_markdown(driver.sentence) for driver in drivers],
            "Mean effect": [_effect(driver, explanation.scale) for driver in drivers],
        },
        border="horizontal",
    )
    sums = "add up to" if explanation.is_additive else "do not quite add up to"
    note(f"{escape_markdown(explanation.method)} on {explanation.n_rows:,} rows; the effects {sums} each prediction.")


def _draw_names(review: ReviewView, names: Names) -> None:
    """What the columns that the facts name are called by the business."""
    item = review.manifest.find("dataset")
    said = " ".join(words for _, words in item.facts) if item is not None else ""
    named = [f"“{column}” is {name}" for column, name in names.items() if re.search(rf"\b{re.escape(column)}\b", said)]
    if named:
        note(escape_markdown(f"In the words of the business {', '.join(named)}."))


def _effect(driver: Driver, scale: str) -> str:
    unit = "points" if scale == "probability points" else escape_markdown(scale)
    return f"{driver.importance:.3g} {unit}"


def _draw_facts(review: ReviewView, *item_types: str) -> None:
    items = [item for item_type in item_types if (item := review.manifest.find(item_type)) is not None]
    words = {escape_markdown(name): escape_markdown(words) for item in items for name, words in item.facts}
    if words:
        facts(words)
    else:
        note("Nothing of this kind belongs to the model.")
