"""Read a run from a tracking server: one the portal wrote, or anybody's with a metric that the portal knows."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.automl.budget import MAX_TRIALS
from services.automl.metrics import METRICS
from services.automl.tracking.client import TrackingClient
from services.automl.tracking.documents import (
    INTERVALS,
    MEASURES,
    PREFIX,
    ImportedRun,
    ImportedTrial,
    clean_environment,
    clean_number,
    clean_parameters,
    clean_split,
    clean_text,
    id_of,
    known_family,
    parts_of,
    read_document,
    tags_of,
)
from services.automl.tracking.errors import TrackingError, read_as_documents
from services.automl.tracking.exporting import FAMILY, PARAMETERS, PARENT, Tell, tell_nobody

_STATES = {"FINISHED": "complete", "FAILED": "failed", "KILLED": "pruned"}
_LONGEST_FAILURE, _MOST_FOLDS = 400, 100


def read_run(
    client: TrackingClient, run_id: str, *, metric: str | None = None, tell: Tell = tell_nobody
) -> ImportedRun:
    """Read a run and the runs below it from the server. One without any is its own single variant.

    Parameters
    ----------
    metric
        Which metric is the score; by default the one the export names, or the only one of the portal's that is there.
    tell
        Told after each variant how many are done, of how many.

    Raises
    ------
    TrackingError
        There is no such run, it has more variants than a run here may have, or nobody says which metric is its score.
    """
    with read_as_documents(run_id):
        return _read(client, run_id, metric, tell)


def _read(client: TrackingClient, run_id: str, metric: str | None, tell: Tell) -> ImportedRun:
    parent = client.get_run(run_id)
    tags, experiment = tags_of(parent), str(parent["info"]["experiment_id"])
    found = client.search_runs(experiment, f"tags.`{PARENT}` = '{run_id}'", most=MAX_TRIALS + 1)
    children = list(found) or [parent]
    if len(children) > MAX_TRIALS:
        raise TrackingError(f"The run has more than {MAX_TRIALS:,} variants, which is more than a run here may have.")
    children.sort(key=_place)
    chosen = metric or tags.get(f"{PREFIX}metric") or _only_metric(children)
    trials = []
    for done, child in enumerate(children):
        tell(done, len(children))
        trials.append(_trial(client, child, chosen))
    return ImportedRun(
        address=client.address,
        source_id=run_id,
        name=clean_text(parent["info"].get("run_name") or run_id),
        metric=chosen,
        seed=_whole(tags.get(f"{PREFIX}seed")) or _whole(_params(parent).get("seed")) or 0,
        dataset_sha256=_sha256(tags.get(f"{PREFIX}dataset_sha256")),
        valuation_sha256=_sha256(tags.get(f"{PREFIX}valuation_sha256")),
        environment=clean_environment(read_document(tags.get(f"{PREFIX}environment"))),
        split=clean_split(read_document(tags.get(f"{PREFIX}split"))),
        trials=tuple(trials),
    )


def _trial(client: TrackingClient, child: dict[str, Any], metric: str) -> ImportedTrial:
    tags, metrics = tags_of(child), _metric_values(child)
    score = metrics.get(metric)
    state = _STATES.get(str(child["info"].get("status")), "pruned")
    folds = client.metric_history(id_of(child), f"fold_{metric}")[:_MOST_FOLDS] if f"fold_{metric}" in metrics else []
    failure = tags.get(f"{PREFIX}failure")
    return ImportedTrial(
        source_id=id_of(child),
        family=known_family(tags.get(FAMILY)),
        parameters=clean_parameters(read_document(tags[PARAMETERS]) if PARAMETERS in tags else _params(child)),
        state="pruned" if state == "complete" and score is None else state,
        score=score,
        value_amount=metrics.get("value_amount"),
        fold_scores=tuple(number for found in folds if (number := clean_number(found)) is not None),
        seconds=_duration(child, metrics),
        failure=clean_text(failure, _LONGEST_FAILURE) if failure else None,
        measures={name: metrics[name] for name in (*INTERVALS, *MEASURES) if name in metrics},
    )


def _only_metric(children: Sequence[dict[str, Any]]) -> str:
    found = {name for child in children for name in _metric_values(child)} & set(METRICS)
    if len(found) != 1:
        named = ", ".join(METRICS[name].label for name in sorted(found)) or "none"
        raise TrackingError(f"Choose which metric is the score of the run. Of those the portal knows, it has: {named}.")
    return found.pop()


def _place(child: dict[str, Any]) -> tuple[int, int]:
    """By the number the portal gave, else by when it started."""
    return _whole(tags_of(child).get(f"{PREFIX}number")) or 0, int(child["info"].get("start_time") or 0)


def _params(run: dict[str, Any]) -> dict[str, Any]:
    return {str(pair["key"]): pair.get("value", "") for pair in parts_of(run, "params")}


def _metric_values(run: dict[str, Any]) -> dict[str, float]:
    """The last value of each metric; what is no finite number is not there."""
    pairs = ((str(pair["key"]), clean_number(pair.get("value"))) for pair in parts_of(run, "metrics"))
    return {key: value for key, value in pairs if value is not None}


def _duration(child: dict[str, Any], metrics: Mapping[str, float]) -> float | None:
    start, end = child["info"].get("start_time"), child["info"].get("end_time")
    seconds = metrics.get("duration_seconds", (int(end) - int(start)) / 1_000 if start and end else None)
    return seconds if seconds is None or seconds >= 0 else None


def _whole(text: Any) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,9}", str(text)) else None


def _sha256(text: str | None) -> str | None:
    return text if text and re.fullmatch(r"[0-9a-f]{64}", text) else None
