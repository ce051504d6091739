"""Connections: databases the project may read and never change, and the questions asked of them."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.change import carry_out
from portal.ui.connection_form import draw_connection_form
from portal.ui.connections import (
    ConnectionActions,
    describe_origin,
    draw_answer,
    draw_back,
    draw_connection,
    draw_history,
    request_of,
)
from portal.ui.layout import action_bar, empty_state, head, page, section
from portal.ui.session import reading
from portal.ui.state import require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.connections.commands import create_connection, remove_connection, request_query, test_connection
from services.connections.queries import list_asked, list_connections
from services.connections.views import ConnectionView, NewConnection, Purpose
from services.datasets.queries import find_dataset
from services.datasets.views import Dataset
from services.jobs.commands import cancel_job
from services.jobs.views import JobView
from services.people.permissions import Permission, is_allowed

Weight = Literal["primary", "secondary"]
PROMISE = "Databases this project may read, and never change"
_EMPTY = "No database is connected. Connect one to bring the rows of a query, and to bring them again when they change."


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    with reading() as session:
        connections = list_connections(session, actor=actor, project_id=project_id)
        jobs = list_asked(session, actor=actor, project_id=project_id)
        latest = find_dataset(session, actor=actor, project_id=project_id)
    may_connect = is_allowed(actor, Permission.CONNECT)
    with page():
        draw_back(project_id)
        finding = describe_origin(latest)
        head("Connections", PROMISE, finding=escape_markdown(finding) if finding else None)
        if not connections:
            _draw_empty(actor, project_id, may_connect=may_connect)
        elif may_connect:
            _draw_for_asking(actor, project_id, connections, jobs, latest)
        else:
            for connection in connections:
                draw_connection(actor, connection, _last_test(jobs, connection), None)
        draw_history(jobs)


def _draw_empty(actor: Actor, project_id: str, *, may_connect: bool) -> None:
    if may_connect:
        form = partial(draw_connection_form, partial(_connect, actor, project_id), is_primary=True)
        empty_state(":material/cable:", _EMPTY, form)
    else:
        empty_state(":material/cable:", "No database is connected. A data scientist of this project connects one.")


def _draw_for_asking(
    actor: Actor, project_id: str, connections: list[ConnectionView], jobs: Sequence[JobView], latest: Dataset | None
) -> None:
    actions = ConnectionActions(
        test=lambda id_: carry_out(test_connection, "It is being tried.", actor=actor, connection_id=id_),
        remove=lambda id_: carry_out(remove_connection, "It is removed.", actor=actor, connection_id=id_),
        ask=partial(_ask, actor),
        stop=lambda id_: carry_out(cancel_job, "It is being stopped.", actor=actor, job_id=id_),
    )
    asked = next((job for job in jobs if request_of(job).purpose != "test"), None)
    can_refresh = _draw_refresh(connections, latest, asked, actions)
    for connection in connections:
        draw_connection(actor, connection, _last_test(jobs, connection), actions)
    with section("Ask a question", "One query that reads. Look at its first rows, then bring all of them."):
        _draw_question(connections, asked, actions, is_primary=not can_refresh)
        if asked is not None:
            draw_answer(actor, asked, actions.stop)
    with st.expander("Connect another database", icon=":material/cable:"):
        draw_connection_form(partial(_connect, actor, project_id), is_primary=False)


def _draw_refresh(
    connections: list[ConnectionView], latest: Dataset | None, asked: JobView | None, actions: ConnectionActions
) -> bool:
    """Where the latest version came from a query that can be asked again: the button that does."""
    origin = latest.origin if latest is not None else {}
    servers = {connection.id for connection in connections if connection.kind == "postgresql"}  # a file stays as it is
    if origin.get("kind") != "sql" or origin["connection_id"] not in servers:
        return False
    text = "The same query again. Where its rows have changed, they become a new version."
    is_busy = asked is not None and asked.is_active
    if action_bar("Are there newer rows?", text, "Refresh", icon=":material/refresh:", key="refresh", disabled=is_busy):
        actions.ask(str(origin["connection_id"]), str(origin["query"]), "bring")
    return True


def _draw_question(
    connections: list[ConnectionView], asked: JobView | None, actions: ConnectionActions, *, is_primary: bool
) -> None:
    names = {connection.id: connection.name for connection in connections}
    ids, last = list(names), asked.subject_id if asked is not None else None
    index = ids.index(last) if last in ids else 0
    with st.form("question", border=False):
        chosen = st.selectbox("Database", ids, index, format_func=names.__getitem__, key="question_of", width=360)
        text = st.text_area(
            "Query",
            request_of(asked).statement if asked is not None else "",
            height=140,
            placeholder="SELECT * FROM customers",
            key="question",
        )
        has_looked = asked is not None and asked.state == "done" and request_of(asked).purpose == "preview"
        looks: Weight = "primary" if is_primary and not has_looked else "secondary"
        brings: Weight = "primary" if is_primary and has_looked else "secondary"
        with st.container(horizontal=True):
            look = st.form_submit_button("Show the first rows", key="look", icon=":material/visibility:", type=looks)
            bring = st.form_submit_button(
                "Bring it in as a new version", key="bring", icon=":material/download:", type=brings
            )
    if look or bring:
        actions.ask(str(chosen), text, "bring" if bring else "preview")


def _ask(actor: Actor, connection_id: str, statement: str, purpose: Purpose) -> None:
    of = {"actor": actor, "connection_id": connection_id, "statement": statement, "purpose": purpose}
    carry_out(request_query, "The database is being asked.", **of)


def _connect(actor: Actor, project_id: str, wanted: NewConnection, password: str, content: bytes) -> None:
    of = {"wanted": wanted, "password": password, "content": content}
    carry_out(create_connection, f"{wanted.name.strip()} is connected.", actor=actor, project_id=project_id, **of)


def _last_test(jobs: Sequence[JobView], connection: ConnectionView) -> JobView | None:
    found = (job for job in jobs if request_of(job).purpose == "test" and job.subject_id == connection.id)
    return next(found, None)


draw()
