"""Every kind of job has somebody who does it."""

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

from portal.jobs.handlers import _LEARNING, HANDLERS

KINDS = {
    "dataset.read",
    "dataset.apply",
    "dataset.examine",
    "dataset.compare",
    "connection.query",
    "labels.train",
    "labels.noise",
    "labels.worth",
    "models.top_loss",
}


def test_every_kind_has_a_handler() -> None:
    assert set(HANDLERS) >= KINDS


@pytest.mark.parametrize("kind", sorted(_LEARNING))
def test_what_is_loaded_later_is_there_and_takes_a_request_and_a_report(kind: str) -> None:
    module, name = _LEARNING[kind]
    assert len(inspect.signature(getattr(import_module(module), name)).parameters) == 2


def test_a_worker_starts_without_what_only_some_jobs_need() -> None:
    code = (
        "import sys, portal.jobs.handlers; print(sorted({'cleanlab', 'sklearn', 'shap', 'skops'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
