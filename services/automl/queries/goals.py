"""Read what a run is searched for in money: the figures it was started with, and the amounts of rows it froze."""

from sqlmodel import Session

from services.audit.actor import Actor
from services.automl.business_inputs import BusinessInputs
from services.automl.money import MoneyGoal, money_goal
from services.automl.queries.runs import visible_run
from services.automl.task import Task
from services.valuation.queries import get_valuation


def find_goal(session: Session, *, actor: Actor, run_id: str) -> MoneyGoal | None:
    """The money goal of a run; None without figures, or where the question is not yes or no.

    Raises
    ------
    NotFoundError
        There is no such run, or the actor is not a member of its project.
    """
    run = visible_run(session, actor, run_id)
    if run.valuation_version_id is None or run.task != Task.BINARY:
        return None
    assumptions = get_valuation(session, actor=actor, valuation_id=run.valuation_version_id).assumptions
    return money_goal(assumptions, BusinessInputs.from_document(run.business_inputs).amount_formula)
