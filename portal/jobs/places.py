"""The places of a worker: threads that each try one model after another, of the run whose turn it is."""

import logging
import threading
from functools import partial

from optuna.storages import BaseStorage

from services.automl.claims import Place
from services.automl.trainers import Trainer
from services.jobs.faults import log_fault
from services.models.training_job import work_on_next_trial

_LOG = logging.getLogger("portal.jobs")
_REST_SECONDS = 2.0  # after a fault, such as a database that is away


def open_places(
    executor_id: str,
    n_places: int,
    storage: BaseStorage,
    trainer: Trainer,
    *,
    stop: threading.Event,
    look_seconds: float,
) -> list[threading.Thread]:
    """Begin to work at `n_places` places until `stop`; where nobody waits, look again after `look_seconds`."""
    work = partial(_work, storage=storage, trainer=trainer, stop=stop, look_seconds=look_seconds)
    threads = [
        threading.Thread(target=work, args=(Place(executor_id, index),), daemon=True) for index in range(n_places)
    ]
    for thread in threads:
        thread.start()
    return threads


def _work(place: Place, *, storage: BaseStorage, trainer: Trainer, stop: threading.Event, look_seconds: float) -> None:
    while not stop.is_set():
        try:
            if not work_on_next_trial(place, storage, trainer):
                stop.wait(look_seconds)
        except Exception as error:  # the trial was let go of, and is tried again by whoever is free
            log_fault(_LOG, "A trial stopped at a fault.", error)
            stop.wait(_REST_SECONDS)
