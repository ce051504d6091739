"""Models: what the runs produced, what each is worth, and how far it is on the way to being used."""

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import REVIEW, Badge
from portal.ui.layout import empty_state, head, note, page
from portal.ui.session import reading
from portal.ui.state import go_to, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.automl.family_names import family_label
from services.automl.metrics import METRICS
from services.models.outcomes import Outcome, outcome_at
from services.models.queries import ModelView, list_models
from services.models.sentences import describe_worth, format_score
from services.people.permissions import Permission, is_allowed
from services.reviews.queries import find_model_review
from services.reviews.views import ReviewView
from services.valuation.amounts import format_money

PROMISE = "Each run leaves one model: tested, explained and ready for a sign-off"
NOT_ASKED = Badge("No sign-off", "gray")


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    with reading() as session:
        models = list_models(session, actor=actor, project_id=project_id)
        reviews = {model.id: find_model_review(session, actor=actor, model_id=model.id) for model in models}
    with page():
        if not models:
            _draw_empty(actor, project_id)
            return
        head("Models", PROMISE, finding=escape_markdown(_describe(models[0])))
        with st.grid(3, min_column_width=280, gap="small"):
            for model in models:
                with st.container(border=True, height="stretch", gap="xsmall"):
                    _draw_card(model, reviews[model.id], is_latest=model is models[0])


def _draw_empty(actor: Actor, project_id: str) -> None:
    head("Models", PROMISE)
    if not is_allowed(actor, Permission.START_RUN):
        empty_state(":material/lightbulb:", "No model yet. A data scientist of this project starts a run.")
        return

    def start() -> None:
        if st.button("Start AutoML", type="primary", icon=":material/model_training:", key="start"):
            go_to("runs", project=project_id)

    empty_state(":material/lightbulb:", "No model yet. A run tries many and leaves the best one here.", start)


def _draw_card(model: ModelView, review: ReviewView | None, *, is_latest: bool) -> None:
    outcome = _outcome(model)
    with st.container(horizontal=True, gap="xsmall"):
        (REVIEW[review.state] if review else NOT_ASKED).draw()
    with st.container(gap=None):
        st.markdown(f"**Model {model.number}**")
        note(f"{family_label(model.family)}, {model.created_at.day} {model.created_at:%B}")
    score = f"{METRICS[model.metric].label} {format_score(model.evaluation.score.value)}"
    with st.container(gap=None):
        if outcome is not None:
            st.metric("Worth a year", format_money(outcome.yearly_value, outcome.currency))
        else:
            st.metric(METRICS[model.metric].label, format_score(model.evaluation.score.value))
        note(f"{score} on {model.evaluation.n_holdout:,} rows kept aside")
    st.space("stretch")
    if st.button("Open the model", key=f"open_{model.id}", type="primary" if is_latest else "secondary"):
        go_to("model", project=model.project_id, model=model.id)


def _describe(model: ModelView) -> str:
    return describe_worth(model.evaluation, model.signature, _outcome(model))


def _outcome(model: ModelView) -> Outcome | None:
    return outcome_at(model.evaluation, model.threshold.threshold if model.threshold else None)


draw()
