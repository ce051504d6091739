"""Features: suggest a column that models should learn from, see what it gives, and decide on suggestions."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.change import carry_out, show_refusal
from portal.ui.dataset_picture import read_picture
from portal.ui.datasets import draw_way_back
from portal.ui.features import SuggestionActions, describe_all, draw_suggestion_form, draw_suggestions
from portal.ui.jobs import job_status
from portal.ui.layout import empty_state, head, page, section
from portal.ui.session import reading, transaction
from portal.ui.state import require_open_id
from services.audit.actor import Actor
from services.datasets.commands import decline_suggestion, suggest_feature, take_suggestion
from services.datasets.queries import list_suggestions, preview_formula
from services.datasets.suggestions import FormulaPreview
from services.datasets.views import Dataset
from services.errors import PortalError
from services.jobs.commands import cancel_job
from services.jobs.views import JobView
from services.people.permissions import Permission, is_allowed

PROMISE = "What people who know the business think a model should look at"


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    picture = read_picture(actor, project_id)
    with page():
        if picture is None:
            head("Suggested columns", PROMISE)
            back = partial(draw_way_back, project_id, "primary")
            empty_state(":material/function:", "No data yet, so there is nothing to compute a column from.", back)
        else:
            _draw_dataset(actor, picture.dataset, picture.change)


def _draw_dataset(actor: Actor, dataset: Dataset, job: JobView | None) -> None:
    with reading() as session:
        suggestions = list_suggestions(session, actor=actor, project_id=dataset.project_id)
    with st.container(gap="xsmall"):
        draw_way_back(dataset.project_id, "tertiary")
        head("Suggested columns", PROMISE, finding=describe_all(suggestions))
    if job:
        job_status(actor, job, stop=partial(_stop, actor))
    actions = None
    if is_allowed(actor, Permission.EDIT_DATA):
        take, decline = partial(_take, actor), partial(_decline, actor)
        actions = SuggestionActions(take, decline, is_busy=bool(job and job.is_active))
    if suggestions:
        with section("What was suggested", "Taken ones are a step of the data: with a reason, and with an undo"):
            draw_suggestions(suggestions, actions)
    if is_allowed(actor, Permission.EDIT_DICTIONARY):
        preview, suggest = partial(_preview, actor, dataset.project_id), partial(_suggest, actor, dataset)
        draw_suggestion_form(dataset, preview, suggest, number=len(suggestions) + 1)


def _preview(actor: Actor, project_id: str, formula: str) -> FormulaPreview | None:
    try:
        with reading() as session:
            return preview_formula(session, actor=actor, project_id=project_id, formula=formula)
    except PortalError as error:
        show_refusal(error)
        return None


def _suggest(actor: Actor, dataset: Dataset, name: str, formula: str, reason: str) -> None:
    carry_out(
        suggest_feature,
        "It is suggested. A data scientist of this project decides on it.",
        actor=actor,
        project_id=dataset.project_id,
        name=name,
        formula=formula,
        reason=reason,
    )


def _take(actor: Actor, suggestion_id: str) -> None:
    carry_out(take_suggestion, "The column is being computed.", actor=actor, suggestion_id=suggestion_id)


def _decline(actor: Actor, suggestion_id: str, reason: str) -> None:
    done = "It is declined; who suggested it reads why."
    carry_out(decline_suggestion, done, actor=actor, suggestion_id=suggestion_id, reason=reason)


def _stop(actor: Actor, job_id: str) -> None:
    with transaction() as session:
        cancel_job(session, actor=actor, job_id=job_id)


draw()
