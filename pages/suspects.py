"""Suspects: rows whose label is probably wrong, or that a model is most wrong about; decide, and see what it brings."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.change import carry_out, on_press
from portal.ui.cleaning import draw_cleaning
from portal.ui.jobs import job_status
from portal.ui.layout import action_bar, empty_state, head, note, page, section
from portal.ui.session import reading
from portal.ui.state import go_to, require_open_id
from portal.ui.suspects import draw_decided, draw_found, draw_suspect
from services.audit.actor import Actor
from services.datasets.queries import Dataset, find_dataset, get_dataset, list_descriptions
from services.jobs.commands import cancel_job
from services.jobs.queries import find_latest_job
from services.labels.commands import apply_verdicts, request_comparison, request_noise, request_top_losses, save_verdict
from services.labels.queries import find_judge, find_suspects, get_suspects
from services.labels.steps import are_applied
from services.labels.views import SuspectList
from services.models.queries import ModelView, list_models
from services.people.permissions import Permission, is_allowed

PROMISE = "Rows that a model which has not seen them finds hard to believe. You decide; nothing is changed by itself"
NOISE = "Labels"


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    with reading() as session:
        dataset = find_dataset(session, actor=actor, project_id=project_id)
        models = list_models(session, actor=actor, project_id=project_id)
    with page():
        head("Suspicious rows", PROMISE)
        if dataset is None or (dataset.target is None and not models):
            empty_state(":material/policy:", "No outcome to check yet. Bring data and choose what to predict.")
            return
        _draw_source(actor, dataset, _choose_source(dataset, models), models)


def _choose_source(dataset: Dataset, models: list[ModelView]) -> ModelView | None:
    """None: the labels of the data themselves."""
    named = {f"Model {model.number}": model for model in models}
    options = [*([NOISE] if dataset.target else []), *named]
    wanted = next((name for name, model in named.items() if model.id == st.query_params.get("model")), options[0])
    chosen = st.segmented_control("What to check", options, default=wanted, key="source", required=True)
    return named.get(str(chosen))


def _draw_source(actor: Actor, dataset: Dataset, model: ModelView | None, models: list[ModelView]) -> None:
    kind, subject = ("labels.noise", None) if model is None else ("models.top_loss", model.id)
    with reading() as session:
        project_id = dataset.project_id
        job, found = find_suspects(session, actor=actor, project_id=project_id, kind=kind, subject_id=subject)
    may_label = is_allowed(actor, Permission.LABEL)
    if job is not None:
        job_status(actor, job, stop=partial(_stop, actor))
    if found is None and may_label and (job is None or not job.is_active):
        _draw_request(actor, dataset, model)
    elif found is None and job is None:
        empty_state(":material/policy:", "Nobody has looked for suspicious rows yet.")
    if found is None:
        return
    if not found.suspects:
        note("Nothing suspicious was found.")
    elif may_label:
        with section("Decide", "Keys: K to keep, 1 to 9 for another class, X to leave the row out"):
            st.fragment(_draw_suspect)(found.job_id, found.n_changes)
    else:
        draw_found(found)
        draw_decided(found)
    _draw_result(actor, dataset, found)
    _draw_cleaning(actor, dataset, found, models)
    if may_label and job is not None and not job.is_active:
        with st.expander("Look again"):
            _draw_request(actor, dataset, model)


def _draw_request(actor: Actor, dataset: Dataset, model: ModelView | None) -> None:
    title = "Which labels are probably wrong?"
    text = "Copies of a model, each fitted without a part of the rows, judge that part. Rows kept aside stay unopened."
    if model is not None:
        title = f"Which rows is model {model.number} most wrong about?"
    if action_bar(title, text, "Look", icon=":material/search:", key="look"):
        if model is None:
            carry_out(request_noise, "A worker looks.", actor=actor, dataset_id=dataset.id)
        else:
            carry_out(request_top_losses, "A worker looks.", actor=actor, model_id=model.id)


def _draw_suspect(job_id: str, n_changes: int) -> None:
    """Runs alone at every key; the whole page once there is something to apply."""
    actor = get_actor()
    with reading() as session:
        found = get_suspects(session, actor=actor, job_id=job_id)
        dictionary = list_descriptions(session, actor=actor, project_id=found.project_id)
    if not n_changes and found.n_changes:
        st.rerun()
    draw_found(found)
    draw_suspect(found, dictionary, partial(on_press, save_verdict, actor=actor, job_id=job_id))
    draw_decided(found)


def _draw_result(actor: Actor, dataset: Dataset, found: SuspectList) -> None:
    verdicts = [(item.row, item.verdict, item.value, "") for item in found.suspects if item.verdict is not None]
    is_new = found.n_changes and not are_applied(found.column, verdicts, dataset.recipe)
    if is_new and is_allowed(actor, Permission.EDIT_DATA):
        text = "Every decision becomes a step of the recipe with its reason, and can be undone on the page Data."
        if action_bar(
            "Make the decisions a version of the data", text, "Apply", icon=":material/done_all:", key="apply"
        ):
            carry_out(apply_verdicts, "The decisions are on their way.", actor=actor, job_id=found.job_id)
    with reading() as session:
        work = find_latest_job(session, actor=actor, project_id=dataset.project_id, kind="dataset.apply")
    if work is not None:
        job_status(actor, work, stop=partial(_stop, actor))


def _draw_cleaning(actor: Actor, dataset: Dataset, found: SuspectList, models: list[ModelView]) -> None:
    """Judged by the model that found the rows, or by the newest one of the table before."""
    with reading() as session:
        searched = get_dataset(session, actor=actor, dataset_id=found.dataset_id)
        judge = find_judge(session, actor=actor, dataset_id=dataset.id)
    if dataset.version == searched.version or dataset.base_sha256 != searched.base_sha256:
        return
    model_id, before = (found.model_id, searched) if found.model_id else judge or (None, searched)
    model = next((one for one in models if one.id == model_id), None)
    if model is None:
        note("What this brings in metric and money is said here once a model has learned from an earlier version.")
    else:
        compare = partial(carry_out, request_comparison, "A worker compares.", actor=actor)
        draw_cleaning(actor, model, before, dataset, compare=compare, stop=partial(_stop, actor))
    if st.button(f"See version {dataset.version} of the data", icon=":material/table_chart:", key="data"):
        go_to("datasets", project=dataset.project_id)


def _stop(actor: Actor, job_id: str) -> None:
    on_press(cancel_job, actor=actor, job_id=job_id)


draw()
