"""Read runs: what was tried, how far a search is, and who works on it."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from db.tables import DatasetVersion, Run, Trial, User, Worker
from db.types import utc_now
from services.audit.actor import Actor
from services.automl.business_inputs import BusinessInputs
from services.automl.clock import search_seconds
from services.automl.metrics import METRICS
from services.automl.ranking import rank_trials
from services.automl.references import yearly_references
from services.automl.remaining_time import remaining_seconds
from services.automl.serving_limits import NO_LIMITS, limits_of
from services.automl.task import Task
from services.automl.turns.queries import find_position
from services.automl.views import ENDED_STATES, RunView, TrialView, WorkerView
from services.datasets.recipe.steps import DERIVE
from services.errors import NotFoundError
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.proposals.objective import Objective
from services.proposals.queries import get_objective
from services.valuation.queries import get_valuation

UNKNOWN_RUN = "There is no such run, or you are not a member of its project."


def get_run(session: Session, *, actor: Actor, run_id: str) -> RunView:
    """One run with all its trials.

    Raises
    ------
    NotFoundError
        There is no such run, or the actor is not a member of its project.
    """
    return _view(session, actor, visible_run(session, actor, run_id))


def get_run_state(session: Session, *, actor: Actor, run_id: str) -> str:
    """Where one run is, without its trials; raises as `get_run`."""
    return visible_run(session, actor, run_id).state


def list_runs(session: Session, *, actor: Actor, project_id: str) -> list[RunView]:
    """The runs of a project, newest first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = select(Run).where(Run.project_id == project_id).order_by(col(Run.number).desc())
    return [_view(session, actor, run) for run in session.exec(statement)]


def find_latest_run(session: Session, *, actor: Actor, project_id: str) -> RunView | None:
    """The newest run of a project, None before the first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = select(Run).where(Run.project_id == project_id).order_by(col(Run.number).desc()).limit(1)
    run = session.exec(statement).first()
    return _view(session, actor, run) if run else None


def count_ended_trials(session: Session, *, actor: Actor, project_id: str) -> int:
    """How many variants were tried in all runs of a project: it grows while a search goes on."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = select(func.count()).select_from(Trial).join(Run, col(Run.id) == Trial.run_id)
    return session.exec(statement.where(Run.project_id == project_id, Trial.state != "running")).one()


def visible_run(session: Session, actor: Actor, run_id: str) -> Run:
    """The row of a run that the actor may see. Internal: for queries that begin with a run."""
    run = session.get(Run, run_id)
    if run is None:
        raise NotFoundError(UNKNOWN_RUN)
    authorize_project(
        session, actor=actor, project_id=run.project_id, permission=Permission.SEE_PROJECT, unknown=UNKNOWN_RUN
    )
    return run


def _view(session: Session, actor: Actor, run: Run) -> RunView:
    now = utc_now()
    trials = _trials(session, run.id)
    used_seconds = search_seconds(run, now)
    complete = [trial for trial in trials if trial.state == "complete"]
    n_ended = sum(trial.state != "running" for trial in trials)
    greater_is_better = METRICS[run.metric].greater_is_better
    ranked = rank_trials(complete, greater_is_better=greater_is_better)
    inputs = BusinessInputs.from_document(run.business_inputs)
    currency, references = _money(session, actor, run)
    dataset = session.get_one(DatasetVersion, run.dataset_version_id)
    objective = _objective(session, actor, run)
    return RunView(
        id=run.id,
        project_id=run.project_id,
        number=run.number,
        state=run.state,
        wish=run.wish,
        phase=run.phase,
        task=run.task,
        metric=run.metric,
        greater_is_better=greater_is_better,
        dataset_id=run.dataset_version_id,
        dataset_version=dataset.version,
        budget_seconds=run.budget_seconds,
        used_seconds=used_seconds,
        n_trials_budget=run.n_trials_budget,
        n_complete=len(complete),
        n_failed=sum(trial.state == "failed" for trial in trials),
        eta_seconds=remaining_seconds(
            n_ended=n_ended,
            n_budget=run.n_trials_budget,
            used_seconds=used_seconds,
            budget_seconds=run.budget_seconds,
            is_searching=run.state == "running",
        ),
        best=ranked[0] if ranked and ranked[0].beyond_limits is None else None,
        currency=currency,
        worker=_worker(session, run, now),
        queue_position=find_position(session, run_id=run.id) if run.state == "queued" else None,
        failure=run.failure,
        created_by=run.created_by,
        created_by_name=session.get_one(User, run.created_by).name,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        generation=run.generation,
        depth=run.depth,
        families=tuple(run.families),
        only_families=tuple(run.only_families),
        added_seconds=run.added_seconds,
        split=run.split,
        references=references,
        trials=tuple(trials),
        seed=run.seed,
        rerun_of=run.rerun_of,
        rerun_from=run.rerun_from,
        circumstances=run.circumstances or {},
        limits=limits_of(objective.constraints) if objective else NO_LIMITS,
        directions=_of_table(objective.directions if objective else {}, run, dataset),
        expected=_of_table(inputs.expected, run, dataset),
        compared=inputs.compared,
        todays_rule=inputs.todays_rule,
        amount_formula=inputs.amount_formula,
        excluded=dict(dataset.excluded),
        derived={
            step["column"]: step["formula"]
            for step in dataset.recipe
            if step["kind"] == DERIVE and step["column"] not in dataset.excluded
        },
    )


def _trials(session: Session, run_id: str) -> list[TrialView]:
    rows = session.exec(select(Trial).where(Trial.run_id == run_id).order_by(col(Trial.number)))
    return [TrialView(**{**_facts(row), "fold_scores": tuple(row.fold_scores)}) for row in rows]


def _facts(row: Trial) -> dict[str, Any]:
    return {part.name: getattr(row, part.name) for part in fields(TrialView)}


def _money(session: Session, actor: Actor, run: Run) -> tuple[str | None, dict[str, float]]:
    if run.valuation_version_id is None or run.task != "binary":
        return None, {}
    assumptions = get_valuation(session, actor=actor, valuation_id=run.valuation_version_id).assumptions
    mean_amount = (run.circumstances or {}).get("amounts", {}).get("mean_amount")
    return assumptions.currency, yearly_references(assumptions, mean_amount=mean_amount)


def _objective(session: Session, actor: Actor, run: Run) -> Objective | None:
    if run.objective_version_id is None:
        return None
    return get_objective(session, actor=actor, objective_id=run.objective_version_id).objective


def _of_table(directions: Mapping[str, int], run: Run, dataset: DatasetVersion) -> dict[str, int]:
    """Of the directions those of columns of this table; several classes have none."""
    if not directions or run.task == Task.MULTICLASS:
        return {}
    names = {column["name"] for column in dataset.profile["columns"]} - {*dataset.excluded}
    return {name: direction for name, direction in directions.items() if name in names}


def _worker(session: Session, run: Run, now: datetime) -> WorkerView | None:
    if run.state in ENDED_STATES:
        return None
    mine = select(Trial.worker_id).where(Trial.run_id == run.id, col(Trial.worker_id).is_not(None))
    freshest = select(Worker).order_by(col(Worker.heartbeat_at).desc()).limit(1)
    row = session.exec(freshest.where(col(Worker.executor_id).in_(mine))).first() or session.exec(freshest).first()
    if row is None:
        return None
    age = max((now - row.heartbeat_at).total_seconds(), 0.0)
    return WorkerView(row.host, age, is_alive=row.state == "working" and row.lease_until > now)
