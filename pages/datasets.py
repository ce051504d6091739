"""Datasets: bring the table a model learns from, see how sound it is, mend it step by step, say what it predicts."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.change import carry_out
from portal.ui.dataset_head import draw_head, draw_next_step, draw_status
from portal.ui.dataset_picture import Picture, read_picture
from portal.ui.datasets import dataset_numbers, draw_links, draw_target
from portal.ui.health_cards import Fix, HealthActions, draw_health
from portal.ui.intake import draw_intake, draw_reading, draw_upload, is_under_way
from portal.ui.layout import empty_state, head, metric_row, page
from portal.ui.recipe import RecipeActions, draw_recipe
from portal.ui.row_comparison import RowActions
from portal.ui.session import reading, transaction
from portal.ui.state import require_open_id
from portal.ui.versions import draw_difference, draw_lineage
from services.audit.actor import Actor
from services.datasets import commands
from services.datasets.commands.receiving import answer_questions, receive_file
from services.datasets.queries import get_decisions_text
from services.jobs.commands import cancel_job
from services.people.permissions import Permission, is_allowed

PROMISE = "What the model learns from, and what it may not see"


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    picture = read_picture(actor, project_id)
    with page():
        if picture is not None:
            _draw_dataset(actor, picture)
            return
        head("Data", PROMISE)
        if not is_allowed(actor, Permission.EDIT_DATA):
            empty_state(":material/upload_file:", "No data yet. A data scientist of this project brings the table.")
        elif is_under_way(actor, project_id):
            _draw_intake(actor, project_id)
        else:
            sentence = "No data yet. Bring one table with a row per case and the outcome you want to predict."
            empty_state(":material/upload_file:", sentence, partial(_draw_intake, actor, project_id))
        draw_links(project_id, only=("connections",))


def _draw_dataset(actor: Actor, picture: Picture) -> None:
    dataset, may_edit = picture.dataset, is_allowed(actor, Permission.EDIT_DATA)
    draw_head(picture)
    draw_links(dataset.project_id)
    draw_file = partial(
        draw_reading, actor, dataset.project_id, answer=partial(_answer, actor), cancel=partial(_stop, actor)
    )
    if may_edit and picture.is_reading_open:
        draw_file()
    ask = partial(
        carry_out, commands.request_examination, "The checks look at the table.", actor=actor, dataset_id=dataset.id
    )
    examine = ask if is_allowed(actor, Permission.EDIT_DICTIONARY) else None
    draw_status(actor, picture, stop=partial(_stop, actor), examine=examine)
    metric_row(dataset_numbers(dataset, picture.findings))
    draw_next_step(actor, picture, partial(_fix_safe, actor, dataset.id))
    choose = partial(_choose, actor, dataset.id) if may_edit else None
    if dataset.target is None:
        draw_target(dataset, choose)
    if picture.findings is not None:
        act = _health_actions(actor, dataset.id, is_busy=picture.is_busy) if may_edit else None
        draw_health(picture.findings, picture.explained, of=dataset.table_sha256, actions=act)
    draw_recipe(picture, _recipe_actions(actor, dataset.id) if may_edit else None, partial(_write, actor, dataset.id))
    if dataset.target is not None:
        draw_target(dataset, choose)
    draw_lineage(picture.lineage)
    compare = partial(carry_out, commands.request_comparison, "A worker compares the rows.", actor=actor)
    draw_difference(actor, picture.lineage, RowActions(compare, partial(_stop, actor)) if may_edit else None)
    if may_edit:
        if not picture.is_reading_open:
            draw_file()
        with st.expander("Bring a newer table", icon=":material/upload:"):
            draw_upload(actor, dataset.project_id, receive=partial(_receive, actor, dataset.project_id))


def _health_actions(actor: Actor, dataset_id: str, *, is_busy: bool) -> HealthActions:
    of = {"actor": actor, "dataset_id": dataset_id}
    explain = partial(carry_out, commands.explain_finding, "It is kept as it is.", **of)
    reopen = partial(carry_out, commands.reopen_finding, "It is open again.", **of)
    return HealthActions(partial(_fix, actor, dataset_id), explain, reopen, is_busy=is_busy)


def _recipe_actions(actor: Actor, dataset_id: str) -> RecipeActions:
    of = {"actor": actor, "dataset_id": dataset_id}
    return RecipeActions(
        undo=lambda index: carry_out(commands.undo_step, "The step is being undone.", index=index, **of),
        include=lambda column: carry_out(commands.include_column, f"{column} is back in.", column=column, **of),
        redo=lambda: carry_out(commands.redo_step, "The step is being taken again.", **of),
        replay=lambda: carry_out(commands.request_replay, "The steps are being taken again.", **of),
    )


def _draw_intake(actor: Actor, project_id: str) -> None:
    receive, answer, cancel = partial(_receive, actor, project_id), partial(_answer, actor), partial(_stop, actor)
    draw_intake(actor, project_id, receive=receive, answer=answer, cancel=cancel)


def _receive(actor: Actor, project_id: str, file_name: str, source_sha256: str, n_bytes: int) -> None:
    of = {"file_name": file_name, "source_sha256": source_sha256, "n_bytes": n_bytes}
    with transaction() as session:
        receive_file(session, actor=actor, project_id=project_id, **of)  # type: ignore[arg-type]


def _answer(actor: Actor, job_id: str, answers: Sequence[str]) -> None:
    with transaction() as session:
        answer_questions(session, actor=actor, job_id=job_id, answers=answers)


def _stop(actor: Actor, job_id: str) -> None:
    with transaction() as session:
        cancel_job(session, actor=actor, job_id=job_id)


def _choose(actor: Actor, dataset_id: str, column: str, label: str | None) -> None:
    of = {"actor": actor, "dataset_id": dataset_id, "column": column, "positive_label": label}
    carry_out(commands.choose_target, f"A model will predict “{column}”.", **of)


def _fix(actor: Actor, dataset_id: str, fix: Fix) -> None:
    of = {"actor": actor, "dataset_id": dataset_id}
    if fix["kind"] == "exclude_column":
        column, reason = str(fix["column"]), str(fix["reason"])
        carry_out(commands.exclude_column, f"{column} is left out.", column=column, reason=reason, **of)
    else:
        carry_out(commands.request_steps, "The fix is being applied.", steps=[fix["step"]], **of)


def _fix_safe(actor: Actor, dataset_id: str, codes: Sequence[str]) -> None:
    done = "What is safe is being fixed."
    carry_out(commands.request_fixes, done, actor=actor, dataset_id=dataset_id, codes=codes)


def _write(actor: Actor, dataset_id: str) -> str:
    with reading() as session:
        return get_decisions_text(session, actor=actor, dataset_id=dataset_id)


draw()
