"""Start a run, steer it, and repeat it. The row of the run is the message to the workers; the web process talks to
nobody else.
"""

from services.automl.commands.reruns import STEPS, Step, repeat_run
from services.automl.commands.runs import start_run
from services.automl.commands.steering import (
    MORE_SECONDS,
    Wish,
    ask_run,
    continue_run,
    extend_run,
    restrict_run,
    resume_run,
)
from services.automl.commands.tracking import import_run, request_export, request_import

__all__ = [
    "MORE_SECONDS",
    "STEPS",
    "Step",
    "Wish",
    "ask_run",
    "continue_run",
    "extend_run",
    "import_run",
    "repeat_run",
    "request_export",
    "request_import",
    "restrict_run",
    "resume_run",
    "start_run",
]
