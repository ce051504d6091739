"""Read runs: what was tried, how far a search is, and who works on it."""

from services.automl.queries.events import list_run_events
from services.automl.queries.imported import get_imported_file
from services.automl.queries.runs import (
    UNKNOWN_RUN,
    count_ended_trials,
    find_latest_run,
    get_run,
    get_run_state,
    list_runs,
)
from services.automl.views import RunEvent, RunView, TrialView, WorkerView

__all__ = [
    "UNKNOWN_RUN",
    "RunEvent",
    "RunView",
    "TrialView",
    "WorkerView",
    "count_ended_trials",
    "find_latest_run",
    "get_imported_file",
    "get_run",
    "get_run_state",
    "list_run_events",
    "list_runs",
]
