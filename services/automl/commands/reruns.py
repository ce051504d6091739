"""Repeat a run from one of its steps on: what lies before it is taken over where it would come out the same."""

from typing import Literal

from sqlmodel import Session, col, func, select

from db.tables import Run, Trial
from services.audit.actor import Actor
from services.automl.business_inputs import BusinessInputs
from services.automl.commands.runs import start_run
from services.automl.queries import UNKNOWN_RUN
from services.automl.views import ENDED_STATES
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.people.permissions import Permission
from services.projects.queries import authorize_project

Step = Literal["split", "search", "finishing"]
STEPS: tuple[Step, ...] = ("split", "search", "finishing")


def repeat_run(
    session: Session,
    *,
    actor: Actor,
    run_id: str,
    step: Step,
    seed: int | None = None,
    n_trials: int | None = None,
    budget_seconds: float | None = None,
) -> Run:
    """Queue a run like an earlier one, on the same version of the data, with the payoffs as they are now.

    Parameters
    ----------
    step
        "split" deals the rows anew with another seed. "search" keeps rows and results and goes on searching.
        "finishing" keeps all results and fits, checks and explains the best of them again.
    seed
        For "split"; by default the next number.
    n_trials, budget_seconds
        For "split" and "search", results taken over included; by default those of the earlier run.

    Raises
    ------
    ConflictError
        The earlier run has not ended, or gave no model that could be finished.
    """
    source = session.get(Run, run_id)
    if source is None:
        raise NotFoundError(UNKNOWN_RUN)
    authorize_project(
        session, actor=actor, project_id=source.project_id, permission=Permission.START_RUN, unknown=UNKNOWN_RUN
    )
    n_complete = _check(session, source, step)
    return start_run(
        session,
        actor=actor,
        project_id=source.project_id,
        dataset_id=source.dataset_version_id,
        metric=source.metric,
        task=source.task,
        budget_seconds=source.budget_seconds if budget_seconds is None or step == "finishing" else budget_seconds,
        n_trials=n_complete if step == "finishing" else n_trials or source.n_trials_budget,
        seed=_seed(source, step, seed),
        trial_seconds_limit=source.trial_seconds_limit,
        trial_memory_mb_limit=source.trial_memory_mb_limit,
        families=source.families,
        split=source.split,
        depth=source.depth,
        repeats=(source, step),
        todays_rule=BusinessInputs.from_document(source.business_inputs).todays_rule,
    )


def _check(session: Session, source: Run, step: str) -> int:
    if step not in STEPS:
        raise InvalidInputError("A run can be repeated from the split, from the search, or from finishing on.")
    if (source.circumstances or {}).get("imported"):
        raise ConflictError("The run was made elsewhere, so it cannot be repeated here. Start another one.")
    if source.state not in ENDED_STATES:
        raise ConflictError("The run has not ended yet. Wait for it, or stop it, before it is repeated.")
    statement = select(func.count()).select_from(Trial).where(Trial.run_id == source.id)
    n_complete = session.exec(statement.where(col(Trial.state) == "complete")).one()
    if step == "finishing" and not n_complete:
        raise ConflictError("The run found no model, so there is nothing to finish. Repeat it from the search.")
    return n_complete


def _seed(source: Run, step: str, seed: int | None) -> int:
    if step != "split":
        return source.seed
    return source.seed + 1 if seed is None else seed
