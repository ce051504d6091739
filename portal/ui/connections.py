"""The databases of a project: what each is, whether it answers, what it was asked, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from portal.ui.jobs import job_status
from portal.ui.layout import note, section, small
from portal.ui.text import escape_cell, escape_markdown
from services.audit.actor import Actor
from services.connections.views import ConnectionView, QueryRequest
from services.datasets.views import Dataset
from services.jobs.views import JobView

_PAGES = Path(__file__).resolve().parents[2] / "pages"
MAX_HISTORY = 8
MAX_TABLES, MAX_COLUMNS = 30, 40
_PURPOSES = {"test": "Tried", "preview": "Looked at the first rows of", "bring": "Asked for all rows of"}


@dataclass(frozen=True, slots=True)
class ConnectionActions:
    """What a person who may connect databases can do; each is called with the id of a connection."""

    test: Callable[[str], None]
    remove: Callable[[str], None]
    ask: Callable[[str, str, Any], None]  # connection, statement, purpose
    stop: Callable[[str], None]


def request_of(job: JobView) -> QueryRequest:
    """What the job was asked."""
    return QueryRequest.from_document(job.request)


def draw_back(project_id: str) -> None:
    """The way to the data."""
    page = _PAGES / "datasets.py"
    st.page_link(page, label="Data", icon=":material/arrow_back:", query_params={"project": project_id})


def describe_origin(latest: Dataset | None) -> str | None:
    """Where the rows of the latest version came from, where that is a query; plain text."""
    if latest is None or latest.origin.get("kind") != "sql":
        return None
    origin = latest.origin
    return f"Version {latest.version} of the data is from {origin['connection']}, asked on {_day(origin['taken_at'])}"


def draw_connection(
    actor: Actor, connection: ConnectionView, test: JobView | None, actions: ConnectionActions | None
) -> None:
    """One database: what it is, what its last test found, and the buttons."""
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            with st.container(gap=None, width=560):
                st.markdown(f"**{escape_markdown(connection.name)}**  \n{small(_place(connection))}")
            if actions is not None:
                _draw_buttons(connection, actions, is_busy=test is not None and test.is_active)
        if test is not None:
            job_status(actor, test, stop=actions.stop if actions else None)
            if test.state == "done" and test.result is not None:
                _draw_tables(test)


def draw_answer(actor: Actor, job: JobView, stop: Callable[[str], None] | None) -> None:
    """What came of the latest question: how far it is, its first rows, or its version."""
    job_status(actor, job, stop=stop)
    if job.state != "done" or job.result is None:
        return
    if request_of(job).purpose == "preview":
        _draw_rows(job)
        return
    st.success(escape_markdown(describe_brought(job)), icon=":material/check:")


def describe_brought(job: JobView) -> str:
    """What a question for all rows ended with; plain text."""
    result = job.result or {}
    if result["is_unchanged"]:
        return f"Nothing has changed since version {result['version']}, which has the same {result['n_rows']:,} rows."
    return f"{result['n_rows']:,} rows are version {result['version']} of the data."


def draw_history(jobs: Sequence[JobView]) -> None:
    """Who asked what, when, and what came of it, newest first."""
    asked = [job for job in jobs if request_of(job).purpose != "test"]
    if not asked:
        return
    with section("What was asked", "Each version keeps its query, its time and the hash of its rows."):
        for job in asked[:MAX_HISTORY]:
            _draw_asked(job)
        if len(asked) > MAX_HISTORY:
            with st.expander("Earlier questions"):
                for job in asked[MAX_HISTORY:]:
                    _draw_asked(job)


def _draw_asked(job: JobView) -> None:
    request = request_of(job)
    at = f"{job.created_at.day} {job.created_at:%B}, {job.created_at:%H:%M} UTC"
    who = f"{escape_markdown(job.created_by_name)}, {at}"
    line = f"{_PURPOSES[request.purpose]} {escape_markdown(request.connection_name)}. {escape_markdown(_outcome(job))}"
    with st.container(gap="xxsmall"):
        st.markdown(f"{line}  \n{small(who)}")
        st.code(request.statement, language="sql", wrap_lines=True, height="content")
        if request.purpose == "bring" and job.state == "done" and job.result is not None:
            note(f"Hash of the rows: {job.result['row_sha256'][:16]}")


def _outcome(job: JobView) -> str:
    if job.is_active:
        return "It is at work."
    if job.failure:
        return job.failure
    if job.state == "cancelled":
        return "It was stopped."
    return describe_brought(job) if request_of(job).purpose == "bring" else ""


def _draw_buttons(connection: ConnectionView, actions: ConnectionActions, *, is_busy: bool) -> None:
    with st.container(horizontal=True, width="content"):
        if st.button("Test", key=f"test_{connection.id}", icon=":material/network_check:", disabled=is_busy):
            actions.test(connection.id)
        with st.popover("Remove", icon=":material/delete:", type="tertiary"):
            st.markdown("The portal forgets the password. Versions that came from here stay, with their queries.")
            if st.button("Remove the connection", key=f"remove_{connection.id}"):
                actions.remove(connection.id)


def _draw_tables(test: JobView) -> None:
    result = test.result or {}
    tables = result["tables"]
    n_tables = f"{len(tables):,} {'table' if len(tables) == 1 else 'tables'}"
    server = escape_markdown(str(result["server"]))
    st.markdown(
        f":green[:material/check_circle:] {server} answers. {n_tables} can be read, and nothing can be changed."
    )
    if tables:
        with st.expander("What can be read", icon=":material/table:"):
            for table in tables[:MAX_TABLES]:
                columns = ", ".join(escape_markdown(str(name)) for name in table["columns"][:MAX_COLUMNS])
                st.markdown(f"**{escape_markdown(str(table['name']))}**  \n{small(columns or 'no columns')}")
            if len(tables) > MAX_TABLES:
                note(f"and {len(tables) - MAX_TABLES:,} more")


def _draw_rows(job: JobView) -> None:
    result = job.result or {}
    rows, columns = result["rows"], result["columns"]
    note(f"The first {len(rows)} rows. Empty cells are gaps." if rows else "The query gives no rows.")
    if rows:
        frame = pd.DataFrame(rows, columns=[escape_cell(str(name)) for name in columns], dtype="str")
        frame = frame.map(escape_cell, na_action="ignore")
        st.dataframe(frame, hide_index=True, height="content", placeholder="", key=f"rows_{job.id}")


def _place(connection: ConnectionView) -> str:
    user = f" as {escape_markdown(connection.user_name)}" if connection.user_name else ""
    added = f"connected by {escape_markdown(connection.created_by_name)}"
    return f"{connection.kind_in_words} · {escape_markdown(connection.place)}{user} · {added}"


def _day(moment: str) -> str:
    at = pd.Timestamp(moment)
    return f"{at.day} {at:%B}, {at:%H:%M} UTC"
