"""What a worker does before the first trial: write down the circumstances, and take over what an earlier run found."""

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from optuna.storages import BaseStorage
from sqlmodel import Session, col, select

from db.session import transaction
from db.tables import Run, Trial
from db.types import utc_now
from services.automl.business_inputs import BusinessInputs
from services.automl.circumstances import Split, describe_environment, describe_split
from services.automl.errors import UnusableDataError
from services.automl.judging import yearly_value_of
from services.automl.preparation import Preparation
from services.automl.priced_rows import priced_train
from services.automl.run_notes import keep_circumstances, mark_prepared
from services.automl.serving_limits import BYTES_PER_MB, ServingCost
from services.automl.study_history import copy_history
from services.jobs.child_process import ChildInterruptedError
from services.models.run_data import directions_of, load_array, load_preparation, objective_of, store_array, wish_finder
from services.models.trial_facts import gap_of, intervals_of

_REUSED_LANE = "0:0"  # of no generation: nobody worked on it here
_OF_ITS_RUN = {"id", "run_id", "number", "lane", "worker_id", "reused_from", "second", "started_at", "finished_at"}


def begin_run(run_id: str, generation: int, storage: BaseStorage) -> None:
    """Read the data of a run, say what it is made with, and take over results where it repeats another run.

    From then on its trials are handed out. Somebody who ends the run meanwhile ends the reading.

    Raises
    ------
    UnusableDataError
        The data cannot be learned from, or the run repeats the end of one whose rows were dealt otherwise.
    """
    started, find_wish = time.monotonic(), wish_finder(run_id, generation, {"over"})
    try:
        preparation = load_preparation(run_id, find_wish)
    except ChildInterruptedError:
        return
    if find_wish():
        return
    _begin(run_id, preparation, storage, started)
    with transaction() as session:
        mark_prepared(session, run_id=run_id)


def _begin(run_id: str, preparation: Preparation, storage: BaseStorage, started: float) -> None:
    split = describe_split(preparation)
    environment = describe_environment()
    truth, amounts = store_array(preparation.train.y), _describe_amounts(preparation)
    with transaction() as session:
        if session.get_one(Run, run_id).circumstances is None:
            keep_circumstances(
                session,
                run_id=run_id,
                environment=environment,
                split={**split.document(), "truth_sha256": truth},
                seconds={"preparing": time.monotonic() - started},
                **({"amounts": amounts} if amounts else {}),
            )
        run = session.get_one(Run, run_id)
        source = session.get(Run, run.rerun_of) if run.rerun_of else None
        if source is None or not _may_reuse(session, run, source, split, environment):
            return
        source_id, is_priced_anew = source.id, _price_of(run) != _price_of(source)
        earlier = [facts | _limited(facts, preparation) for facts in _list_earlier(session, run, source)]
    if is_priced_anew:
        earlier = [facts | _priced(facts, preparation) for facts in earlier]
    earlier = [facts | _compared(facts, preparation) for facts in earlier]
    with transaction() as session:
        _write_down(session, run_id, earlier)
    in_money = preparation.money is not None
    copy_history(
        storage,
        from_run_id=source_id,
        to_run_id=run_id,
        numbers={facts["earlier_number"]: facts["number"] for facts in earlier},
        values={facts["number"]: facts["value_amount" if in_money else "score"] for facts in earlier},
        excesses={
            facts["number"]: preparation.limits.excess(_cost(facts)) for facts in earlier if preparation.limits.is_any
        },
        greater_is_better=in_money or preparation.metric.greater_is_better,
    )


def _describe_amounts(preparation: Preparation) -> dict[str, Any]:
    """What the training rows are worth, as an artefact, and what is to be said of it; empty where all are alike."""
    priced = priced_train(preparation)
    summary, amounts = (None, None) if priced is None else (priced.summary, priced.amounts)
    if summary is None or amounts is None:
        return {}
    return {**asdict(summary), "amounts_sha256": store_array(amounts)}


def _may_reuse(session: Session, run: Run, source: Run, split: Split, environment: Mapping[str, Any]) -> bool:
    """The same rows, parts and directions; and for a search the same software, or a trial would not come out alike."""
    if run.rerun_from not in ("search", "finishing"):
        return False
    then = source.circumstances or {}
    is_same_split = then.get("split", {}).get("sha256") == split.sha256
    is_directed_alike = _directions(session, run) == _directions(session, source)
    if run.rerun_from == "finishing":
        if not is_same_split:
            raise UnusableDataError(
                f"The rows are dealt otherwise than in run {source.number}, so its models cannot be finished again. "
                "Run it again from the search."
            )
        if not is_directed_alike:
            raise UnusableDataError(
                f"The levers of the objective have other directions than in run {source.number}, so its models cannot "
                "be finished again. Run it again from the search."
            )
        return True
    libraries: Any = then.get("environment", {}).get("libraries")
    return bool(is_same_split and is_directed_alike and libraries == environment["libraries"])


def _list_earlier(session: Session, run: Run, source: Run) -> list[dict[str, Any]]:
    """The results of the earlier run as they will be numbered in this one."""
    states = ("complete",) if run.rerun_from == "finishing" else ("complete", "failed")
    statement = select(Trial).where(Trial.run_id == source.id, col(Trial.state).in_(states)).order_by(col(Trial.number))
    return [
        {
            "number": number,
            "earlier_number": trial.number,
            "reused_from": trial.reused_from or trial.id,
            **{name: getattr(trial, name) for name in Trial.model_fields if name not in _OF_ITS_RUN},
        }
        for number, trial in enumerate(session.exec(statement.limit(run.n_trials_budget)), start=1)
    ]


def _write_down(session: Session, run_id: str, earlier: list[dict[str, Any]]) -> None:
    there = set(session.exec(select(Trial.number).where(Trial.run_id == run_id)).all())
    now = utc_now()
    for facts in earlier:
        if facts["number"] not in there:
            columns = {name: value for name, value in facts.items() if name != "earlier_number"}
            session.add(Trial(run_id=run_id, lane=_REUSED_LANE, started_at=now, finished_at=now, **columns))


def _price_of(run: Run) -> tuple[str | None, str]:
    """What decides the money of its trials: the figures, and whether rows have their own amounts."""
    return run.valuation_version_id, BusinessInputs.from_document(run.business_inputs).amount_formula


def _directions(session: Session, run: Run) -> Mapping[str, int]:
    return directions_of(objective_of(session, run), run)


def _limited(facts: Mapping[str, Any], preparation: Preparation) -> dict[str, Any]:
    """What of the measured cost of a trial is beyond the limits of now."""
    return {"beyond_limits": preparation.limits.breach(_cost(facts))}


def _compared(facts: Mapping[str, Any], preparation: Preparation) -> dict[str, Any]:
    """The gap between the groups that are compared now."""
    if facts["prediction_sha256"] is None or not (preparation.compared or facts["fairness_gap"]):
        return {}
    return {"fairness_gap": gap_of(preparation, load_array(facts["prediction_sha256"]))}


def _cost(facts: Mapping[str, Any]) -> ServingCost:
    memory_mb = facts["peak_memory_mb"]
    memory_bytes = None if memory_mb is None else memory_mb * BYTES_PER_MB
    return ServingCost(facts["latency_ms"], memory_bytes, facts["size_bytes"], facts["batch_latency_ms"])


def _priced(facts: Mapping[str, Any], preparation: Preparation) -> dict[str, Any]:
    """What the predictions of a trial earn under the payoffs of now; nothing is fitted anew."""
    if facts["prediction_sha256"] is None:
        return {}
    predictions = load_array(facts["prediction_sha256"])
    if preparation.money is None:
        return {"value_amount": None, "value_low": None, "value_high": None}
    worth = yearly_value_of(preparation, predictions)
    return {"value_amount": worth, **asdict(intervals_of(preparation, predictions))}
