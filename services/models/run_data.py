"""What the work of a run reads and writes: its table as the search sees it, predictions, and wishes."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from db.artifacts import ArtifactDamagedError, ArtifactMissingError, get_artifact_store
from db.session import reading, transaction
from db.tables import Run
from services.audit.actor import SYSTEM
from services.automl.business_inputs import BusinessInputs, joined_directions
from services.automl.execution import find_interruption, halt_run
from services.automl.preparation import Preparation
from services.automl.prepared_tables import PreparationRequest, get_prepared_tables
from services.automl.queries.goals import find_goal
from services.automl.serving_limits import NO_LIMITS, limits_of
from services.datasets.queries import get_dataset
from services.jobs.faults import is_disk_full, log_fault
from services.proposals.objective import Objective
from services.proposals.queries import get_objective

NO_ROOM = (
    "No room is left where the portal keeps its files. What was found so far is kept. Make room, then let the run "
    "go on."
)
NO_DATA = (
    "The data of this run cannot be read from the storage. What was found so far is kept. Once the storage is whole "
    "again, let the run go on."
)
_LOG = logging.getLogger("portal.jobs")


def load_preparation(run_id: str, find_interruption: Callable[[], str | None] = lambda: None) -> Preparation:
    """The table of a run as its search sees it, from the file this worker made of it, or makes now.

    Without the rows that the search does not look at: they are millions, and nobody but finishing needs them.

    Raises
    ------
    ChildInterruptedError
        Somebody asked for an end while it was made.
    PortalError
        Nothing can be learned from the table, or it could not be read; the sentence says why.
    """
    with get_prepared_tables().use(describe_preparation(run_id), find_interruption=find_interruption) as prepared:
        return replace(prepared.load(), rest=None)


def describe_preparation(run_id: str) -> PreparationRequest:
    """What the preparation of a run is made from. All of it is immutable."""
    with reading() as session:
        run = session.get_one(Run, run_id)
        dataset = get_dataset(session, actor=SYSTEM, dataset_id=run.dataset_version_id)
        assert dataset.target is not None  # checked before the run was queued
        objective = objective_of(session, run)
        inputs = BusinessInputs.from_document(run.business_inputs)
        split = (run.circumstances or {}).get("split", {})
        return PreparationRequest.of(
            dataset.table_sha256,
            target=dataset.target,
            feature_columns=dataset.feature_columns,
            task=run.task,
            metric=run.metric,
            positive_label=dataset.positive_label,
            seed=run.seed,
            money=find_goal(session, actor=SYSTEM, run_id=run_id),
            split=run.split,
            limits=limits_of(objective.constraints) if objective else NO_LIMITS,
            directions=directions_of(objective, run),
            compared=inputs.compared,
            todays_rule=inputs.todays_rule,
            is_whole=bool(split) and "n_rest" not in split,  # begun when a search looked at all rows of any table
        )


def objective_of(session: Session, run: Run) -> Objective | None:
    """The version of the objective that was the latest when the run was asked for; None where there was none."""
    if run.objective_version_id is None:
        return None
    return get_objective(session, actor=SYSTEM, objective_id=run.objective_version_id).objective


def directions_of(objective: Objective | None, run: Run) -> dict[str, int]:
    """What levers demand and people expect, as it was when the run was asked for."""
    expected = BusinessInputs.from_document(run.business_inputs).expected
    return joined_directions(objective.directions if objective else {}, expected)


def wish_finder(run_id: str, generation: int, wishes: set[str]) -> Callable[[], str | None]:
    """What a child process asks through its parent: whether somebody wished one of these for the run.

    While the database is away nobody's wish can be known; the work goes on within its limits.
    """

    def find_wish() -> str | None:
        try:
            with reading() as session:
                wish = find_interruption(session, run_id=run_id, generation=generation)
        except SQLAlchemyError as error:
            log_fault(_LOG, f"Nobody could be asked about run {run_id}.", error)
            return None
        return wish if wish in wishes else None

    return find_wish


@contextmanager
def halting(run_id: str, generation: int) -> Iterator[None]:
    """Where the storage turns out full or not whole, pause the run: all other work on it would stop there too."""
    try:
        yield
    except (ArtifactMissingError, ArtifactDamagedError) as error:
        log_fault(_LOG, f"The data of run {run_id} could not be read.", error)
        why = NO_DATA
    except Exception as error:
        if not is_disk_full(error):
            raise
        log_fault(_LOG, f"There is no room for what run {run_id} found.", error)
        why = NO_ROOM
    else:
        return
    with transaction() as session:
        halt_run(session, run_id=run_id, generation=generation, failure=why)


def store_array(values: NDArray[Any]) -> str:
    """Predictions, or what really happened, as an artefact."""
    buffer = BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return get_artifact_store().put(buffer.getvalue())


def load_array(digest: str) -> NDArray[Any]:
    """What `store_array` stored."""
    loaded: NDArray[Any] = np.load(BytesIO(get_artifact_store().get(digest)), allow_pickle=False)
    return loaded
