"""Runs: start a search for the best model, and see what earlier ones found."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.analyses import ask_analysis, ask_task, draw_analyses
from portal.ui.change import carry_out, on_press, show_refusal
from portal.ui.layout import empty_state, head, note, page, section
from portal.ui.run_history import draw_history
from portal.ui.run_list import describe_newest, draw_runs
from portal.ui.run_start import ask_plan
from portal.ui.session import reading, transaction
from portal.ui.state import flash, go_to, require_open_id
from portal.ui.text import escape_markdown
from portal.ui.tracking import draw_import
from services.analyses.commands import start_analysis
from services.analyses.queries import list_analyses
from services.audit.actor import Actor
from services.automl import sentences
from services.automl.analysis_task import AnalysisTask
from services.automl.beginning import describe_beginning
from services.automl.commands import request_import, start_run
from services.automl.depths import Plan
from services.automl.metrics import default_metric
from services.automl.money import amount_formula_of
from services.automl.queries import list_runs
from services.automl.references import yearly_references
from services.automl.task import Task
from services.automl.task_choice import task_of
from services.datasets.queries import Dataset, find_dataset, list_datasets
from services.errors import PortalError
from services.jobs.commands import cancel_job
from services.models.queries import list_models
from services.people.permissions import Permission, is_allowed
from services.proposals.queries import list_later_defaults
from services.valuation.queries import find_valuation

PROMISE = "Let the portal try many models on your data and keep the one that is worth most"


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    with reading() as session:
        runs = list_runs(session, actor=actor, project_id=project_id)
        analyses = list_analyses(session, actor=actor, project_id=project_id)
        dataset = find_dataset(session, actor=actor, project_id=project_id)
        datasets = list_datasets(session, actor=actor, project_id=project_id, limit=20)
        models = list_models(session, actor=actor, project_id=project_id)
    with page():
        head("Model runs", PROMISE, finding=describe_newest(runs))
        if is_allowed(actor, Permission.START_RUN):
            task = ask_task() if dataset is not None else None
            if dataset is None or task is None:
                _draw_start(actor, project_id, dataset, is_first=not runs)
            else:
                _draw_analysis_start(actor, dataset, task)
        elif not runs:
            empty_state(":material/model_training:", "No run yet. A data scientist of this project starts the first.")
        if runs:
            with section("Runs so far", "Newest first"):
                draw_runs(runs)
            draw_history(runs, models)
        if datasets and is_allowed(actor, Permission.START_RUN):
            take = partial(carry_out, request_import, "A worker takes it over.", actor=actor, project_id=project_id)
            draw_import(actor, datasets, project_id, take=take, stop=partial(_stop, actor))
        if analyses:
            with section("Groups, unusual rows and forecasts so far", "Newest first"):
                draw_analyses(analyses)


def _draw_start(actor: Actor, project_id: str, dataset: Dataset | None, *, is_first: bool) -> None:
    if dataset is None or dataset.target is None:
        missing = "Bring a table" if dataset is None else "Choose what to predict"
        empty_state(
            ":material/table_chart:", f"{missing} first. Then a search can start.", lambda: _data_button(project_id)
        )
        return
    task = task_of(dataset.get_column(dataset.target))
    with st.container(border=True, gap="small"):
        st.subheader("Start the first run" if is_first else "Start another run", anchor=False)
        with reading() as session:
            defaults = list_later_defaults(session, actor=actor, project_id=project_id)
        plan = ask_plan(dataset, task, defaults)
        _draw_preview(actor, dataset, task, plan)
        if begun := describe_beginning(plan.split, defaults):
            note(f":material/flag: {escape_markdown(begun)}")
        if st.button("Start the search", type="primary", icon=":material/play_arrow:"):
            _start(actor, dataset, plan)


def _draw_analysis_start(actor: Actor, dataset: Dataset, task: AnalysisTask) -> None:
    with st.container(border=True, gap="small"):
        plan = ask_analysis(dataset, task)
        is_pressed = st.button("Start", type="primary", icon=":material/play_arrow:", key="analyse", disabled=not plan)
    if plan is None or not is_pressed:
        return
    ids = {"project_id": dataset.project_id, "dataset_id": dataset.id}
    try:
        with transaction() as session:
            job = start_analysis(session, actor=actor, request=plan.request, seconds=plan.seconds, **ids)
    except PortalError as error:
        show_refusal(error)
        return
    go_to("analysis", analysis=job.id)


def _stop(actor: Actor, job_id: str) -> None:
    on_press(cancel_job, actor=actor, job_id=job_id)


def _data_button(project_id: str) -> None:
    if st.button("Go to the data", type="primary", icon=":material/table_chart:"):
        go_to("datasets", project=project_id)


def _draw_preview(actor: Actor, dataset: Dataset, task: Task, plan: Plan) -> None:
    """What will happen, before it does."""
    with reading() as session:
        valuation = find_valuation(session, actor=actor, project_id=dataset.project_id)
    assumptions = valuation.assumptions if valuation is not None and task is Task.BINARY else None
    metric = plan.metric or default_metric(task).name
    references = yearly_references(assumptions) if assumptions else {}
    about = f"Predict **{escape_markdown(dataset.target or '')}** from {len(dataset.feature_columns)} columns."
    money = (assumptions.currency, amount_formula_of(assumptions)) if assumptions else (None, "")
    goal = sentences.describe_goal(metric, references, *money)
    try:
        st.markdown(f"{about} {sentences.describe_plan(plan.budget, plan.families)}  \n{escape_markdown(goal)}")
    except PortalError as error:
        st.warning(error.sentence)
    note("You may close the page; the run goes on and can be paused, extended, stopped or cancelled at any time.")


def _start(actor: Actor, dataset: Dataset, plan: Plan) -> None:
    try:
        with transaction() as session:
            run = start_run(
                session, actor=actor, project_id=dataset.project_id, dataset_id=dataset.id, **plan.arguments()
            )
    except PortalError as error:
        st.error(error.sentence)
        return
    flash(f"Run {run.number} is queued.")
    go_to("run", project=dataset.project_id, run=run.id)


draw()
