"""Take a run to a tracking server, and take one over: it can be compared and mapped, but none of it is a model here."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlmodel import Session, col, select

from db.tables import DatasetVersion, Run, Trial, ValuationVersion
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.automl.budget import DEFAULT_TRIAL_MEMORY_MB, MAX_TRIALS
from services.automl.commands.runs import next_number
from services.automl.metrics import METRICS, metrics_for
from services.automl.queries import UNKNOWN_RUN, get_run
from services.automl.task import Task
from services.automl.task_choice import task_of
from services.automl.tracking.documents import EXPORT, IMPORT, ImportedRun, ImportedTrial, is_run_id
from services.automl.tracking.settings import get_tracking_settings
from services.automl.views import ENDED_STATES
from services.datasets.queries import Dataset, get_dataset
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.jobs.commands import enqueue_job
from services.jobs.views import JobView
from services.people.permissions import Permission
from services.projects.queries import authorize_project

_LANE = "0:0"  # nobody here worked on it


def request_export(session: Session, *, actor: Actor, run_id: str, with_files: bool = False) -> JobView:
    """Ask a worker to write a run and its variants to the tracking server.

    Parameters
    ----------
    with_files
        Whether the files of its model go there too: they hold what it has learned of the data.

    Raises
    ------
    ConflictError
        The run has not ended.
    TrackingError
        No server is set, or its address cannot be used.
    """
    run = get_run(session, actor=actor, run_id=run_id)
    authorize_project(session, actor=actor, project_id=run.project_id, permission=Permission.START_RUN)
    if run.state not in ENDED_STATES:
        raise ConflictError("The run has not ended yet. Wait for it, or stop it, before it is exported.")
    get_tracking_settings().checked_url()
    return enqueue_job(
        session,
        actor=actor,
        project_id=run.project_id,
        kind=EXPORT,
        request={"run_id": run.id, **({"with_files": True} if with_files else {})},
        subject_id=run.id,
        permission=Permission.START_RUN,
    )


def request_import(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    source_id: str,
    metric: str | None = None,
    dataset_id: str | None = None,
) -> JobView:
    """Ask a worker to take a run over from the tracking server.

    Parameters
    ----------
    source_id
        The id the run has there.
    metric
        Which metric is its score; by default the one the portal wrote down, or the only one it knows.
    dataset_id
        The version of the data it was made from; by default the one whose hash it names.

    Raises
    ------
    InvalidInputError
        This is no id of a run, or there is no such metric.
    TrackingError
        No server is set, or its address cannot be used.
    """
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.START_RUN)
    if not is_run_id(source_id.strip()):
        raise InvalidInputError("That is no id of a run. MLflow shows it on the page of the run: letters and numbers.")
    if metric is not None and metric not in METRICS:
        raise InvalidInputError("There is no such metric. Choose one of the list.")
    if dataset_id is not None:
        _of_project(get_dataset(session, actor=actor, dataset_id=dataset_id), project_id)
    get_tracking_settings().checked_url()
    return enqueue_job(
        session,
        actor=actor,
        project_id=project_id,
        kind=IMPORT,
        request={"source_id": source_id.strip(), "metric": metric, "dataset_id": dataset_id},
        permission=Permission.START_RUN,
    )


def keep_sending(
    session: Session, *, actor: Actor, run_id: str, address: str, source_id: str, files: Mapping[str, str]
) -> None:
    """Write down, before the first of them leaves, which files of the model of a run go to a tracking server."""
    run = _run_to_send(session, actor, run_id)
    after = {"number": run.number, "address": address, "source_id": source_id, "files": dict(files)}
    _record(session, actor, run, "run.files_sent", after)


def keep_export(
    session: Session,
    *,
    actor: Actor,
    run_id: str,
    address: str,
    source_id: str,
    files: Mapping[str, str] | None = None,
) -> None:
    """Write down that a run was written to a tracking server, and which files of its model with which hashes."""
    run = _run_to_send(session, actor, run_id)
    after = {"number": run.number, "address": address, "source_id": source_id}
    _record(session, actor, run, "run.exported", after | ({"files": dict(files)} if files else {}))


def import_run(
    session: Session, *, actor: Actor, project_id: str, found: ImportedRun, dataset_id: str | None = None
) -> Run:
    """Keep a run of a tracking server as an ended run of the project. Money is taken over with the same payoffs only.

    Parameters
    ----------
    dataset_id
        The version of the data it was made from; by default the one whose hash the run names.

    Raises
    ------
    ConflictError
        It was imported before.
    InvalidInputError
        No version of the data has its hash, its metric does not fit the target, or it holds no variant.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.START_RUN)
    session.refresh(project, with_for_update=True)  # one at a time numbers the next run
    _refuse_second(session, project_id, found)
    dataset = _dataset(session, actor, project_id, found, dataset_id)
    task = _checked(dataset, found)
    seconds = max(sum(trial.seconds or 0.0 for trial in found.trials), 1.0)
    valuation_id = _valuation_id(session, project_id, found)
    run = Run(
        project_id=project_id,
        number=next_number(session, project_id),
        dataset_version_id=dataset.id,
        valuation_version_id=valuation_id,
        task=task.value,
        metric=found.metric,
        n_trials_budget=len(found.trials),
        budget_seconds=seconds,
        used_seconds=seconds,
        trial_seconds_limit=seconds,
        trial_memory_mb_limit=DEFAULT_TRIAL_MEMORY_MB,
        seed=found.seed,
        state="finished",
        phase="Imported",
        circumstances={
            "environment": dict(found.environment),
            "split": dict(found.split),
            "imported": {"address": found.address, "source_id": found.source_id, "name": found.name},
            **_files(found),
        },
        created_by=actor.user_id,
        finished_at=utc_now(),
    )
    session.add(run)
    session.flush()
    second = 0.0
    for number, trial in enumerate(found.trials, start=1):
        second += trial.seconds or 0.0
        session.add(_trial(run, number, trial, second))
    after = {"number": run.number, "address": found.address, "source_id": found.source_id}
    _record(session, actor, run, "run.imported", after | {"n_trials": len(found.trials)})
    return run


def _run_to_send(session: Session, actor: Actor, run_id: str) -> Run:
    run = session.get(Run, run_id)
    if run is None:
        raise NotFoundError(UNKNOWN_RUN)
    authorize_project(
        session, actor=actor, project_id=run.project_id, permission=Permission.START_RUN, unknown=UNKNOWN_RUN
    )
    return run


def _files(found: ImportedRun) -> dict[str, Any]:
    if not found.files and not found.file_problems:
        return {}
    files = [asdict(file) for file in found.files]
    return {"imported_files": {"files": files, "problems": list(found.file_problems)}}


def _refuse_second(session: Session, project_id: str, found: ImportedRun) -> None:
    for number, circumstances in session.exec(
        select(Run.number, Run.circumstances).where(Run.project_id == project_id)
    ):
        known = (circumstances or {}).get("imported", {})
        if known.get("address") == found.address and known.get("source_id") == found.source_id:
            raise ConflictError(f"This run was imported already, as run {number}. Nothing was changed.")


def _dataset(session: Session, actor: Actor, project_id: str, found: ImportedRun, dataset_id: str | None) -> Dataset:
    if dataset_id is None and found.dataset_sha256 is None:
        raise InvalidInputError("The run does not say which data it was made from. Choose the version of the data.")
    statement = select(DatasetVersion.id).where(DatasetVersion.project_id == project_id)
    same = statement.where(DatasetVersion.sha256 == found.dataset_sha256).order_by(col(DatasetVersion.version).desc())
    known = dataset_id or session.exec(same.limit(1)).first()
    if known is None:
        raise InvalidInputError(
            "No version of this project's data is the one that the run was made from. Bring those data first, or "
            "choose a version."
        )
    return _of_project(get_dataset(session, actor=actor, dataset_id=known), project_id)


def _of_project(dataset: Dataset, project_id: str) -> Dataset:
    if dataset.project_id != project_id:
        raise InvalidInputError("This version of the data belongs to another project. Choose one of this project.")
    return dataset


def _checked(dataset: Dataset, found: ImportedRun) -> Task:
    if dataset.target is None:
        raise InvalidInputError("This version of the data has no target yet. Choose what is predicted first.")
    if not 1 <= len(found.trials) <= MAX_TRIALS:
        raise InvalidInputError(f"The run has {len(found.trials):,} variants; between 1 and {MAX_TRIALS:,} are taken.")
    task = task_of(dataset.get_column(dataset.target))
    if METRICS.get(found.metric) not in metrics_for(task):
        labels = ", ".join(metric.label for metric in metrics_for(task))
        raise InvalidInputError(f"The score of the run does not fit what the data predict. These do: {labels}.")
    return task


def _valuation_id(session: Session, project_id: str, found: ImportedRun) -> str | None:
    """The payoffs the money of the run was told from, where this project has them."""
    statement = select(ValuationVersion.id).where(ValuationVersion.project_id == project_id)
    same = statement.where(ValuationVersion.sha256 == found.valuation_sha256)
    return session.exec(same.order_by(col(ValuationVersion.version).desc()).limit(1)).first()


def _trial(run: Run, number: int, trial: ImportedTrial, second: float) -> Trial:
    in_money = run.valuation_version_id is not None
    measures: dict[str, Any] = {
        name: value for name, value in trial.measures.items() if in_money or not name.startswith("value_")
    }
    return Trial(
        run_id=run.id,
        number=number,
        lane=_LANE,
        family=trial.family,
        parameters=dict(trial.parameters),
        state=trial.state,
        score=trial.score,
        fold_scores=list(trial.fold_scores),
        value_amount=trial.value_amount if in_money else None,
        failure=None if trial.state == "complete" else trial.failure or "It gave no score.",
        second=second,
        duration_seconds=trial.seconds,
        finished_at=run.finished_at,
        **measures,
    )


def _record(session: Session, actor: Actor, run: Run, action: str, after: dict[str, Any]) -> None:
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="run",
        object_id=run.id,
        project_id=run.project_id,
        after=after,
    )
