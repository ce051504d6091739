"""One case told: how close the call is, why, what would turn it, and a similar case that went wrong."""

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.layout import Number, metric_row, note, section
from portal.ui.text import escape_markdown
from services.interpretations.cards import worth_of
from services.interpretations.sentences import NOT_A_CAUSE
from services.stories.case_report import CaseStory
from services.stories.case_sentences import (
    NOT_ADVICE,
    describe_call,
    describe_closeness,
    describe_counterfactual,
    describe_reason,
    describe_reasons,
    describe_second_search,
    describe_similar,
)
from services.stories.sentences import spell_prediction
from services.stories.views import Teller

CLOSE = Badge("Close call", "orange", ":material/balance:")
CLEAR = Badge("Clear call", "green", ":material/check:")


def call_badges(story: CaseStory) -> list[Badge]:
    """Whether the call is close, where anything is decided and it can be said."""
    if story.distance is None or story.noise is None:
        return []
    return [CLOSE if story.is_close else CLEAR]


def draw_story(story: CaseStory, teller: Teller) -> None:
    """Sentence by sentence."""
    st.markdown(escape_markdown(describe_call(story, teller)))
    if story.distance is not None and story.threshold is not None:
        _draw_numbers(story, teller)
        note(escape_markdown(describe_closeness(story, teller)), "orange" if story.is_close else "gray")
    if story.was_kept_aside:
        note("The case is one of those kept aside. What came of it was not looked at here.")
    with section("Why", escape_markdown(describe_reasons(story))):
        if story.reasons:
            lines = (f"1. {escape_markdown(describe_reason(reason, teller))}" for reason in story.reasons)
            st.markdown("\n".join(lines))
            note(NOT_A_CAUSE)
    with section("What the model would say otherwise", NOT_ADVICE):
        for found in story.counterfactuals:
            st.markdown(f":material/call_split: {escape_markdown(describe_counterfactual(found, teller))}")
        if story.obstacle:
            st.markdown(escape_markdown(story.obstacle))
        if story.counterfactuals:
            note(
                "Only what people say can be changed, within its limits, and only settings that were tried on cases "
                "like this one. The fewest changes first."
            )
        if second := describe_second_search(story):
            note(second)
    with section("A case like it that went wrong", "So that nobody trusts a score alone"):
        st.markdown(escape_markdown(describe_similar(story, teller)))


def _draw_numbers(story: CaseStory, teller: Teller) -> None:
    assert story.threshold is not None
    distance = story.prediction - story.threshold
    worth = worth_of(teller.scale, distance)
    spread = "–" if story.noise is None else f"± {1.96 * story.noise:.0f}"
    metric_row(
        [
            Number("Predicted", spell_prediction(story.prediction, teller), "chance of the outcome"),
            Number("Threshold", spell_prediction(story.threshold, teller), "acted on from here"),
            Number("Noise, points", spread, f"over {story.n_refits} refits", "orange" if story.is_close else "gray"),
            Number("Acting, worth", worth or "–", "beside the threshold" if worth else "no payoffs are known"),
        ]
    )
