"""Labels: say what rows are, key by key, while a quick model learns along and says which to look at next."""

from functools import partial
from typing import Any

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import Badge
from portal.ui.change import carry_out, on_press, show_refusal
from portal.ui.jobs import job_status
from portal.ui.labels import draw_disputes, draw_turn, task_form
from portal.ui.labels_model import PLACE, draw_agreement, draw_numbers, draw_strip, draw_training, draw_try
from portal.ui.labels_worth import draw_worth
from portal.ui.layout import action_bar, empty_state, head, note, page, section
from portal.ui.session import reading
from portal.ui.state import go_to, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.datasets.queries import Dataset, find_dataset, list_descriptions
from services.errors import PortalError
from services.jobs.commands import cancel_job
from services.jobs.queries import find_latest_job
from services.labels.commands import apply_labels, create_task, request_training, request_worth, save_label, undo_label
from services.labels.queries import find_bench, find_worth, get_quick_answer, get_task, get_turn
from services.labels.sentences import describe_progress, describe_quick_model
from services.labels.views import Bench
from services.people.permissions import Permission, is_allowed

PROMISE = "Say what rows are; a quick model learns along and asks for the ones it is least sure of"


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    place = st.session_state.get(PLACE, 0)
    with reading() as session:
        dataset = find_dataset(session, actor=actor, project_id=project_id)
        bench = find_bench(session, actor=actor, project_id=project_id, place=place)
    with page():
        if dataset is None:
            head("Labels", PROMISE)
            empty_state(":material/label:", "No rows to label yet. A data scientist brings the table on the page Data.")
        elif bench is None:
            _draw_first(actor, dataset)
        else:
            _draw_task(actor, dataset, bench)


def _draw_first(actor: Actor, dataset: Dataset) -> None:
    head("Labels", PROMISE)
    may = is_allowed(actor, Permission.LABEL)
    how = "Say what to look for, and the first row appears." if may else "Those who know the cases may start."
    empty_state(":material/label:", f"Nobody labels rows here yet. {how}")
    if may:
        task_form(dataset, partial(_create, actor, dataset), is_primary=True)
    _draw_worth(actor, dataset, None)


def _draw_task(actor: Actor, dataset: Dataset, bench: Bench) -> None:
    task, ask = bench.task, {"actor": actor, "task_id": bench.task.id}
    badge = Badge("Open", "blue") if task.state == "open" else Badge("Applied", "green")
    quick = describe_quick_model(task.model, is_fitting=bench.is_fitting)
    finding = escape_markdown(f"{describe_progress(bench.progress)} {quick}")
    head("Labels", f"What to fill: {escape_markdown(task.column)}", badges=[badge], finding=finding)
    draw_strip(task, bench.progress)
    if bench.may_label and task.queue_round:
        with section("Label", "Keys: 1 to 9 for a class, 0 where you cannot tell, Z to take the last one back"):
            st.fragment(_draw_turn)(task.id, task.queue_round, bench.training.id if bench.training else None)
    if bench.training is not None:
        job_status(actor, bench.training, stop=partial(_stop, actor))
    draw_numbers(task, bench.progress, bench.agreement, bench.currency)
    save = partial(on_press, save_label, **ask)
    if bench.may_label:
        draw_training(bench, partial(on_press, request_training, **ask))
        if bench.is_blind:
            note("The objective asks for blind labelling, so what the model says of a row is not shown here.")
        elif (task.model or {}).get("score"):
            ask_model, thumb = partial(_ask, actor, task.id), partial(save, source="thumb")
            draw_try(task, bench.card, bench.dictionary, ask_model, thumb)
    if bench.disputes:
        draw_disputes(bench.disputes, bench.dictionary, partial(save, source="review"))
    draw_agreement(bench.agreement)
    _draw_worth(actor, dataset, bench)
    _draw_apply(actor, dataset, bench)


def _draw_turn(task_id: str, queue_round: int, job_id: str | None) -> None:
    """Runs alone at every key, so that the next row is there at once; the whole page only when a model is fitted."""
    actor = get_actor()
    with reading() as session:
        task = get_task(session, actor=actor, task_id=task_id)
        turn = get_turn(session, actor=actor, task_id=task_id)
        dictionary = list_descriptions(session, actor=actor, project_id=task.project_id)
        asked = {"project_id": task.project_id, "kind": "labels.train", "subject_id": task_id}
        job = find_latest_job(session, actor=actor, **asked)
    if task.queue_round != queue_round or (job is not None and job.id != job_id):
        st.rerun()
    save, undo = (partial(on_press, do, actor=actor, task_id=task_id) for do in (save_label, undo_label))
    draw_turn(task, turn, dictionary, save, undo)


def _draw_worth(actor: Actor, dataset: Dataset, bench: Bench | None) -> None:
    job, task_id, seconds, share = None, None, None, 0.0
    if bench is not None and bench.task.state == "open":
        job, task_id, seconds = bench.worth, bench.task.id, bench.progress.seconds_per_label
        share = bench.task.second_rater_share
    elif dataset.target is None:
        return
    else:
        with reading() as session:
            job = find_worth(session, actor=actor, project_id=dataset.project_id, subject_id=dataset.id)
    request = partial(on_press, request_worth, actor=actor, dataset_id=dataset.id, task_id=task_id)
    ask = request if is_allowed(actor, Permission.LABEL) else None
    draw_worth(actor, job, seconds, share, ask, partial(_stop, actor))


def _draw_apply(actor: Actor, dataset: Dataset, bench: Bench) -> None:
    task, n_agreed = bench.task, bench.progress.n_agreed
    if task.state == "open" and n_agreed and is_allowed(actor, Permission.EDIT_DATA):
        text = f"{n_agreed:,} agreed labels become the column {escape_markdown(task.column)}; the step can be undone."
        if action_bar("Make the labels a version of the data", text, "Apply", icon=":material/done_all:", key="apply"):
            carry_out(apply_labels, "The labels are on their way into the data.", actor=actor, task_id=task.id)
    if task.state == "applied":
        note("The labels of this task are part of the data, so it is closed.")
        if st.button("See the data", icon=":material/table_chart:", key="data"):
            go_to("datasets", project=task.project_id)
    if is_allowed(actor, Permission.LABEL):
        with st.expander("Label something else"):
            task_form(dataset, partial(_create, actor, dataset), is_primary=False)


def _create(actor: Actor, dataset: Dataset, fields: dict[str, Any]) -> None:
    carry_out(create_task, "The first rows are being drawn.", actor=actor, dataset_id=dataset.id, **fields)


def _ask(actor: Actor, task_id: str, values: dict[str, Any]) -> dict[str, float] | None:
    try:
        with reading() as session:
            return get_quick_answer(session, actor=actor, task_id=task_id, values=values)
    except PortalError as error:
        show_refusal(error)
        return None


def _stop(actor: Actor, job_id: str) -> None:
    on_press(cancel_job, actor=actor, job_id=job_id)


draw()
