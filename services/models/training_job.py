"""The work of a run: try one model after another, then finish the best. Runs in workers, never in the web process."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from optuna import Study
from optuna.storages import BaseStorage
from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from db.tables import Run
from services.audit.actor import SYSTEM
from services.automl.candidates import Candidate
from services.automl.execution import (
    ClaimedTrial,
    Place,
    cancel_finishing,
    complete_run,
    end_trial,
    fail_run,
    find_interruption,
    keep_circumstances,
    release_trial,
    save_candidate,
)
from services.automl.money import MoneyGoal, money_goal
from services.automl.preparation import Preparation, prepare
from services.automl.study import ask, open_study, tell
from services.automl.training import TrialOutcome, train_candidate
from services.automl.turns.execution import hand_out_trial
from services.datasets.queries import get_dataset, get_table_content
from services.datasets.tables import read_table
from services.errors import PortalError
from services.jobs.child_process import ChildFailedError, ChildInterruptedError, Limits, run_in_child
from services.models.choosing import Tried
from services.models.commands import register_model
from services.models.results import SearchResult, has_new_results, list_results, members_of_before
from services.models.trial_facts import costs_of, intervals_of
from services.valuation.queries import get_valuation

if TYPE_CHECKING:
    from services.models.finishing import FinishedModel

FINISHING = Limits(seconds=900, memory_mb=8_192)
_GRACE_SECONDS = 2.0  # a trial that keeps its own time may say so before it is killed
_LOG = logging.getLogger("portal.jobs")
Floats = NDArray[np.float64]


def work_on_next_trial(place: Place, storage: BaseStorage) -> bool:
    """Try one model, of the run whose turn it is. False when nobody waits for a place."""
    claimed = hand_out_trial(place)
    if claimed is None:
        return False
    try:
        _try(claimed, storage)
    except Exception:
        with transaction() as session:
            release_trial(session, claimed=claimed)
        raise
    return True


def _try(claimed: ClaimedTrial, storage: BaseStorage) -> None:
    try:
        preparation = load_preparation(claimed.run_id)
    except PortalError as error:  # nothing can be learned from these data
        _give_up(claimed, error.sentence)
        return
    candidate = _candidate_of(claimed, preparation, storage)
    try:
        outcome = _train(claimed, preparation, candidate)
    except ChildInterruptedError:
        return  # the trial stays open: close_search ends it, or the next generation takes it up
    except ChildFailedError as failure:
        _keep_failure(claimed, failure.sentence, storage)
    else:
        _keep_outcome(claimed, outcome, storage)


def _give_up(claimed: ClaimedTrial, sentence: str) -> None:
    with transaction() as session:
        fail_run(session, run_id=claimed.run_id, generation=claimed.generation, failure=sentence)


def finish_run(run_id: str, generation: int) -> None:
    """Fit, check and explain the best of what was tried, and register it. Does nothing for a run that has ended.

    Where a continued search found nothing that makes a better model or team, the model of before stays the only one.
    """
    with reading() as session:
        if find_interruption(session, run_id=run_id, generation=generation) == "over":
            return
        ranked = list_results(session, run_id)
        has_new = has_new_results(session, run_id)
    if not has_new:
        with transaction() as session:
            complete_run(session, run_id=run_id, generation=generation)
        return
    started = time.monotonic()
    try:
        finished = run_in_child(
            _finish,
            load_preparation(run_id),
            [
                Tried(result.candidate, load_array(result.prediction_sha256), result.row_ms, result.size_bytes)
                for result in ranked
            ],
            limits=FINISHING,
            find_interruption=_asker(run_id, generation, {"cancel", "over"}),
        )
    except ChildInterruptedError:
        with transaction() as session:
            cancel_finishing(session, run_id=run_id, generation=generation)
        return
    except ChildFailedError as failure:
        with transaction() as session:
            sentence = f"The best model could not be finished. {failure.sentence}"
            fail_run(session, run_id=run_id, generation=generation, failure=sentence)
        return
    with transaction() as session:
        if find_interruption(session, run_id=run_id, generation=generation) != "over":
            members = _numbered(finished, ranked)
            if members != members_of_before(session, run_id):
                register_model(session, actor=SYSTEM, run_id=run_id, finished=finished)
            keep_circumstances(
                session,
                run_id=run_id,
                seconds={"finishing": time.monotonic() - started},
                model={"members": members},
            )
            complete_run(session, run_id=run_id, generation=generation)


def _numbered(finished: "FinishedModel", ranked: list[SearchResult]) -> list[list[float]]:
    """Trial number and weight of each member of the model."""
    return [
        [next(result.number for result in ranked if result.candidate == candidate), weight]
        for candidate, weight in finished.members
    ]


@lru_cache(maxsize=2)
def load_preparation(run_id: str) -> Preparation:
    """The table of a run as its search sees it. Everything it is made from is immutable, so a worker keeps it."""
    with reading() as session:
        run = session.get_one(Run, run_id)
        dataset = get_dataset(session, actor=SYSTEM, dataset_id=run.dataset_version_id)
        assert dataset.target is not None  # checked before the run was queued
        return prepare(
            read_table(get_table_content(session, actor=SYSTEM, dataset_id=dataset.id)),
            target=dataset.target,
            feature_columns=dataset.feature_columns,
            task=run.task,
            metric=run.metric,
            positive_label=dataset.positive_label,
            seed=run.seed,
            money=_money_goal(session, run),
            split=run.split,
        )


def _money_goal(session: Session, run: Run) -> MoneyGoal | None:
    if run.valuation_version_id is None or run.task != "binary":
        return None
    assumptions = get_valuation(session, actor=SYSTEM, valuation_id=run.valuation_version_id).assumptions
    return money_goal(assumptions)


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


def _train(claimed: ClaimedTrial, preparation: Preparation, candidate: Candidate) -> TrialOutcome:
    return run_in_child(
        _train_candidate,
        preparation,
        candidate,
        claimed.seconds_limit,
        limits=Limits(claimed.seconds_limit + _GRACE_SECONDS, claimed.memory_mb_limit),
        find_interruption=_asker(claimed.run_id, claimed.generation, {"pause", "stop", "cancel", "over"}),
    )


def _train_candidate(preparation: Preparation, candidate: Candidate, seconds_limit: float) -> TrialOutcome:
    return replace(train_candidate(preparation, candidate, seconds_limit=seconds_limit), pipeline=b"")


def _finish(preparation: Preparation, ranked: list[Tried]) -> "FinishedModel":
    """In a child, which alone loads what explains a model: plain data come back, the pipeline as it will be stored."""
    from services.models.finishing import finish

    return replace(finish(preparation, ranked), pipeline=None)


def _asker(run_id: str, generation: int, wishes: set[str]) -> Callable[[], str | None]:
    def find_wish() -> str | None:
        with reading() as session:
            wish = find_interruption(session, run_id=run_id, generation=generation)
        return wish if wish in wishes else None

    return find_wish


def _keep_outcome(claimed: ClaimedTrial, outcome: TrialOutcome, storage: BaseStorage) -> None:
    digest = store_array(outcome.predictions)
    preparation = load_preparation(claimed.run_id)
    with transaction() as session:
        counts = end_trial(
            session,
            claimed=claimed,
            state="complete",
            score=float(outcome.score),
            fold_scores=[float(score) for score in outcome.fold_scores],
            value_amount=outcome.value_amount,
            prediction_sha256=digest,
            parameters=outcome.parameters,
            **costs_of(outcome),
            **asdict(intervals_of(preparation, outcome.predictions)),
        )
    if counts:
        value = outcome.value_amount if outcome.value_amount is not None else outcome.score
        tell(_study(claimed.run_id, preparation, storage), number=claimed.number, value=value)


def _keep_failure(claimed: ClaimedTrial, sentence: str, storage: BaseStorage) -> None:
    _LOG.info("Trial %s of run %s failed: %s", claimed.number, claimed.run_id, sentence)
    with transaction() as session:
        end_trial(session, claimed=claimed, state="failed", failure=sentence)
    tell(_study(claimed.run_id, load_preparation(claimed.run_id), storage), number=claimed.number, value=None)


def store_array(values: NDArray[Any]) -> str:
    """Predictions, or what really happened, as an artefact."""
    buffer = BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return get_artifact_store().put(buffer.getvalue())


def load_array(digest: str) -> NDArray[Any]:
    """What `store_array` stored."""
    loaded: NDArray[Any] = np.load(BytesIO(get_artifact_store().get(digest)), allow_pickle=False)
    return loaded
