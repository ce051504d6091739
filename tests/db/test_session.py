"""Sessions: one block is one transaction, and writers at the same time lose nothing."""

import gc
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import Session, select

from db.session import reading, transaction
from db.tables import Project, User
from db.types import UtcDateTime, new_id, utc_now
from tests.statements import counting_statements

Block = Callable[[Engine], AbstractContextManager[Session]]


def add_user(session: Session, email: str) -> User:
    user = User(email=email, name="A person", role="business")
    session.add(user)
    session.flush()
    return user


def test_a_block_that_raises_keeps_nothing(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), transaction(engine) as session:
        add_user(session, "a@example.com")
        raise ZeroDivisionError
    with reading(engine) as session:
        assert session.exec(select(User)).all() == []


def test_rows_can_be_read_after_their_block(engine: Engine) -> None:
    with transaction(engine) as session:
        user = add_user(session, "a@example.com")
    assert user.email == "a@example.com"


@pytest.mark.parametrize("block", [reading, transaction])
def test_a_session_holds_no_row_and_no_answer_after_its_block(engine: Engine, block: Block) -> None:
    with transaction(engine) as session:
        add_user(session, "a@example.com")
    with block(engine) as session:
        user = weakref.ref(session.exec(select(User)).one())
        session.info["profiles"] = {"a": "large"}
    gc.collect()
    assert user() is None
    assert session.info == {}


def test_a_reading_block_sees_one_moment(engine: Engine) -> None:
    with reading(engine) as view:
        before = view.exec(select(User.email)).all()
        with transaction(engine) as session:
            add_user(session, "later@example.com")
        assert view.exec(select(User.email)).all() == before
    with reading(engine) as view:
        assert view.exec(select(User.email)).all() == ["later@example.com"]


def test_a_reading_block_changes_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        add_user(session, "a@example.com")
    try:
        with reading(engine) as session:
            add_user(session, "b@example.com")
    except DBAPIError as error:
        assert "read-only" in str(error)  # PostgreSQL refuses, SQLite forgets
    with reading(engine) as session:
        assert session.exec(select(User.email)).all() == ["a@example.com"]


def test_a_reader_is_not_held_up_by_a_writer(engine: Engine) -> None:
    with transaction(engine) as writer:
        add_user(writer, "a@example.com")
        with reading(engine) as reader:
            assert reader.exec(select(User)).all() == []


def test_eight_writers_at_the_same_time_lose_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        user = add_user(session, "a@example.com")
        session.add(Project(id="p", slug="p", name="0", sentence="s", created_by=user.id))

    def count_up(_writer: int) -> None:
        for _ in range(20):
            with transaction(engine) as session:
                project = session.exec(select(Project).with_for_update()).one()
                project.name = str(int(project.name) + 1)
                session.add(project)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(8)))
    with reading(engine) as session:
        assert session.exec(select(Project.name)).one() == "160"


def test_a_time_comes_back_in_utc(engine: Engine) -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with transaction(engine) as session:
        session.add(User(email="a@example.com", name="A", role="business", created_at=moment))
    with reading(engine) as session:
        found = session.exec(select(User.created_at)).one()
    assert found == moment
    assert found.tzinfo is UTC


def test_a_time_without_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="time zone"), transaction(engine) as session:
        session.add(User(email="a@example.com", name="A", role="business", created_at=datetime(2026, 3, 1)))  # noqa: DTZ001
        session.flush()


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_storing_a_time_does_not_move_it(moment: datetime) -> None:
    column = UtcDateTime()
    bound = column.process_bind_param(moment, None)  # type: ignore[arg-type] # the dialect is not looked at
    assert bound is not None
    # In UTC, because an hour that a zone skips or repeats equals nothing outside that zone (PEP 495).
    assert column.process_result_value(bound.replace(tzinfo=None), None) == moment.astimezone(UTC)  # type: ignore[arg-type]


def test_ids_are_not_repeated() -> None:
    assert len({new_id() for _ in range(1_000)}) == 1_000
    assert utc_now().tzinfo is UTC


def test_a_reading_block_asks_for_a_row_once(engine: Engine) -> None:
    with transaction(engine) as session:
        user_id = add_user(session, "a@example.com").id
    with counting_statements(engine) as statements, reading(engine) as view:
        names = [view.get_one(User, user_id).name for _ in range(3)]  # nobody holds the row in between
    assert names == ["A person"] * 3
    assert len(statements) == 1
