"""Connect a database, ask it, and take the connection away again. What a query brings is written down by its job."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.artifacts import get_artifact_store
from db.tables import Connection
from db.types import new_id
from services.audit.actor import SYSTEM, Actor
from services.audit.commands import record_event
from services.connections.address import clean_host, pin_address
from services.connections.errors import AddressRefusedError, SecretUnreadableError
from services.connections.queries import UNKNOWN_CONNECTION, get_connection, view_of
from services.connections.secrets import open_secret_box
from services.connections.settings import get_connection_settings
from services.connections.source import KINDS
from services.connections.statements import check_statement
from services.connections.views import KIND, ConnectionView, NewConnection, Purpose, QueryRequest
from services.errors import ConflictError, InvalidInputError
from services.jobs.commands import enqueue_job
from services.jobs.views import JobView
from services.people.permissions import Permission
from services.projects.queries import authorize_project

MAX_TEXT = 200
MAX_FILE_BYTES = 200 * 1024**2
_SIGNS = {"sqlite": (0, b"SQLite format 3\0"), "duckdb": (8, b"DUCK")}


def create_connection(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    wanted: NewConnection,
    password: str = "",
    content: bytes = b"",
) -> ConnectionView:
    """Keep how to reach a database server, its password encrypted, or keep a database file.

    Parameters
    ----------
    password
        Of the server's user. It is never shown, logged or recorded.
    content
        The bytes of the file. They are only opened in a worker's child process.

    Raises
    ------
    InvalidInputError
        Something is missing or is no name of its kind; one sentence for each.
    AddressRefusedError
        The portal may not go to this host.
    ConflictError
        Another connection of the project has this name.
    """
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.CONNECT)
    name = " ".join(wanted.name.split())
    _refuse_problems(wanted, name, password, content)
    taken = select(Connection.id).where(Connection.project_id == project_id, Connection.name == name)
    if session.exec(taken).first():
        raise ConflictError(f"A connection of this project is called “{name}” already. Choose another name.")
    row = Connection(id=new_id(), project_id=project_id, name=name, kind=wanted.kind, created_by=actor.user_id)
    if wanted.kind == "postgresql":
        row.host, row.port = _check_place(wanted), wanted.port
        row.database, row.user_name = wanted.database.strip(), wanted.user_name.strip()
        row.secret = open_secret_box().encrypt(password)
    else:
        row.file_sha256, row.file_name = get_artifact_store().put(content), _kept_name(wanted.file_name)
    session.add(row)
    session.flush()
    kept = {"name": name, "kind": row.kind, "place": view_of(row, actor.name).place, "file_sha256": row.file_sha256}
    _record(session, actor, row, "connection.created", kept)
    return view_of(row, actor.name)


def remove_connection(session: Session, *, actor: Actor, connection_id: str) -> None:
    """Forget how to reach a database, its password first. What was brought through it stays, with its provenance."""
    row = _authorized(session, actor, connection_id)
    name = row.name
    row.is_active, row.secret, row.name = False, None, f"{name} (removed, {row.id[:8]})"
    session.add(row)
    session.flush()
    _record(session, actor, row, "connection.removed", {"name": name, "kind": row.kind})


@dataclass(frozen=True, slots=True)
class Rotation:
    """What became of the stored passwords: encrypted anew, so already, or no key here reads them (their names)."""

    n_rotated: int
    n_newest: int
    unreadable: tuple[str, ...]


def rotate_secrets(session: Session) -> Rotation:
    """Encrypt every stored password with the first of the keys. One that cannot be read is left as it is, and named."""
    box, n_rotated, n_newest, unreadable = open_secret_box(), 0, 0, []
    statement = select(Connection).where(col(Connection.secret).is_not(None)).order_by(col(Connection.id))
    for row in session.exec(statement.with_for_update()).all():
        assert row.secret is not None
        if box.is_newest(row.secret):
            n_newest += 1
            continue
        try:
            row.secret = box.rotate(row.secret)
        except SecretUnreadableError:
            unreadable.append(row.name)
            continue
        session.add(row)
        _record(session, SYSTEM, row, "connection.secret_rotated", {"name": row.name})
        n_rotated += 1
    session.flush()
    return Rotation(n_rotated, n_newest, tuple(unreadable))


def test_connection(session: Session, *, actor: Actor, connection_id: str) -> JobView:
    """Have a worker try the connection: whether it answers, what can be read, and that nothing can be written."""
    return _enqueue(session, actor, _authorized(session, actor, connection_id), "test")


test_connection.__test__ = False  # type: ignore[attr-defined] # its name is a command's, not a test's


def request_query(
    session: Session, *, actor: Actor, connection_id: str, statement: str, purpose: Purpose = "preview"
) -> JobView:
    """Have a worker ask the database: the first rows to look at ("preview"), or all as a new version ("bring").

    Raises
    ------
    StatementRefusedError
        It is not a single statement that only reads.
    """
    row = _authorized(session, actor, connection_id)
    return _enqueue(session, actor, row, purpose, check_statement(statement, row.kind))


def _authorized(session: Session, actor: Actor, connection_id: str) -> Connection:
    view = get_connection(session, actor=actor, connection_id=connection_id)
    authorize_project(
        session, actor=actor, project_id=view.project_id, permission=Permission.CONNECT, unknown=UNKNOWN_CONNECTION
    )
    return session.get_one(Connection, connection_id)


def _enqueue(session: Session, actor: Actor, row: Connection, purpose: Purpose, statement: str = "") -> JobView:
    return enqueue_job(
        session,
        actor=actor,
        project_id=row.project_id,
        kind=KIND,
        request=QueryRequest(row.id, row.name, purpose, statement).document(),
        subject_id=row.id,
        permission=Permission.CONNECT,
    )


def _refuse_problems(wanted: NewConnection, name: str, password: str, content: bytes) -> None:
    if wanted.kind not in KINDS:
        raise InvalidInputError("Choose PostgreSQL, a SQLite file or a DuckDB file.")
    texts = {"name": name}
    if wanted.kind == "postgresql":
        texts |= {"database": wanted.database.strip(), "user": wanted.user_name.strip(), "password": password}
    problems = [f"The {what} is missing." for what, text in texts.items() if not text]
    problems += [
        f"The {what} has more than {MAX_TEXT} characters or a sign that no {what} has."
        for what, text in texts.items()
        if len(text) > MAX_TEXT or any(ord(sign) < 32 for sign in text)
    ]
    if wanted.kind in _SIGNS:
        problems += _file_problems(wanted.kind, content)
    if problems:
        raise InvalidInputError(*problems)


def _file_problems(kind: str, content: bytes) -> list[str]:
    start, sign = _SIGNS[kind]
    if not content:
        return ["Choose the database file."]
    if len(content) > MAX_FILE_BYTES:
        return [f"The file has {len(content) / 1024**2:,.0f} MB; at most {MAX_FILE_BYTES // 1024**2} MB are kept."]
    if content[start : start + len(sign)] != sign:
        return [f"The file is not a {KINDS[kind].removesuffix(' file')} database. Check which file it is."]
    return []


def _kept_name(file_name: str) -> str:
    """What the file is called from then on: no folders and nothing that is not seen. It is never used as a path."""
    last = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[-MAX_TEXT:].strip()


def _check_place(wanted: NewConnection) -> str:
    """Said at once where the list alone decides; a worker asks the name server, each time anew."""
    host, settings = clean_host(wanted.host), get_connection_settings()
    try:
        pin_address(host, wanted.port, settings.allowed_hosts, resolve=lambda *_: [])
    except AddressRefusedError as error:
        if not error.sentence.startswith(f"The name {host} has no address"):
            raise
    return host


def _record(session: Session, actor: Actor, row: Connection, action: str, after: dict[str, str | None]) -> None:
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="connection",
        object_id=row.id,
        project_id=row.project_id,
        after=after,
    )
