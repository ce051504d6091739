"""Where this worker has trials trained, and how many at a time: here, or on the cluster that the settings name."""

import logging
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from db.session import transaction
from portal.jobs.compute_settings import ComputeSettings
from portal.jobs.settings import WorkerSettings
from services.automl.run_notes import note_run
from services.automl.trainers import Trainer, train_here
from services.jobs.faults import log_fault

NOT_INSTALLED = (
    "PORTAL_COMPUTE_URL names a cluster, but what talks to it is not installed, so every trial is trained here. "
    "Install the extra: pip install 'drivetrain-portal[dask]'"
)
_LOG = logging.getLogger("portal.jobs")


@dataclass(frozen=True)
class TrainingPlaces:
    """Who trains, and how many trials at the same time."""

    trainer: Trainer
    n_places: int


def choose_training_places(worker: WorkerSettings, compute: ComputeSettings) -> TrainingPlaces:
    """The cluster of the settings, where there is one and its extra is installed, else this worker."""
    if not compute.url:
        return TrainingPlaces(train_here, worker.concurrency)
    try:
        from portal.jobs.cluster import ClusterTrainer
    except ModuleNotFoundError:
        _LOG.error(NOT_INSTALLED)
        return TrainingPlaces(train_here, worker.concurrency)
    return TrainingPlaces(ClusterTrainer(compute, n_here=worker.concurrency, tell=_note), compute.concurrency)


def _note(run_id: str, sentence: str) -> None:
    try:
        with transaction() as session:
            note_run(session, run_id=run_id, why=sentence)
    except SQLAlchemyError as error:
        log_fault(_LOG, f"Run {run_id} could not be told where it is trained.", error)
