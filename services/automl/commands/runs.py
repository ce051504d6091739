"""Start a run and steer it. The queued row is the message to the workers; the web process talks to nobody else."""

from typing import Literal

from sqlmodel import Session, col, func, select

from db.tables import ObjectiveVersion, Run, Trial, ValuationVersion
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.automl.budget import DEFAULT_BUDGET_SECONDS, DEFAULT_TRIAL_MEMORY_MB, DEFAULT_TRIALS, Budget
from services.automl.metrics import METRICS, default_metric, metrics_for
from services.automl.queries import UNKNOWN_RUN
from services.automl.task import Task
from services.automl.task_choice import task_of
from services.datasets.profile import ColumnProfile
from services.datasets.queries import Dataset, get_dataset
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.people.permissions import Permission
from services.projects.queries import authorize_project

Wish = Literal["pause", "stop", "cancel"]
_MAX_SEED = 2**31 - 1


def start_run(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    dataset_id: str,
    metric: str | None = None,
    task: str | None = None,
    budget_seconds: float = DEFAULT_BUDGET_SECONDS,
    n_trials: int = DEFAULT_TRIALS,
    seed: int = 0,
    trial_seconds_limit: float | None = None,
    trial_memory_mb_limit: int = DEFAULT_TRIAL_MEMORY_MB,
) -> Run:
    """Queue a search on one version of the data, with the payoffs and the objective as they are now.

    Raises
    ------
    InvalidInputError
        A budget is zero, the data have no target or nothing to learn from, or the metric does not fit the target.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.START_RUN)
    budget = Budget(budget_seconds, n_trials, trial_seconds_limit, trial_memory_mb_limit)
    dataset = _usable_dataset(session, actor, project_id, dataset_id)
    chosen_task = _chosen_task(dataset, task)
    chosen_metric = _chosen_metric(chosen_task, metric)
    session.refresh(project, with_for_update=True)  # one start at a time numbers the next run
    run = Run(
        project_id=project_id,
        number=_next_number(session, project_id),
        dataset_version_id=dataset.id,
        valuation_version_id=_latest(session, ValuationVersion, project_id),
        objective_version_id=_latest(session, ObjectiveVersion, project_id),
        task=chosen_task.value,
        metric=chosen_metric,
        n_trials_budget=budget.n_trials,
        budget_seconds=budget.seconds,
        n_lanes=budget.n_lanes,
        trial_seconds_limit=budget.trial_seconds_limit,
        trial_memory_mb_limit=budget.trial_memory_mb,
        seed=_checked_seed(seed),
        phase="Waiting for a worker",
        created_by=actor.user_id,
    )
    session.add(run)
    session.flush()
    after = {"number": run.number, "dataset_id": dataset.id, "metric": run.metric, "n_trials": n_trials}
    _record(session, actor, run, "run.queued", after={**after, "budget_seconds": budget_seconds})
    return run


def ask_run(session: Session, *, actor: Actor, run_id: str, wish: Wish) -> Run:
    """Ask a run to pause, to stop and keep its best model, or to cancel. Workers act on it within a second.

    Raises
    ------
    ConflictError
        The run has ended, is already finishing, or there is nothing yet that could be kept.
    """
    run = _steerable_run(session, actor, run_id)
    _refuse_impossible(session, run, wish)
    if wish == "stop" and run.state == "paused":
        _requeue(run)
    if wish in ("pause", "cancel") and run.state in ("queued", "paused"):
        _end_waiting(run, wish)
    else:
        run.wish = wish
    session.add(run)
    _record(session, actor, run, f"run.{_PAST[wish]}", after={"state": run.state, "wish": run.wish})
    return run


def resume_run(session: Session, *, actor: Actor, run_id: str) -> Run:
    """Hand a paused run to the workers again. Its trials and the search time it has used are kept.

    Raises
    ------
    ConflictError
        The run is not paused.
    """
    run = _steerable_run(session, actor, run_id)
    if run.state != "paused":
        raise ConflictError("The run is not paused. Look at it again: somebody may have resumed it already.")
    _requeue(run)
    session.add(run)
    _record(session, actor, run, "run.resumed", after={"generation": run.generation})
    return run


_PAST = {"pause": "pause_asked", "stop": "stop_asked", "cancel": "cancel_asked"}


def _usable_dataset(session: Session, actor: Actor, project_id: str, dataset_id: str) -> Dataset:
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    if dataset.project_id != project_id:
        raise NotFoundError("This version of the data belongs to another project. Choose one of this project.")
    if dataset.target is None:
        raise InvalidInputError("The data have no target yet. Choose on the Data page what shall be predicted.")
    if not dataset.feature_columns:
        raise InvalidInputError("Every column but the target is excluded. Include at least one to learn from.")
    if not any(_may_tell_something(dataset.get_column(name)) for name in dataset.feature_columns):
        named = ", ".join(f"“{name}”" for name in dataset.feature_columns[:5])
        raise InvalidInputError(
            f"Nothing can be learned from {named} alone: such a column names single rows or never changes. "
            "Include or upload columns that say something about each case."
        )
    return dataset


def _may_tell_something(column: ColumnProfile) -> bool:
    """Whether the search may find a use for it. A number that looks like an id may be an order: the search decides."""
    is_name_of_rows = column.kind == "identifier" and column.low is None
    return not is_name_of_rows and column.kind != "constant"


def _chosen_task(dataset: Dataset, wanted: str | None) -> Task:
    assert dataset.target is not None
    if wanted is None:
        return task_of(dataset.get_column(dataset.target))
    if wanted not in set(Task):
        raise InvalidInputError("There is no such kind of question. Choose yes or no, one of several, or a number.")
    return Task(wanted)


def _chosen_metric(task: Task, wanted: str | None) -> str:
    if wanted is None:
        return default_metric(task).name
    if METRICS.get(wanted) not in metrics_for(task):
        labels = ", ".join(metric.label for metric in metrics_for(task))
        raise InvalidInputError(f"This metric does not fit the target. Choose one of: {labels}.")
    return wanted


def _checked_seed(seed: int) -> int:
    if not 0 <= seed <= _MAX_SEED:
        raise InvalidInputError(f"The seed is a whole number from 0 to {_MAX_SEED:,}.")
    return seed


def _latest(session: Session, table: type[ValuationVersion] | type[ObjectiveVersion], project_id: str) -> str | None:
    statement = select(table.id).where(table.project_id == project_id).order_by(col(table.version).desc()).limit(1)
    return session.exec(statement).first()


def _next_number(session: Session, project_id: str) -> int:
    return (session.exec(select(func.max(Run.number)).where(Run.project_id == project_id)).one() or 0) + 1


def _steerable_run(session: Session, actor: Actor, run_id: str) -> Run:
    run = session.get(Run, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise NotFoundError(UNKNOWN_RUN)
    authorize_project(
        session, actor=actor, project_id=run.project_id, permission=Permission.START_RUN, unknown=UNKNOWN_RUN
    )
    return run


def _refuse_impossible(session: Session, run: Run, wish: Wish) -> None:
    if run.state in ("finished", "failed", "cancelled"):
        raise ConflictError("The run has ended already. Nothing was changed.")
    if run.state == "finishing" and wish != "cancel":
        raise ConflictError("The search is over and the best model is being checked. Wait for it, or cancel the run.")
    if run.state == "paused" and wish == "pause":
        raise ConflictError("The run is paused already.")
    if wish == "stop" and run.state in ("queued", "paused") and not _has_complete_trial(session, run.id):
        raise ConflictError("No model has been tried yet, so there is nothing to keep. Cancel the run instead.")


def _has_complete_trial(session: Session, run_id: str) -> bool:
    statement = select(Trial.id).where(Trial.run_id == run_id, Trial.state == "complete").limit(1)
    return session.exec(statement).first() is not None


def _requeue(run: Run) -> None:
    run.state, run.wish, run.phase = "queued", "none", "Waiting for a worker"
    run.generation += 1
    run.started_at = None


def _end_waiting(run: Run, wish: Wish) -> None:
    """No worker holds the run, so nobody but this command can carry the wish out."""
    run.wish = "none"
    if wish == "pause":
        run.state, run.phase = "paused", "Paused"
    else:
        run.state, run.phase, run.finished_at = "cancelled", "Cancelled", utc_now()


def _record(session: Session, actor: Actor, run: Run, action: str, *, after: dict[str, object]) -> None:
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="run",
        object_id=run.id,
        project_id=run.project_id,
        after=after,
    )
