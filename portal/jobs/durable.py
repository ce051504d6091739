"""DBOS as this portal uses it: where it keeps its memory, and the one private call, wrapped once.

DBOS 3.4 resumes the workflows of a dead executor only when an executor of the same id starts again. To let a living
worker take them over, `recover` makes the call that DBOS makes for itself at that moment. A test holds its contract;
the dependency is pinned to 3.4.
"""

from collections.abc import Mapping, Sequence

from dbos import DBOS, DBOSConfig
from sqlalchemy.engine import make_url

from db.settings import DatabaseSettings

JOBS_VERSION = "jobs-4"  # count up when the steps of a workflow change: workers only resume what they know
SCHEMA = "dbos"
_POLL_SECONDS = 0.2


def launch(settings: DatabaseSettings, executor_id: str, queues: Mapping[str, int]) -> None:
    """Start the process-wide DBOS, and its `queues` with how many workflows of each this worker takes at a time.

    It remembers in its own SQLite file beside the portal's, or in its own schema of the portal's PostgreSQL.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    config: DBOSConfig = {
        "name": "drivetrain-portal",
        "system_database_url": _system_database_url(settings),
        "dbos_system_schema": SCHEMA,
        "application_version": JOBS_VERSION,
        "executor_id": executor_id,
        "log_level": "WARNING",
        "notification_listener_polling_interval_sec": 0.5,
        "max_executor_threads": 64,
    }
    DBOS(config=config)
    DBOS.launch()
    for name, concurrency in queues.items():
        DBOS.register_queue(
            name, worker_concurrency=concurrency, polling_interval_sec=_POLL_SECONDS, on_conflict="always_update"
        )


def recover(executor_ids: Sequence[str]) -> int:
    """Put the unfinished workflows of dead executors back on their queues. Returns how many there were."""
    if not executor_ids:
        return 0
    return len(DBOS._recover_pending_workflows(list(executor_ids)))  # noqa: SLF001  # the one private call, see above


def _system_database_url(settings: DatabaseSettings) -> str:
    if settings.is_sqlite:
        return f"sqlite:///{settings.data_dir / 'dbos.sqlite'}"
    url = make_url(settings.database_url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
