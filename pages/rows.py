"""Rows: look at single rows, leave some out by a condition or by hand, and bring them back."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.change import carry_out, show_refusal
from portal.ui.dataset_picture import read_picture
from portal.ui.datasets import draw_way_back
from portal.ui.jobs import job_status
from portal.ui.layout import empty_state, head, note, page, section
from portal.ui.rows import (
    ROWS_PER_PAGE,
    RowActions,
    ask_columns,
    ask_page,
    draw_condition,
    draw_left_out,
    draw_rows,
)
from portal.ui.session import reading, transaction
from portal.ui.state import require_open_id
from services.audit.actor import Actor
from services.datasets.commands import request_steps, undo_step
from services.datasets.queries import count_rows, get_rows
from services.datasets.recipe.conditions import Condition
from services.datasets.views import Dataset
from services.errors import PortalError
from services.jobs.commands import cancel_job
from services.jobs.views import JobView
from services.people.permissions import Permission, is_allowed

PROMISE = "Single rows as they stand in the table, and which of them a model may learn from"


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    picture = read_picture(actor, project_id)
    with page():
        if picture is None:
            head("Rows", PROMISE)
            back = partial(draw_way_back, project_id, "primary")
            empty_state(":material/table_rows:", "No data yet, so there are no rows.", back)
        else:
            _draw_dataset(actor, picture.dataset, picture.change)


def _draw_dataset(actor: Actor, dataset: Dataset, job: JobView | None) -> None:
    n_steps = sum(step["kind"] in ("exclude_rows", "drop_duplicates") for step in dataset.recipe)
    left_out = {0: "none is left out", 1: "one step leaves rows out"}.get(n_steps, f"{n_steps} steps leave rows out")
    with st.container(gap="xsmall"):
        draw_way_back(dataset.project_id, "tertiary")
        head("Rows", PROMISE, finding=f"A model may learn from {dataset.n_rows:,} rows; {left_out}")
    if job:
        job_status(actor, job, stop=partial(_stop, actor))
    actions = _actions(actor, dataset, is_busy=bool(job and job.is_active))
    _draw_page(actor, dataset, actions)
    if actions:
        draw_condition(dataset, actions)
    draw_left_out(dataset.recipe, actions)


def _draw_page(actor: Actor, dataset: Dataset, actions: RowActions | None) -> None:
    with section("As they stand in the table", f"{ROWS_PER_PAGE} rows at a time, after all steps"):
        columns, number = ask_columns(dataset), ask_page(dataset.n_rows)
        try:
            with reading() as session:
                rows = get_rows(
                    session,
                    actor=actor,
                    dataset_id=dataset.id,
                    start=number * ROWS_PER_PAGE,
                    n=ROWS_PER_PAGE,
                    columns=columns,
                )
        except PortalError as error:
            show_refusal(error)
            return
        of = f"{dataset.table_sha256[:12]}_{number}"
        draw_rows(rows, of=of, actions=actions)
        if not actions:
            note("A data scientist of this project can leave rows out.")


def _actions(actor: Actor, dataset: Dataset, *, is_busy: bool) -> RowActions | None:
    if not is_allowed(actor, Permission.EDIT_DATA):
        return None
    return RowActions(
        count=partial(_count, actor, dataset),
        exclude_where=partial(_exclude_where, actor, dataset),
        exclude_rows=partial(_exclude_rows, actor, dataset),
        restore=partial(_restore, actor, dataset),
        is_busy=is_busy,
    )


def _count(actor: Actor, dataset: Dataset, condition: Condition) -> tuple[int, int]:
    try:
        with reading() as session:
            return count_rows(session, actor=actor, dataset_id=dataset.id, condition=condition)
    except PortalError as error:
        show_refusal(error)
        return -1, dataset.n_rows


def _exclude_where(actor: Actor, dataset: Dataset, condition: Condition, reason: str) -> None:
    _request(actor, dataset, {"kind": "exclude_rows", "condition": condition, "reason": reason})


def _exclude_rows(actor: Actor, dataset: Dataset, rows: Sequence[int], reason: str) -> None:
    _request(actor, dataset, {"kind": "exclude_rows", "rows": list(rows), "reason": reason})


def _request(actor: Actor, dataset: Dataset, step: dict[str, Any]) -> None:
    carry_out(request_steps, "The rows are being left out.", actor=actor, dataset_id=dataset.id, steps=[step])


def _restore(actor: Actor, dataset: Dataset, index: int) -> None:
    carry_out(undo_step, "The rows are being brought back.", actor=actor, dataset_id=dataset.id, index=index)


def _stop(actor: Actor, job_id: str) -> None:
    with transaction() as session:
        cancel_job(session, actor=actor, job_id=job_id)


draw()
