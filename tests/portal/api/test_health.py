"""Probes."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from db.session import transaction
from db.tables import Worker
from db.types import utc_now
from portal.api.health import get_readiness
from tests.portal.conftest import Server


def test_the_probes_need_nobody(server: Server) -> None:
    with server.nobody() as client:
        assert client.get("/v2/health/live").json() == {"live": True}
        assert client.get("/v2/health/ready").status_code == 200


@pytest.mark.parametrize(("age_seconds", "expected"), [(1, True), (31, False)])
def test_a_worker_is_there_while_it_reports(engine: Engine, age_seconds: int, expected: bool) -> None:
    at = utc_now() - timedelta(seconds=age_seconds)
    with transaction(engine) as session:
        session.add(
            Worker(
                executor_id="w",
                host="h",
                pid=1,
                application_version="1",
                started_at=at,
                heartbeat_at=at,
                lease_until=at,
            )
        )
    readiness = get_readiness()
    assert (readiness.ready, readiness.worker) == (True, expected)


def test_tables_of_another_version_are_not_served(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    readiness = get_readiness()
    assert (readiness.ready, readiness.database, readiness.migrations) == (False, True, False)


def test_a_database_that_does_not_answer_is_an_answer(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE worker")
    assert not get_readiness().ready
