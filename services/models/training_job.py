"""The work of a run: try one model after another. Runs in workers, never in the web process."""

import logging
import time
from dataclasses import asdict
from typing import Any

from optuna import Study
from optuna.storages import BaseStorage
from sqlalchemy.exc import SQLAlchemyError

from db.session import transaction
from services.automl.candidates import Candidate
from services.automl.claims import ClaimedTrial, Place
from services.automl.execution import end_trial, fail_run, release_trial, save_candidate
from services.automl.preparation import Preparation
from services.automl.prepared_tables import get_prepared_tables
from services.automl.study import ask, open_study, tell
from services.automl.trainers import Trainer, TrialWork, train_here
from services.automl.training import TrialOutcome
from services.automl.turns.execution import hand_out_trial
from services.errors import PortalError
from services.jobs.child_process import ChildFailedError, ChildInterruptedError
from services.jobs.faults import log_fault
from services.models.run_data import describe_preparation, halting, store_array, wish_finder
from services.models.trial_facts import costs_of, excess_of, gap_of, intervals_of

_WISHES = {"pause", "stop", "cancel", "over"}
_LOG = logging.getLogger("portal.jobs")


def work_on_next_trial(place: Place, storage: BaseStorage, trainer: Trainer = train_here) -> bool:
    """Try one model, of the run whose turn it is. False when nobody waits for a place.

    A trial that stops at a fault is let go of, and the fault raised: whoever is free takes it up again.
    """
    claimed = hand_out_trial(place)
    if claimed is None:
        return False
    try:
        with halting(claimed.run_id, claimed.generation):
            _try(claimed, storage, trainer)
    except Exception:
        _release(claimed)
        raise
    return True


def _try(claimed: ClaimedTrial, storage: BaseStorage, trainer: Trainer) -> None:
    search_ends_at = time.monotonic() + claimed.search_seconds_left
    find_wish = wish_finder(claimed.run_id, claimed.generation, _WISHES)
    request = describe_preparation(claimed.run_id)
    try:
        with get_prepared_tables().use(request, find_interruption=find_wish) as prepared:
            preparation = prepared.load()
    except ChildInterruptedError:
        return  # the trial stays open: close_search ends it, or the next generation takes it up
    except PortalError as error:  # nothing can be learned from these data
        with transaction() as session:
            fail_run(session, run_id=claimed.run_id, generation=claimed.generation, failure=error.sentence)
        return
    candidate = _candidate_of(claimed, preparation, storage)
    work = TrialWork(
        run_id=claimed.run_id,
        trial_id=claimed.id,
        request=request,
        candidate=candidate,
        seconds_limit=claimed.seconds_limit,
        memory_mb_limit=claimed.memory_mb_limit,
        search_ends_at=search_ends_at,
    )
    try:
        outcome: TrialOutcome | str = trainer(work, find_wish)
    except ChildInterruptedError:
        return
    except ChildFailedError as failure:
        outcome = failure.sentence
    _keep(claimed, preparation, storage, outcome)


def _release(claimed: ClaimedTrial) -> None:
    try:
        with transaction() as session:
            release_trial(session, claimed=claimed)
    except SQLAlchemyError as error:  # this place takes it up again itself, when the database is back
        log_fault(_LOG, f"Trial {claimed.number} of run {claimed.run_id} could not be let go of.", error)


def _candidate_of(claimed: ClaimedTrial, preparation: Preparation, storage: BaseStorage) -> Candidate:
    if claimed.family:
        return Candidate(claimed.family, dict(claimed.parameters))
    study = _study(claimed.run_id, preparation, storage)
    candidate = ask(
        study,
        number=claimed.number,
        storage=storage,
        preparation=preparation,
        families=claimed.families,
        only=claimed.only_families,
    )
    with transaction() as session:
        save_candidate(
            session,
            claimed=claimed,
            family=candidate.family,
            parameters=candidate.parameters,
            phase=f"Trying {candidate.label.lower()}",
        )
    return candidate


def _study(run_id: str, preparation: Preparation, storage: BaseStorage) -> Study:
    return open_study(storage, run_id=run_id, greater_is_better=preparation.is_maximized)


def _keep(claimed: ClaimedTrial, preparation: Preparation, storage: BaseStorage, outcome: TrialOutcome | str) -> None:
    """Write down how the trial ended, and tell the study, which advises the next ones."""
    value: float | None = None
    excess: float | None = None
    if isinstance(outcome, str):
        _LOG.info("Trial %s of run %s failed: %s", claimed.number, claimed.run_id, outcome)
        result: dict[str, Any] = {"state": "failed", "failure": outcome}
    else:
        value = outcome.value_amount if outcome.value_amount is not None else outcome.score
        excess = excess_of(outcome, preparation.limits)
        result = {"state": "complete", **_result(outcome, preparation)}
    with transaction() as session:
        counts = end_trial(session, claimed=claimed, **result)
    if counts:
        tell(_study(claimed.run_id, preparation, storage), number=claimed.number, value=value, excess=excess)


def _result(outcome: TrialOutcome, preparation: Preparation) -> dict[str, Any]:
    return {
        "score": float(outcome.score),
        "fold_scores": [float(score) for score in outcome.fold_scores],
        "value_amount": outcome.value_amount,
        "prediction_sha256": store_array(outcome.predictions),
        "parameters": outcome.parameters,
        "fairness_gap": gap_of(preparation, outcome.predictions),
        **costs_of(outcome, preparation.limits),
        **asdict(intervals_of(preparation, outcome.predictions)),
    }
