"""From the trials of a search to its model: fitted, checked and explained in a child, registered in one transaction."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from db.session import reading, transaction
from services.audit.actor import SYSTEM
from services.automl.execution import (
    cancel_finishing,
    complete_run,
    fail_run,
    find_interruption,
)
from services.automl.prepared_file import PreparedFile
from services.automl.prepared_tables import get_prepared_tables
from services.automl.run_notes import keep_circumstances
from services.errors import PortalError
from services.jobs.child_process import ChildFailedError, ChildInterruptedError, Limits, run_in_child
from services.models.choosing import Tried
from services.models.commands import register_model
from services.models.results import SearchResult, has_new_results, list_results, members_of_before
from services.models.run_data import describe_preparation, halting, load_array, wish_finder

if TYPE_CHECKING:
    from services.models.finishing import FinishedModel

FINISHING = Limits(seconds=1_800, memory_mb=8_192)


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
    with halting(run_id, generation):
        _finish_best(run_id, generation, ranked)


def _finish_best(run_id: str, generation: int, ranked: Sequence[SearchResult]) -> None:
    started = time.monotonic()
    try:
        finished = _finish_in_child(run_id, generation, ranked)
    except ChildInterruptedError:
        with transaction() as session:
            cancel_finishing(session, run_id=run_id, generation=generation)
        return
    except PortalError as failure:
        with transaction() as session:
            sentence = f"The best model could not be finished. {failure.sentence}"
            fail_run(session, run_id=run_id, generation=generation, failure=sentence)
        return
    with transaction() as session:
        if find_interruption(session, run_id=run_id, generation=generation) != "over":
            members = _numbered(finished, ranked)
            model: dict[str, Any] = {"members": members}
            if members != members_of_before(session, run_id):
                register_model(session, actor=SYSTEM, run_id=run_id, finished=finished)
                model["learns_from_all"] = finished.learns_from_all
            keep_circumstances(
                session,
                run_id=run_id,
                seconds={"finishing": time.monotonic() - started},
                model=model,
            )
            complete_run(session, run_id=run_id, generation=generation)


def _finish_in_child(run_id: str, generation: int, ranked: Sequence[SearchResult]) -> "FinishedModel":
    find_wish = wish_finder(run_id, generation, {"cancel", "over"})
    tried = [_tried(result) for result in ranked]
    with get_prepared_tables().use(describe_preparation(run_id), find_interruption=find_wish) as prepared:
        has_rest = prepared.load().rest is not None
        try:
            return run_in_child(_finish, prepared, tried, has_rest, limits=FINISHING, find_interruption=find_wish)
        except ChildFailedError:
            if not has_rest:
                raise
        # More rows than it can bear: the model of those that the search looked at is there all the same.
        return run_in_child(_finish, prepared, tried, False, limits=FINISHING, find_interruption=find_wish)


def _tried(result: SearchResult) -> Tried:
    predictions = load_array(result.prediction_sha256)
    cost = result.row_ms, result.size_bytes, result.memory_bytes, result.batch_ms
    return Tried(result.candidate, predictions, *cost)


def _numbered(finished: "FinishedModel", ranked: Sequence[SearchResult]) -> list[list[float]]:
    """Trial number and weight of each member of the model."""
    return [
        [next(result.number for result in ranked if result.candidate == candidate), weight]
        for candidate, weight in finished.members
    ]


def _finish(prepared: PreparedFile, ranked: list[Tried], with_rest: bool) -> "FinishedModel":
    """In a child, which alone loads what explains a model: plain data come back, the pipeline as it will be stored."""
    from services.models.finishing import finish

    preparation = prepared.load()
    return replace(finish(preparation if with_rest else replace(preparation, rest=None), ranked), pipeline=None)
