"""Which cluster may be named, and what is chosen where none is, or where nothing can talk to it."""

import builtins
import logging
from typing import Any

import pytest
from pydantic import ValidationError

from portal.jobs.compute_settings import ComputeSettings
from portal.jobs.settings import WorkerSettings
from portal.jobs.training_places import choose_training_places
from services.automl.trainers import train_here


@pytest.mark.parametrize("url", ["http://scheduler:8786", "tcp://scheduler", "tcp://:8786", "scheduler:8786", "tcp://"])
def test_only_the_address_of_a_scheduler_is_taken(url: str) -> None:
    with pytest.raises(ValidationError, match="names a Dask scheduler"):
        ComputeSettings(url=url)


@pytest.mark.parametrize(
    ("url", "is_in_clear"),
    [
        ("", False),
        ("tcp://127.0.0.1:8786", False),
        ("tcp://scheduler.example.com:8786", True),
        ("tls://scheduler.example.com:8786", False),
    ],
)
def test_what_goes_in_clear_text_to_another_machine_is_known(url: str, is_in_clear: bool) -> None:
    assert ComputeSettings(url=url).is_in_clear == is_in_clear


def test_without_a_cluster_trials_are_trained_here() -> None:
    places = choose_training_places(WorkerSettings(concurrency=3), ComputeSettings())
    assert (places.trainer, places.n_places) == (train_here, 3)


def test_without_the_extra_the_worker_says_so_and_trains_here(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    load = builtins.__import__

    def without_dask(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "portal.jobs.cluster":
            raise ModuleNotFoundError(name)
        return load(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without_dask)
    with caplog.at_level(logging.ERROR):
        places = choose_training_places(WorkerSettings(concurrency=3), ComputeSettings(url="tcp://127.0.0.1:8786"))
    assert (places.trainer, places.n_places) == (train_here, 3)
    assert "drivetrain-portal[dask]" in caplog.text
