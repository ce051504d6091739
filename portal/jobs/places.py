"""The places of a worker: threads that each try one model after another, of the run whose turn it is."""

import logging
import threading

from optuna.storages import BaseStorage

from services.automl.execution import Place
from services.jobs.faults import log_fault
from services.models.training_job import work_on_next_trial

_LOG = logging.getLogger("portal.jobs")
_REST_SECONDS = 2.0  # after a fault, such as a database that is away


def open_places(
    executor_id: str, n_places: int, storage: BaseStorage, *, stop: threading.Event, look_seconds: float
) -> list[threading.Thread]:
    """Begin to work at `n_places` places until `stop`; where nobody waits, look again after `look_seconds`."""
    places = [Place(executor_id, index) for index in range(n_places)]
    threads = [
        threading.Thread(target=_work, args=(place, storage, stop, look_seconds), daemon=True) for place in places
    ]
    for thread in threads:
        thread.start()
    return threads


def _work(place: Place, storage: BaseStorage, stop: threading.Event, look_seconds: float) -> None:
    while not stop.is_set():
        try:
            if not work_on_next_trial(place, storage):
                stop.wait(look_seconds)
        except Exception as error:  # the trial was let go of, and is tried again by whoever is free
            log_fault(_LOG, "A trial stopped at a fault.", error)
            stop.wait(_REST_SECONDS)
