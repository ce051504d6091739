"""Connections: connect, test, look, bring, refresh; who may only look sees no button; nobody sees a password."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from db.session import transaction
from db.tables import Job
from portal.jobs.handlers import HANDLERS
from services.audit.actor import Actor
from services.connections.commands import create_connection
from services.connections.queries import list_asked, list_connections
from services.connections.settings import get_connection_settings
from services.connections.views import KIND, NewConnection
from services.datasets.commands import StoredTable, save_upload
from services.datasets.queries import find_dataset
from services.jobs.execution import run_job
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_connections import make_connection
from tests.makers_datasets import make_upload
from tests.pages.conftest import OpenPage, text_of

PASSWORD = "s3cret-canary-4711"


@pytest.fixture(autouse=True)
def _own_settings(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_CONNECTION_HOSTS", "warehouse.example.com")
    get_connection_settings.cache_clear()


def arrange(role: str = Role.DATA_SCIENTIST, *, folder: Path | None = None) -> tuple[Actor, str]:
    """A person of `role` in a project; with a folder, one that is connected to a SQLite file."""
    with transaction() as session:
        scientist = make_actor(session, Role.DATA_SCIENTIST)
        person = scientist if role == Role.DATA_SCIENTIST else make_actor(session, role)
        members = {scientist.user_id: scientist, person.user_id: person}
        project = make_project(session, *members.values())
        if folder is not None:
            make_connection(session, scientist, project.id, content=shop(folder))
    return person, project.id


def shop(folder: Path) -> bytes:
    path = folder / "shop.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE customers (id INTEGER, name TEXT); INSERT INTO customers VALUES (1, 'Anna'), (2, NULL);"
    )
    connection.close()
    return path.read_bytes()


def work(actor: Actor, project_id: str) -> None:
    """Do what a worker does with everything that waits."""
    with transaction() as session:
        waiting = [job.id for job in list_asked(session, actor=actor, project_id=project_id) if job.is_active]
    for job_id in waiting:
        run_job(job_id, HANDLERS, "worker")


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_an_empty_page_asks_for_a_database(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("connections", actor, project=project_id)
    assert not app.exception
    assert "No database is connected" in text_of(app)
    assert "Connect the database" in labels(app)


def test_a_server_is_connected_and_its_password_never_shown_again(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("connections", actor, project=project_id)
    for key, text in {
        "name": "Warehouse",
        "host": "warehouse.example.com",
        "database": "shop",
        "user": "reader",
    }.items():
        app.text_input(key=f"server_{key}").set_value(text)
    app.text_input(key="server_password").set_value(PASSWORD)
    app.button(key="server_now").click().run()
    assert not app.exception
    assert "PostgreSQL · shop on warehouse" in text_of(app).replace("\\", "")
    again = open_page("connections", actor, project=project_id)
    assert PASSWORD not in str(again.main) + text_of(again)


def test_a_host_that_is_not_listed_is_refused_where_it_was_typed(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    app = open_page("connections", actor, project=project_id)
    for key, text in {"name": "Mine", "host": "localhost", "database": "d", "user": "u", "password": "p"}.items():
        app.text_input(key=f"server_{key}").set_value(text)
    app.button(key="server_now").click().run()
    assert "may not connect to localhost" in app.error[0].value
    with transaction() as session:
        assert list_connections(session, actor=actor, project_id=project_id) == []


def test_from_a_test_over_a_look_to_a_version(open_page: OpenPage, tmp_path: Path) -> None:
    actor, project_id = arrange(folder=tmp_path)
    app = open_page("connections", actor, project=project_id)
    next(button for button in app.button if button.label == "Test").click().run()
    work(actor, project_id)
    app = open_page("connections", actor, project=project_id)
    assert "answers. 1 table can be read, and nothing can be changed." in text_of(app)

    app.text_area(key="question").set_value("SELECT * FROM customers")
    app.button(key="look").click().run()
    work(actor, project_id)
    app = open_page("connections", actor, project=project_id)
    assert app.dataframe[0].value.to_dict("list")["name"][0] == "Anna"
    assert "Looked at the first rows of Shop" in text_of(app)

    app.button(key="bring").click().run()
    work(actor, project_id)
    app = open_page("connections", actor, project=project_id)
    assert app.success[0].value == "2 rows are version 1 of the data."
    assert "Version 1 of the data is from Shop" in text_of(app)

    app.button(key="bring").click().run()
    work(actor, project_id)
    app = open_page("connections", actor, project=project_id)
    assert app.success[0].value == "Nothing has changed since version 1, which has the same 2 rows."
    with transaction() as session:
        dataset = find_dataset(session, actor=actor, project_id=project_id)
    assert dataset is not None
    assert (dataset.version, dataset.origin["query"]) == (1, "SELECT * FROM customers")


def test_rows_of_a_server_are_asked_for_again_by_one_button(open_page: OpenPage) -> None:
    actor, project_id = arrange()
    query = "SELECT * FROM customers"
    with transaction() as session:
        wanted = NewConnection("Warehouse", "postgresql", "warehouse.example.com", 5432, "shop", "reader")
        connection = create_connection(session, actor=actor, project_id=project_id, wanted=wanted, password=PASSWORD)
        origin = {
            "kind": "sql",
            "connection": "Warehouse",
            "connection_id": connection.id,
            "query": query,
            "taken_at": "2026-03-01T09:30:00+00:00",
        }
        stored = StoredTable("Warehouse (query)", "0" * 64, "0" * 64, 1, 1, make_upload().profile, origin)
        save_upload(session, actor=actor, project_id=project_id, stored=stored)
    app = open_page("connections", actor, project=project_id)
    assert "Version 1 of the data is from Warehouse, asked on 1 March, 09" in text_of(app)
    app.button(key="refresh").click().run()
    with transaction() as session:
        (job,) = list_asked(session, actor=actor, project_id=project_id)
    assert (job.request["statement"], job.request["purpose"], job.is_active) == (query, "bring", True)


def test_a_statement_that_writes_is_refused_where_it_was_typed(open_page: OpenPage, tmp_path: Path) -> None:
    actor, project_id = arrange(folder=tmp_path)
    app = open_page("connections", actor, project=project_id)
    app.text_area(key="question").set_value("DELETE FROM customers")
    app.button(key="bring").click().run()
    assert app.error[0].value.startswith("Only queries that read are allowed.")
    assert app.text_area(key="question").value == "DELETE FROM customers"


def test_a_mistake_is_explained_on_the_page(open_page: OpenPage, tmp_path: Path) -> None:
    actor, project_id = arrange(folder=tmp_path)
    app = open_page("connections", actor, project=project_id)
    app.text_area(key="question").set_value("SELECT * FROM nowhere")
    app.button(key="look").click().run()
    work(actor, project_id)
    app = open_page("connections", actor, project=project_id)
    assert "no such table" in app.error[0].value


def test_no_cell_of_the_first_rows_is_a_formula(open_page: OpenPage, tmp_path: Path) -> None:
    actor, project_id = arrange(folder=tmp_path)
    app = open_page("connections", actor, project=project_id)
    app.text_area(key="question").set_value("""SELECT '=1+1' AS "=2+2", -4.5 AS owed, NULL AS gap""")
    app.button(key="look").click().run()
    work(actor, project_id)
    app = open_page("connections", actor, project=project_id)
    (shown,) = [frame.value for frame in app.dataframe]
    assert list(shown.columns) == ["\u2060=2+2", "owed", "gap"]
    assert shown.iloc[0].tolist()[:2] == ["\u2060=1+1", "-4.5"]
    assert shown["gap"].isna().all()


def test_a_connection_is_removed(open_page: OpenPage, tmp_path: Path) -> None:
    actor, project_id = arrange(folder=tmp_path)
    app = open_page("connections", actor, project=project_id)
    next(button for button in app.button if button.label == "Remove the connection").click().run()
    assert "No database is connected" in text_of(app)


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.MANAGER, Role.AUDITOR])
def test_who_may_only_look_sees_the_connection_and_no_button(open_page: OpenPage, tmp_path: Path, role: str) -> None:
    actor, project_id = arrange(role, folder=tmp_path)
    app = open_page("connections", actor, project=project_id)
    assert not app.exception
    assert "Shop" in text_of(app)
    assert not {"Test", "Remove the connection", "Show the first rows", "Connect the database"} & set(labels(app))


def test_a_stranger_is_told_nothing(open_page: OpenPage, tmp_path: Path) -> None:
    _person, project_id = arrange(folder=tmp_path)
    with transaction() as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
    app = open_page("connections", stranger, project=project_id)
    assert "There is no such project" in text_of(app)
    assert "Shop" not in text_of(app)


def test_the_kind_of_the_jobs_has_a_handler() -> None:
    assert KIND in HANDLERS
    assert Job.__tablename__ == "job"
