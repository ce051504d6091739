"""Connections from the first word to the version of the data, on both databases of the portal."""

import hashlib
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, select
from sqlmodel import Session
from sqlmodel import select as sqlmodel_select

from db.artifacts import ArtifactStore, get_artifact_store
from db.engine import new_engine
from db.session import transaction
from db.tables import AuditEvent, Connection, SQLModel
from portal.backup import restore_backup, write_backup
from portal.jobs.handlers import HANDLERS
from services.audit.actor import Actor
from services.connections.commands import create_connection, remove_connection, request_query
from services.connections.commands import test_connection as try_connection
from services.connections.errors import AddressRefusedError, SecretUnreadableError, StatementRefusedError
from services.connections.queries import get_connection, list_asked, list_connections
from services.connections.secrets import KEY_FILE, _open, open_secret_box
from services.connections.settings import get_connection_settings
from services.connections.views import KIND, ConnectionView, NewConnection, Purpose
from services.datasets.commands import exclude_column
from services.datasets.queries import find_dataset
from services.datasets.views import Dataset
from services.errors import ConflictError, InvalidInputError, NotFoundError, PortalError
from services.jobs.handler import JobRequest, SilentReport
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_connections import make_connection
from tests.services.connections.conftest import PASSWORD, Warehouse

pytestmark = pytest.mark.usefixtures("own_settings")
CUSTOMERS = "SELECT * FROM customers ORDER BY id"


def arrange() -> tuple[Actor, str]:
    """A data scientist with a project."""
    with transaction() as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        return actor, make_project(session, actor).id


def connect(actor: Actor, project_id: str, warehouse: Warehouse, *, role: str = "reader") -> ConnectionView:
    source = warehouse.source(role)
    wanted = NewConnection("Warehouse", "postgresql", source.host, source.port, source.database, source.user_name)
    with transaction() as session:
        return create_connection(session, actor=actor, project_id=project_id, wanted=wanted, password=PASSWORD)


def work(actor: Actor, connection: ConnectionView, statement: str, purpose: Purpose) -> dict[str, Any]:
    """Ask, and do what a worker does."""
    with transaction() as session:
        if purpose == "test":
            job = try_connection(session, actor=actor, connection_id=connection.id)
        else:
            job = request_query(session, actor=actor, connection_id=connection.id, statement=statement, purpose=purpose)
    request = JobRequest(job.id, job.kind, job.project_id, job.subject_id, job.request, actor)
    return HANDLERS[KIND](request, SilentReport())


def latest(actor: Actor, project_id: str) -> Dataset:
    with transaction() as session:
        found = find_dataset(session, actor=actor, project_id=project_id)
    assert found is not None
    return found


def test_rows_of_a_server_become_a_version_with_their_provenance(engine: Engine, warehouse: Warehouse) -> None:
    actor, project_id = arrange()
    connection = connect(actor, project_id, warehouse)
    tried = work(actor, connection, "", "test")
    assert tried["tables"][0] == {"name": "customers", "columns": ("id", "name", "charges", "churn")}
    shown = work(actor, connection, CUSTOMERS, "preview")
    assert shown == {
        "columns": ["id", "name", "charges", "churn"],
        "rows": [["1", "Anna", "20.5", "No"], ["2", "Ben", None, "Yes"], ["3", "Cleo", "70.0", "No"]],
    }
    brought = work(actor, connection, CUSTOMERS, "bring")
    dataset = latest(actor, project_id)
    assert (brought["version"], brought["n_rows"], brought["is_unchanged"]) == (1, 3, False)
    csv = b'"id","name","charges","churn"\n1,"Anna",20.5,"No"\n2,"Ben",,"Yes"\n3,"Cleo",70,"No"\n'
    origin = {key: value for key, value in dataset.origin.items() if key not in ("taken_at", "stored")}
    assert origin == {
        "kind": "sql",
        "connection": "Warehouse",
        "connection_id": connection.id,
        "query": CUSTOMERS,
        "n_rows": 3,
        "row_sha256": hashlib.sha256(csv).hexdigest(),
    }
    assert dataset.change == "Asked Warehouse for 3 rows"
    assert [column.kind for column in dataset.columns][2:] == ["number", "category"]


def test_asking_again_makes_a_version_only_where_the_rows_changed(engine: Engine, warehouse: Warehouse) -> None:
    actor, project_id = arrange()
    connection = connect(actor, project_id, warehouse)
    work(actor, connection, CUSTOMERS, "bring")
    with transaction() as session:
        first = find_dataset(session, actor=actor, project_id=project_id)
        assert first is not None
        exclude_column(session, actor=actor, dataset_id=first.id, column="name", reason="Personal")
    assert work(actor, connection, CUSTOMERS, "bring") | {"dataset_id": ""} == {
        "dataset_id": "",
        "version": 2,
        "n_rows": 3,
        "n_columns": 4,
        "row_sha256": first.origin["row_sha256"],
        "is_unchanged": True,
    }
    warehouse.run("INSERT INTO customers VALUES (4, 'Dora', 1, 'No')")
    try:
        again = work(actor, connection, CUSTOMERS, "bring")
    finally:
        warehouse.run("DELETE FROM customers WHERE id = 4")
    assert (again["version"], again["n_rows"], again["is_unchanged"]) == (3, 4, False)
    assert latest(actor, project_id).excluded == {"name": "Personal"}


def test_a_user_who_may_write_is_refused_by_the_name_of_the_right(engine: Engine, warehouse: Warehouse) -> None:
    actor, project_id = arrange()
    connection = connect(actor, project_id, warehouse, role="writer")
    for purpose, statement in (("test", ""), ("preview", CUSTOMERS), ("bring", CUSTOMERS)):
        with pytest.raises(PortalError, match=r"writer_\w+ may insert rows in public.customers"):
            work(actor, connection, statement, purpose)  # type: ignore[arg-type]


def test_a_database_file_is_asked_in_the_same_way(engine: Engine, sqlite_source: Any, duckdb_source: Any) -> None:
    actor, project_id = arrange()
    for number, source in enumerate((sqlite_source, duckdb_source), start=1):
        wanted = NewConnection(source.kind, source.kind, file_name=f"shop.{source.kind}")
        content = Path(source.path).read_bytes()
        with transaction() as session:
            connection = create_connection(session, actor=actor, project_id=project_id, wanted=wanted, content=content)
        assert connection.place == f"shop.{source.kind}"
        statement = CUSTOMERS.replace("*", f"*, {number} AS number")
        assert work(actor, connection, statement, "bring")["version"] == number
        assert work(actor, connection, statement, "bring")["is_unchanged"]
        with pytest.raises(PortalError, match="does not understand the query"):
            work(actor, connection, "SELECT * FROM nowhere", "preview")


def test_the_password_is_nowhere_to_be_found(
    engine: Engine, warehouse: Warehouse, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    actor, project_id = arrange()
    connection = connect(actor, project_id, warehouse)
    work(actor, connection, CUSTOMERS, "bring")
    seen = [repr(connection)]
    for changes in ({"port": 1}, {"user_name": "nobody"}, {"database": "nowhere"}):
        wanted = replace(NewConnection("x", "postgresql", "127.0.0.1", warehouse.port, "d", "u"), **changes)
        with transaction() as session:
            broken = create_connection(
                session,
                actor=actor,
                project_id=project_id,
                wanted=replace(wanted, name=str(changes)),
                password=PASSWORD,
            )
        with pytest.raises(PortalError) as caught:
            work(actor, broken, "", "test")
        seen.append(str(caught.value))
    with engine.connect() as rows:
        for table in SQLModel.metadata.sorted_tables:
            seen += [str(row) for row in rows.execute(select(table))]
    store = get_artifact_store()
    seen += [store.get(digest).decode("latin-1") for digest in store.list_digests()]
    seen += [caplog.text, *capfd.readouterr()]
    assert not [text for text in seen if PASSWORD in text]
    assert any("connection.created" in text for text in seen)


def test_a_wrong_password_is_said_plainly(engine: Engine, warehouse: Warehouse) -> None:
    actor, project_id = arrange()
    source = warehouse.source()
    wanted = NewConnection("Warehouse", "postgresql", source.host, source.port, source.database, source.user_name)
    with transaction() as session:
        connection = create_connection(session, actor=actor, project_id=project_id, wanted=wanted, password="wrong one")
    with pytest.raises(PortalError, match="does not accept this user with this password"):
        work(actor, connection, "", "test")


def test_a_removed_connection_forgets_its_password_and_leaves_its_name_free(session: Session) -> None:
    actor = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, actor)
    connection = make_connection(session, actor, project.id)
    session.get_one(Connection, connection.id).secret = "x"
    remove_connection(session, actor=actor, connection_id=connection.id)
    assert session.get_one(Connection, connection.id).secret is None
    assert list_connections(session, actor=actor, project_id=project.id) == []
    with pytest.raises(NotFoundError):
        get_connection(session, actor=actor, connection_id=connection.id)
    with pytest.raises(NotFoundError):
        request_query(session, actor=actor, connection_id=connection.id, statement="SELECT 1")
    assert make_connection(session, actor, project.id).name == connection.name


def test_a_query_of_a_connection_removed_meanwhile_is_not_carried_out(engine: Engine) -> None:
    actor, project_id = arrange()
    with transaction() as session:
        connection = make_connection(session, actor, project_id)
        job = request_query(session, actor=actor, connection_id=connection.id, statement="SELECT 1")
        remove_connection(session, actor=actor, connection_id=connection.id)
    with pytest.raises(NotFoundError):
        HANDLERS[KIND](JobRequest(job.id, job.kind, project_id, None, job.request, actor), SilentReport())


def test_every_change_is_one_event_without_the_secret(session: Session) -> None:
    actor = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, actor)
    wanted = NewConnection(" The  shop ", "postgresql", "127.0.0.1", 5432, "shop", "reader")
    connection = create_connection(session, actor=actor, project_id=project.id, wanted=wanted, password=PASSWORD)
    remove_connection(session, actor=actor, connection_id=connection.id)
    events = [event for event in session.exec(sqlmodel_select(AuditEvent)) if event.object_type == "connection"]
    assert [event.action for event in events] == ["connection.created", "connection.removed"]
    assert events[0].after == {
        "name": "The shop",
        "kind": "postgresql",
        "place": "shop on 127.0.0.1:5432",
        "file_sha256": None,
    }
    assert PASSWORD not in json.dumps([event.model_dump(mode="json") for event in events])


@pytest.mark.parametrize(
    ("wanted", "error", "words"),
    [
        (
            NewConnection("", "postgresql", "127.0.0.1"),
            InvalidInputError,
            "The name is missing. The database is missing.",
        ),
        (NewConnection("x", "oracle"), InvalidInputError, "Choose PostgreSQL"),
        (NewConnection("x", "sqlite"), InvalidInputError, "not a SQLite database"),
        (NewConnection("x", "duckdb"), InvalidInputError, "not a DuckDB database"),
        (NewConnection("x" * 201, "postgresql", "127.0.0.1", 1, "d", "u"), InvalidInputError, "more than 200"),
        (NewConnection("x", "postgresql", "10.0.0.1", 1, "d", "u"), AddressRefusedError, "PORTAL_CONNECTION_HOSTS"),
        (NewConnection("x", "postgresql", "file:///etc", 1, "d", "u"), AddressRefusedError, "not the name of a host"),
        (NewConnection("x", "postgresql", "127.0.0.1", 0, "d", "u"), AddressRefusedError, "port"),
    ],
)
def test_what_cannot_be_connected_is_refused(
    session: Session, wanted: NewConnection, error: type[PortalError], words: str
) -> None:
    actor = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, actor)
    with pytest.raises(error, match=words):
        create_connection(
            session, actor=actor, project_id=project.id, wanted=wanted, password=PASSWORD, content=b"GIF89a"
        )


def test_a_name_is_taken_once(session: Session) -> None:
    actor = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, actor)
    make_connection(session, actor, project.id)
    with pytest.raises(ConflictError, match="called “Shop” already"):
        make_connection(session, actor, project.id)


def test_a_statement_that_changes_something_never_becomes_a_job(session: Session) -> None:
    actor = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, actor)
    connection = make_connection(session, actor, project.id)
    with pytest.raises(StatementRefusedError):
        request_query(session, actor=actor, connection_id=connection.id, statement="DROP TABLE customers")
    assert list_asked(session, actor=actor, project_id=project.id) == []


def test_a_backup_keeps_the_password_encrypted_and_needs_the_key(
    engine: Engine, warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, project_id = arrange()
    connect(actor, project_id, warehouse)
    write_backup(tmp_path / "backup", engine=engine, store=get_artifact_store())
    kept = [path for path in (tmp_path / "backup").rglob("*") if path.is_file()]
    assert not [path for path in kept if PASSWORD.encode() in path.read_bytes() or path.name == KEY_FILE]
    target = new_engine(f"sqlite:///{tmp_path / 'restored.sqlite'}")
    restore_backup(tmp_path / "backup", engine=target, store=ArtifactStore(str(tmp_path / "restored")))
    with Session(target) as session:
        (secret,) = session.exec(sqlmodel_select(Connection.secret)).all()
    target.dispose()
    assert open_secret_box().decrypt(str(secret)) == PASSWORD
    monkeypatch.setenv("PORTAL_SECRET_KEY", Fernet.generate_key().decode())
    get_connection_settings.cache_clear()
    _open.cache_clear()
    with pytest.raises(SecretUnreadableError, match="type the password again"):
        open_secret_box().decrypt(str(secret))
