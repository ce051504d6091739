"""The contract of the one private call into DBOS, and of the ids that make handing over twice harmless."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from dbos import DBOS

ROOT = Path(__file__).resolve().parents[3]

_TAKEOVER = """
import sys, time
from dbos import DBOS, SetWorkflowID
from db.settings import get_database_settings
from portal.jobs import durable

@DBOS.workflow()
def counted(seconds):
    sleep_step(seconds)
    return "end"

@DBOS.step()
def sleep_step(seconds):
    print("step", DBOS.executor_id, flush=True)
    time.sleep(0 if DBOS.executor_id == "B" else seconds)

name = sys.argv[1]
durable.launch(get_database_settings(), name, {"runs": 4})
if name == "A":
    for _ in range(2):
        with SetWorkflowID("one"):
            DBOS.enqueue_workflow("runs", counted, 600)
    time.sleep(600)
else:
    time.sleep(1)
    print("idle" if DBOS.get_workflow_status("one").status == "PENDING" else "stolen", flush=True)
    print("recovered", durable.recover(["A"]), durable.recover(["A"]), flush=True)
    print(DBOS.retrieve_workflow("one").get_result(polling_interval_sec=0.1), flush=True)
    import os; os._exit(0)
"""


def test_the_private_call_is_still_there() -> None:
    parameters = inspect.signature(DBOS._recover_pending_workflows).parameters
    assert list(parameters) == ["executor_ids"]


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_living_executor_finishes_what_a_dead_one_began_and_only_when_told(engine: object) -> None:
    dead = subprocess.Popen([sys.executable, "-c", _TAKEOVER, "A"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert dead.stdout is not None
    assert dead.stdout.readline() == "step A\n"
    dead.kill()
    dead.communicate()
    living = subprocess.run(
        [sys.executable, "-c", _TAKEOVER, "B"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert living.stdout.split("\n")[:4] == ["idle", "recovered 1 0", "step B", "end"]
