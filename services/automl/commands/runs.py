"""Start a run: a search on one version of the data, with the payoffs and the objective as they are now."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, func, select

from db.tables import ObjectiveVersion, Run, ValuationVersion
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.automl.amounts import not_computable
from services.automl.beginning import begun_split
from services.automl.budget import DEFAULT_BUDGET_SECONDS, DEFAULT_TRIAL_MEMORY_MB, DEFAULT_TRIALS, Budget
from services.automl.business_inputs import BusinessInputs, business_inputs
from services.automl.depths import DEPTHS
from services.automl.family_names import checked_families
from services.automl.metrics import METRICS, default_metric, metrics_for
from services.automl.money import amount_formula_of
from services.automl.split_choice import SplitChoice
from services.automl.task import Task
from services.automl.task_choice import task_of
from services.automl.todays_rule import checked_rule
from services.automl.turns.commands import require_priority
from services.automl.turns.queries import require_room
from services.automl.turns.rule import Priority
from services.datasets.profile import ColumnProfile
from services.datasets.queries import Dataset, get_dataset, list_descriptions, try_formula
from services.errors import InvalidInputError, NotFoundError
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.proposals.queries import list_later_defaults
from services.valuation.queries import get_valuation

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
    n_parallel: int | None = None,
    families: Collection[str] = (),
    split: Mapping[str, Any] | None = None,
    depth: str = "guided",
    repeats: tuple[Run, str] | None = None,
    priority: Priority = "normal",
    todays_rule: str = "",
) -> Run:
    """Queue a search.

    Parameters
    ----------
    families
        The kinds of model it may try; empty means every kind there is.
    split
        How rows are kept aside and dealt into folds, as `SplitChoice.document` writes it; what it leaves
        open begins with what the objective sets, else it is left to the search. A repeated run repeats its split.
    depth
        How it was asked for: one of `DEPTHS`.
    repeats
        An earlier run, and the step from which on this one does it again.
    todays_rule
        The rule that decides today, as a formula over the columns: a model is compared with it.

    Raises
    ------
    InvalidInputError
        A budget is zero, the data have no target or nothing to learn from, the metric does not fit the target, or
        today's rule or the value of a caught case by row cannot be computed.
    TooManyRequestsError
        The person or the project has as many active runs, or has used as much worker time, as it may.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.START_RUN)
    budget = Budget(budget_seconds, n_trials, trial_seconds_limit, trial_memory_mb_limit, n_parallel)
    require_priority(actor, priority)
    dataset = _usable_dataset(session, actor, project_id, dataset_id)
    chosen_task = _chosen_task(dataset, task)
    chosen_metric = _chosen_metric(chosen_task, metric)
    wish = dict(split or {})
    if repeats is None:
        wish = begun_split(wish, dataset, list_later_defaults(session, actor=actor, project_id=project_id))
    chosen_split = SplitChoice.from_document(wish).checked(dataset)
    valuation_id = _latest(session, ValuationVersion, project_id)
    inputs = replace(
        _business_inputs(session, actor, dataset),
        todays_rule=_checked_rule(session, actor, dataset, chosen_task, todays_rule),
        amount_formula=_checked_amounts(session, actor, dataset, chosen_task, valuation_id),
    )
    session.refresh(project, with_for_update=True)  # one start at a time numbers the next run
    require_room(session, actor=actor, project_id=project_id)
    run = Run(
        project_id=project_id,
        number=next_number(session, project_id),
        dataset_version_id=dataset.id,
        valuation_version_id=valuation_id,
        objective_version_id=_latest(session, ObjectiveVersion, project_id),
        task=chosen_task.value,
        metric=chosen_metric,
        depth=_checked_depth(depth),
        families=list(checked_families(families)),
        split=chosen_split.document(),
        business_inputs=inputs.document(),
        n_trials_budget=budget.n_trials,
        budget_seconds=budget.seconds,
        n_lanes=budget.n_lanes,
        trial_seconds_limit=budget.trial_seconds_limit,
        trial_memory_mb_limit=budget.trial_memory_mb,
        seed=_checked_seed(seed),
        priority=priority,
        phase="Waiting for a worker",
        created_by=actor.user_id,
    )
    again: dict[str, Any] = {}
    if repeats is not None:
        run.rerun_of, run.rerun_from = repeats[0].id, repeats[1]
        again = {"repeats": repeats[0].number, "from": repeats[1]}
    session.add(run)
    session.flush()
    record_event(
        session,
        actor=actor,
        action="run.repeated" if again else "run.queued",
        object_type="run",
        object_id=run.id,
        project_id=project_id,
        after=_settings(run) | again,
    )
    return run


def _settings(run: Run) -> dict[str, Any]:
    """What was asked for, as the audit log keeps it."""
    return {
        "number": run.number,
        "dataset_id": run.dataset_version_id,
        "metric": run.metric,
        "n_trials": run.n_trials_budget,
        "budget_seconds": run.budget_seconds,
        "depth": run.depth,
        "families": run.families,
        "split": run.split,
        "business_inputs": run.business_inputs,
        "seed": run.seed,
    }


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


def _business_inputs(session: Session, actor: Actor, dataset: Dataset) -> BusinessInputs:
    lines = list_descriptions(session, actor=actor, project_id=dataset.project_id)
    return business_inputs(
        {column: line.description for column, line in lines.items()},
        learned=dataset.feature_columns,
        columns=[column.name for column in dataset.columns],
        target=dataset.target or "",
    )


def _checked_rule(session: Session, actor: Actor, dataset: Dataset, task: Task, text: str) -> str:
    names = [column.name for column in dataset.columns]
    rule = checked_rule(text, columns=names, target=dataset.target or "", task=task)
    if rule:
        try_formula(session, actor=actor, dataset=dataset, formula=rule)
    return rule


def _checked_amounts(session: Session, actor: Actor, dataset: Dataset, task: Task, valuation_id: str | None) -> str:
    """The value of a caught case by row, as the figures in force say it; "" where all cases are worth the same."""
    if valuation_id is None or task is not Task.BINARY:
        return ""
    formula = amount_formula_of(get_valuation(session, actor=actor, valuation_id=valuation_id).assumptions)
    if formula:
        try:
            try_formula(session, actor=actor, dataset=dataset, formula=formula)
        except InvalidInputError as error:
            raise InvalidInputError(not_computable(formula, error)) from None
    return formula


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


def _checked_depth(depth: str) -> str:
    if depth not in DEPTHS:
        raise InvalidInputError(f"A search is asked for in one of three depths: {', '.join(DEPTHS)}.")
    return depth


def _checked_seed(seed: int) -> int:
    if not 0 <= seed <= _MAX_SEED:
        raise InvalidInputError(f"The seed is a whole number from 0 to {_MAX_SEED:,}.")
    return seed


def _latest(session: Session, table: type[ValuationVersion] | type[ObjectiveVersion], project_id: str) -> str | None:
    statement = select(table.id).where(table.project_id == project_id).order_by(col(table.version).desc()).limit(1)
    return session.exec(statement).first()


def next_number(session: Session, project_id: str) -> int:
    """The number of the next run of a project, which the caller has locked."""
    return (session.exec(select(func.max(Run.number)).where(Run.project_id == project_id)).one() or 0) + 1
