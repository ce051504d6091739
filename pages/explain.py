"""Explain: say what should drive a model, see what does, answer what surprises, decide whether it is understood."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import INTERPRETABILITY
from portal.ui.change import carry_out, on_press, show_refused
from portal.ui.driver_votes import draw_objections, draw_votes
from portal.ui.expectation import draw_question
from portal.ui.interpretation import draw_acceptance, draw_agreement, draw_decision, draw_surprises
from portal.ui.layout import empty_state, head, page
from portal.ui.row_effects import draw_rows
from portal.ui.session import reading
from portal.ui.state import asked_or_first, go_to, open_id, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.interpretations.commands import (
    answer_surprise,
    answer_vote,
    decide_interpretation,
    record_expectation,
    skip_expectation,
    vote_on_driver,
)
from services.interpretations.queries import find_row_effects, get_interpretation
from services.interpretations.sentences import describe_important
from services.interpretations.views import InterpretationView, Revealed, SurpriseView
from services.models.queries import list_model_labels
from services.models.row_effects import RowEffects
from services.models.sentences import describe_additivity

PROMISE = "Say first what you expect; then see what drives the model, and whether it makes sense"
ASKED_FIRST = "Before you see what drives this model: what do you expect?"


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    with reading() as session:
        models = list_model_labels(session, actor=actor, project_id=project_id)
        model_id = asked_or_first(open_id("model"), models)  # the open one where it is of this project, else the newest
        view = get_interpretation(session, actor=actor, model_id=model_id) if model_id else None
        rows = find_row_effects(session, actor=actor, model_id=model_id) if model_id else None
    with page():
        if view is None:
            head("Explain", PROMISE)
            empty_state(":material/psychology:", "No model yet. As soon as a run has found one, it is explained here.")
            return
        _draw_head(view, models)
        show_refused()
        if view.revealed is None:
            _draw_question(actor, view)
        else:
            _draw_revealed(actor, view, view.revealed, rows)
        _draw_ways(view)


def _draw_ways(view: InterpretationView) -> None:
    ways = {"model": ("Open the model", ":material/lightbulb:")}
    if view.revealed is not None:
        ways["shapes"] = ("Look behind it", ":material/show_chart:")
        ways["story"] = ("The story of one case", ":material/person_search:")
    with st.container(horizontal=True, gap="small"):
        for stem, (label, icon) in ways.items():
            if st.button(label, icon=icon, type="tertiary", key=stem):
                go_to(stem, project=view.project_id, model=view.model_id)


def _draw_head(view: InterpretationView, models: dict[str, str]) -> None:
    finding = ASKED_FIRST
    if view.revealed is not None:
        finding = f"{describe_important([card.name.label for card in view.revealed.cards])}."
    head(
        "Explain",
        models[view.model_id],
        badges=[INTERPRETABILITY[view.acceptance.state if view.acceptance else ""]],
        finding=escape_markdown(finding),
    )
    if len(models) > 1:
        place = list(models).index(view.model_id)
        key = f"explained_{view.model_id}"  # another model is another choice
        chosen = st.selectbox("Model", list(models), place, format_func=models.__getitem__, width=360, key=key)
        if chosen != view.model_id:
            go_to("explain", project=view.project_id, model=chosen)


def _draw_question(actor: Actor, view: InterpretationView) -> None:
    ask = {"actor": actor, "model_id": view.model_id}

    record = partial(carry_out, record_expectation, "Kept as you said it. This is what drives the model.", **ask)
    skip = partial(carry_out, skip_expectation, "Skipped, with your reason.", **ask)
    draw_question(view, record, skip)
    if view.acceptance is not None:
        draw_acceptance(view.acceptance)


def _draw_revealed(actor: Actor, view: InterpretationView, revealed: Revealed, rows: RowEffects | None) -> None:
    ask = {"actor": actor, "model_id": view.model_id}
    if not revealed.explanation.is_additive:
        st.warning(describe_additivity(revealed.explanation), icon=":material/warning:")
    draw_agreement(view, revealed)
    draw_surprises(view, revealed, partial(_answer_surprise, actor, view))

    def cast(column: str, vote: str, reason: str) -> None:
        on_press(vote_on_driver, column=column, vote=vote, reason=reason, **ask)

    def answer(vote_id: str, sentence: str) -> None:
        carry_out(answer_vote, "Answered. Who voted may withdraw it now.", vote_id=vote_id, sentence=sentence, **ask)

    draw_votes(view, revealed, cast)
    draw_objections(view, revealed, actor, cast, answer)
    draw_rows(view, revealed, rows)
    draw_decision(view, partial(_decide, actor, view))


def _answer_surprise(actor: Actor, view: InterpretationView, surprise: SurpriseView, sentence: str) -> None:
    kind, column = surprise.surprise.kind.value, surprise.surprise.column
    said = {"kind": kind, "column": column, "sentence": sentence}
    carry_out(answer_surprise, "Answered.", actor=actor, model_id=view.model_id, **said)


def _decide(actor: Actor, view: InterpretationView, verdict: str, reason: str) -> None:
    carry_out(
        decide_interpretation,
        "The decision is recorded.",
        actor=actor,
        model_id=view.model_id,
        verdict=verdict,
        reason=reason,
        explanation_sha256=view.explanation_sha256,
        based_on=view.acceptance.version if view.acceptance else 0,
    )


draw()
