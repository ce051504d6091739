"""Write a run to a tracking server: one run for the search, below it one for each variant."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from services.automl.sentences import family_label
from services.automl.tracking.client import TrackingClient
from services.automl.tracking.documents import INTERVALS, MEASURES, PREFIX, id_of, is_run_id, tags_of
from services.automl.tracking.errors import read_as_documents
from services.automl.views import RunView, TrialView

PARENT = "mlflow.parentRunId"
FAMILY, PARAMETERS = f"{PREFIX}family", f"{PREFIX}parameters"
MOST_VARIANTS = 10_000
_STATUS = {"complete": "FINISHED", "failed": "FAILED", "pruned": "KILLED"}
_RUN_STATUS = {"finished": "FINISHED", "failed": "FAILED", "cancelled": "KILLED"}
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Origin:
    """Where a run comes from: the project by its short name, the data and the payoffs by their hashes."""

    project: str
    dataset_sha256: str
    valuation_sha256: str | None = None


def tell_nobody(done: int, total: int) -> None:
    """For work that nobody watches."""


def export_run(client: TrackingClient, run: RunView, origin: Origin, *, tell: Tell = tell_nobody) -> str:
    """Write a run that has ended, and its variants, to the server. Returns the id the run has there.

    What is there already stays as it is: an export that was interrupted goes on, and one that is done adds nothing but
    what was tried since.

    Parameters
    ----------
    tell
        Told after each variant how many are done, of how many.
    """
    with read_as_documents(f"{run.number}"):
        return _export(client, run, origin, tell)


def _export(client: TrackingClient, run: RunView, origin: Origin, tell: Tell) -> str:
    experiment = client.find_or_create_experiment(f"Drivetrain: {origin.project}")
    wanted = f"tags.`{PREFIX}run_id` = '{run.id}' and tags.`{PREFIX}kind` = 'run'"
    found = next(client.search_runs(experiment, wanted, most=1), None)
    parent = id_of(found) if found else _create_parent(client, experiment, run, origin)
    children = client.search_runs(experiment, f"tags.`{PARENT}` = '{parent}'", most=MOST_VARIANTS)
    there = {tags_of(child).get(f"{PREFIX}trial_id"): child for child in children}
    ended = [trial for trial in run.trials if trial.state in _STATUS]
    for done, trial in enumerate(ended):
        tell(done, len(ended))
        known = there.get(trial.id)
        if known is None or known.get("info", {}).get("status") == "RUNNING":
            child = id_of(known) if known else _create_child(client, experiment, parent, run, trial, origin)
            params = {"family": trial.family, **{key: str(value) for key, value in trial.parameters.items()}}
            client.log(child, params=params, metrics=_metrics(run, trial), at=_millis(trial.finished_at))
            client.end_run(child, status=_STATUS[trial.state], ended_at=_millis(trial.finished_at))
    if run.best is not None:
        client.log(parent, params={}, metrics=_metrics(run, run.best), at=_millis(run.finished_at))
    client.end_run(parent, status=_RUN_STATUS.get(run.state, "FINISHED"), ended_at=_millis(run.finished_at))
    return parent


def _create_parent(client: TrackingClient, experiment: str, run: RunView, origin: Origin) -> str:
    circumstances = run.circumstances
    split = {name: value for name, value in circumstances.get("split", {}).items() if name != "truth_sha256"}
    tags = {
        f"{PREFIX}kind": "run",
        f"{PREFIX}run_id": run.id,
        f"{PREFIX}number": str(run.number),
        f"{PREFIX}metric": run.metric,
        f"{PREFIX}environment": json.dumps(circumstances.get("environment", {})),
        f"{PREFIX}split": json.dumps(split),
        "mlflow.note.content": f"Run {run.number} of the project {origin.project} in the Drivetrain Portal.",
        **_origin_tags(run, origin),
    }
    parent = client.create_run(experiment, f"Run {run.number}", started_at=_millis(run.created_at), tags=tags)
    if not is_run_id(parent):
        raise ValueError("This is no id of a run.")
    params = {
        "task": run.task,
        "metric": run.metric,
        "seed": str(run.seed),
        "dataset_version": str(run.dataset_version),
        "variants": str(run.n_trials_budget),
        "seconds": f"{run.budget_seconds:g}",
    }
    client.log(parent, params=params, metrics=[], at=_millis(run.finished_at))
    return parent


def _create_child(
    client: TrackingClient, experiment: str, parent: str, run: RunView, trial: TrialView, origin: Origin
) -> str:
    tags = {
        PARENT: parent,
        f"{PREFIX}kind": "trial",
        f"{PREFIX}trial_id": trial.id,
        f"{PREFIX}number": str(trial.number),
        FAMILY: trial.family,
        PARAMETERS: json.dumps(dict(trial.parameters)),
        **({f"{PREFIX}failure": trial.failure} if trial.failure else {}),
        **_origin_tags(run, origin),
    }
    name = f"{family_label(trial.family)} {run.number}.{trial.number}"
    return client.create_run(experiment, name, started_at=_millis(trial.started_at), tags=tags)


def _origin_tags(run: RunView, origin: Origin) -> dict[str, str]:
    found = {f"{PREFIX}seed": str(run.seed), f"{PREFIX}dataset_sha256": origin.dataset_sha256}
    return found | ({f"{PREFIX}valuation_sha256": origin.valuation_sha256} if origin.valuation_sha256 else {})


def _metrics(run: RunView, trial: TrialView) -> list[tuple[str, float, int]]:
    named: list[tuple[str, float | None]] = [
        (run.metric, trial.score),
        ("value_amount", trial.value_amount),
        ("duration_seconds", trial.duration_seconds),
        *((name, getattr(trial, name)) for name in (*INTERVALS, *MEASURES)),
    ]
    found = [(key, float(value), 0) for key, value in named if value is not None and math.isfinite(value)]
    return found + [(f"fold_{run.metric}", float(score), step) for step, score in enumerate(trial.fold_scores)]


def _millis(moment: datetime | None) -> int:
    return int((moment or datetime.now(UTC)).timestamp() * 1_000)
