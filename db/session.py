"""One unit of work, one transaction: committed at the end of the block, rolled back on any exception."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Session

from db.engine import READ_ONLY, get_engine

ANSWERS = "answers"


@contextmanager
def transaction(engine: Engine | None = None) -> Iterator[Session]:
    """A writing session. Never call `st.rerun`, `st.stop` or `st.switch_page` inside: they are exceptions."""
    with Session(engine or get_engine(), expire_on_commit=False) as session:
        with session.begin():
            yield session
        session.info.clear()


@contextmanager
def reading(engine: Engine | None = None) -> Iterator[Session]:
    """A consistent, read-only view: takes no write lock on SQLite and refuses writes on PostgreSQL.

    All its statements see the same moment: who reads an approval and then the threshold gets the approved one.
    What was read once is therefore not asked for again: a row stays in the session until the block ends, and
    `session.info[ANSWERS]` is a dictionary for answers that several queries need.
    """
    chosen = engine or get_engine()
    options: dict[str, Any] = {READ_ONLY: True}
    if chosen.dialect.name == "postgresql":
        options |= {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
    engine_of_view = chosen.execution_options(**options)
    with Session(engine_of_view, expire_on_commit=False, autoflush=False, info={ANSWERS: {}}) as session:
        rows: list[object] = []  # a session alone forgets a row as soon as nobody else holds it
        event.listen(session, "loaded_as_persistent", lambda _session, row: rows.append(row))
        yield session
        session.expunge_all()  # a rollback would expire what was read; it stays readable after the block
        session.rollback()
        rows.clear()  # the name of the session outlives the block: minutes, where a job begins with reading
        session.info.clear()
