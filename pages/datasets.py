"""Datasets: bring the table a model learns from, say what it predicts, and leave out what it may not see."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import Badge
from portal.ui.columns import draw_columns, draw_excluded
from portal.ui.datasets import draw_target, draw_versions, upload_form
from portal.ui.layout import Number, action_bar, empty_state, head, metric_row, note, page
from portal.ui.session import reading, transaction
from portal.ui.state import flash, go_to, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.datasets.commands import choose_target, exclude_column, include_column, upload_dataset
from services.datasets.intake import read_upload
from services.datasets.queries import list_datasets
from services.datasets.sentences import describe_target, needs_attention
from services.datasets.views import Dataset
from services.errors import PortalError
from services.people.permissions import Permission, is_allowed

PROMISE = "What the model learns from, and what it may not see"


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    with reading() as session:
        versions = list_datasets(session, actor=actor, project_id=project_id)
    with page():
        if versions:
            _draw_dataset(actor, versions)
        else:
            _draw_empty(actor, project_id)


def _draw_empty(actor: Actor, project_id: str) -> None:
    head("Data", PROMISE)
    icon = ":material/upload_file:"
    if not is_allowed(actor, Permission.EDIT_DATA):
        empty_state(icon, "No data yet. A data scientist of this project brings the table.")
        return
    upload = partial(_upload, actor, project_id)
    empty_state(
        icon,
        "No data yet. Bring one table with a row per case and the outcome you want to predict.",
        lambda: upload_form("first", upload, is_primary=True),
    )


def _draw_dataset(actor: Actor, versions: list[Dataset]) -> None:
    dataset, may_edit = versions[0], is_allowed(actor, Permission.EDIT_DATA)
    written = f"{dataset.created_at.day} {dataset.created_at:%B}"
    head(
        "Data",
        f"{escape_markdown(dataset.file_name)}, changed by {escape_markdown(dataset.created_by_name)} on {written}",
        badges=[Badge(f"Version {dataset.version}", "gray")],
        finding=escape_markdown(describe_target(dataset)),
    )
    for remark in dataset.notes:
        note(escape_markdown(remark))
    metric_row(_numbers(dataset))
    _draw_next_step(actor, dataset)
    draw_target(dataset, partial(_choose, actor, dataset) if may_edit else None)
    draw_columns(dataset, partial(_exclude, actor, dataset) if may_edit else None)
    draw_excluded(dataset, partial(_include, actor, dataset) if may_edit else None)
    draw_versions(versions)
    if may_edit:
        with st.expander("Upload a newer table"):
            upload_form(dataset.id, partial(_upload, actor, dataset.project_id), is_primary=False)


def _numbers(dataset: Dataset) -> list[Number]:
    n_missing = sum(column.n_missing for column in dataset.columns)
    noted = sum(needs_attention(dataset.get_column(name)) for name in dataset.feature_columns)
    return [
        Number("Rows", f"{dataset.n_rows:,}", "one per case"),
        Number("Columns to learn from", f"{len(dataset.feature_columns):,}", f"of {dataset.n_columns:,} in the file"),
        Number("Missing cells", f"{n_missing:,}", f"of {dataset.n_rows * dataset.n_columns:,}; gaps are allowed"),
        Number("Second looks", f"{noted:,}", _remarks(noted), "orange" if noted else "gray"),
    ]


def _remarks(n_columns: int) -> str:
    return "column has a remark below" if n_columns == 1 else "columns have a remark below"


def _draw_next_step(actor: Actor, dataset: Dataset) -> None:
    if dataset.target is None or not is_allowed(actor, Permission.START_RUN):
        return
    text = "AutoML tries several kinds of model on these columns and checks the best one on rows kept aside."
    if action_bar("The data are ready for a model", text, "Start AutoML", icon=":material/model_training:", key="next"):
        go_to("runs", project=dataset.project_id)


def _upload(actor: Actor, project_id: str, file_name: str, content: bytes) -> None:
    def change() -> None:
        with st.spinner("Reading the table …"):
            upload = read_upload(file_name, content)  # before the transaction: it takes seconds
        with transaction() as session:
            upload_dataset(session, actor=actor, project_id=project_id, upload=upload)

    _say(change, "The table is read.")


def _choose(actor: Actor, dataset: Dataset, column: str, positive_label: str | None) -> None:
    def change() -> None:
        with transaction() as session:
            choose_target(session, actor=actor, dataset_id=dataset.id, column=column, positive_label=positive_label)

    _say(change, f"A model will predict “{column}”.")


def _exclude(actor: Actor, dataset: Dataset, column: str, reason: str) -> None:
    def change() -> None:
        with transaction() as session:
            exclude_column(session, actor=actor, dataset_id=dataset.id, column=column, reason=reason)

    _say(change, f"{column} is left out.")


def _include(actor: Actor, dataset: Dataset, column: str) -> None:
    def change() -> None:
        with transaction() as session:
            include_column(session, actor=actor, dataset_id=dataset.id, column=column)

    _say(change, f"{column} is back in.")


def _say(change: Callable[[], None], done: str) -> None:
    """Carry out a change; a refusal is shown where the person asked, and what they typed is kept."""
    try:
        change()
    except PortalError as error:
        st.error(escape_markdown(error.sentence), icon=":material/error:")
        return
    flash(escape_markdown(done))
    st.rerun()


draw()
