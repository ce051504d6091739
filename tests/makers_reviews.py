"""Make a model with all its evidence, ready for a sign-off."""

from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from db.tables import (
    DatasetVersion,
    Model,
    ObjectiveVersion,
    ProjectMember,
    Review,
    Run,
    ThresholdChoice,
    ValuationVersion,
)
from services.audit.actor import Actor
from services.audit.canonical import sha256_of
from services.datasets.recipe.steps import checked_steps
from services.fairness.commands import agree_tolerance
from services.fairness.queries import find_tolerance
from services.fairness.views import ToleranceView
from services.people.permissions import Role
from services.reviews.commands import decide, request_review
from tests.makers import make_actor
from tests.makers_interpretations import judge
from tests.makers_models import make_model

Row = TypeVar("Row")


@dataclass(frozen=True)
class Case:
    """A model that could be signed, and the people around it."""

    model: Model
    project_id: str
    business: Actor  # wrote objective and payoffs
    scientist: Actor  # brought the data and started the run
    manager: Actor  # wrote nothing, may sign
    stranger: Actor  # a manager of another project


def make_case(session: Session, **changes: Any) -> Case:
    """A project with objective, payoffs, data, model and threshold, and a manager who wrote none of it."""
    business, manager = make_actor(session, Role.BUSINESS), make_actor(session, Role.MANAGER)
    model, project, scientist = make_model(session, business, manager, **changes)
    edit_objective(session, project.id, business)
    edit_payoffs(session, project.id, business)
    return Case(model, project.id, business, scientist, manager, make_actor(session, Role.MANAGER))


def edit_objective(session: Session, project_id: str, author: Actor, **changes: Any) -> ObjectiveVersion:
    """A new version of the objective."""
    values: dict[str, Any] = {
        "sentence": "Fewer customers should leave us",
        "metric": "Customers who leave a month",
        "unit": "customers",
        "baseline": 265.0,
        "target": 200.0,
        "decision": "Whom to call this week",
        **changes,
    }
    version = _next_version(session, ObjectiveVersion, project_id)
    row = ObjectiveVersion(
        project_id=project_id, version=version, sha256=sha256_of(values), created_by=author.user_id, **values
    )
    return _add(session, row)


def edit_payoffs(session: Session, project_id: str, author: Actor, **changes: Any) -> ValuationVersion:
    """A new version of what calls are worth."""
    values: dict[str, Any] = {
        "caught_value_amount": 190.0,
        "success_rate": 0.5,
        "false_alarm_amount": 0.0,
        "miss_amount": 0.0,
        "action_amount": 20.0,
        "cases_per_month": 1000.0,
        "base_rate": 0.275,
        "project_amount": 40_000.0,
        "running_amount_per_month": 1_000.0,
        "horizon_months": 36,
        "yearly_discount_rate": 0.08,
        **changes,
    }
    version = _next_version(session, ValuationVersion, project_id)
    row = ValuationVersion(
        project_id=project_id, version=version, sha256=sha256_of(values), created_by=author.user_id, **values
    )
    return _add(session, row)


def edit_dataset(session: Session, project_id: str, author: Actor, **changes: Any) -> DatasetVersion:
    """A new version of the data, by default with one more column excluded."""
    statement = select(DatasetVersion).where(DatasetVersion.project_id == project_id)
    latest = session.exec(statement.order_by(col(DatasetVersion.version).desc())).first()
    assert latest is not None
    values = latest.model_dump(exclude={"id", "created_at"}) | {
        "version": latest.version + 1,
        "parent_id": latest.id,
        "excluded": {**latest.excluded, "payment": "Known too late"},
        "sha256": sha256_of({"after": latest.sha256}),
        "created_by": author.user_id,
        **changes,
    }
    return _add(session, DatasetVersion(**values))


def edit_tolerance(session: Session, project_id: str, author: Actor, *, largest_gap: float = 0.1) -> ToleranceView:
    """Another largest gap that is accepted."""
    current = find_tolerance(session, actor=author, project_id=project_id)
    return agree_tolerance(
        session,
        actor=author,
        project_id=project_id,
        harm="missed",
        largest_gap=largest_gap,
        reason="As in the branches",
        based_on=current.version if current else 0,
    )


def edit_recipe(session: Session, case: Case, *steps: dict[str, Any]) -> None:
    """As if the model had learned from a version that these steps made. Do it before somebody approves."""
    made = edit_dataset(session, case.project_id, case.scientist, recipe=checked_steps(steps), excluded={})
    run = session.get_one(Run, case.model.run_id)
    run.dataset_version_id = made.id
    _add(session, run)


def edit_threshold(session: Session, model: Model, author: Actor, threshold: float = 0.5) -> ThresholdChoice:
    """Another threshold."""
    versions = session.exec(select(ThresholdChoice.version).where(ThresholdChoice.model_id == model.id)).all()
    row = ThresholdChoice(
        model_id=model.id,
        version=max(versions, default=0) + 1,
        threshold=threshold,
        reason="Fewer calls",
        created_by=author.user_id,
    )
    return _add(session, row)


def ask(session: Session, case: Case, *, question: str = "May the churn model decide whom we call?") -> Review:
    """A waiting round, asked by the data scientist."""
    return request_review(session, actor=case.scientist, model_id=case.model.id, question=question)


def approve(session: Session, case: Case) -> Review:
    """An approved round."""
    review = ask(session, case)
    return decide(
        session,
        actor=case.manager,
        review_id=review.id,
        verdict="approve",
        reason="The money holds and the drivers make sense.",
        manifest_sha256=review.manifest_sha256,
    )


def join(session: Session, project_id: str, actor: Actor) -> Actor:
    """The actor, now a member of the project."""
    _add(session, ProjectMember(project_id=project_id, user_id=actor.user_id, added_by=actor.user_id))
    return actor


def _next_version(session: Session, table: type[ObjectiveVersion] | type[ValuationVersion], project_id: str) -> int:
    return max(session.exec(select(table.version).where(col(table.project_id) == project_id)).all(), default=0) + 1


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def understand(session: Session, case: Case) -> Actor:
    """The interpretability of the model, accepted by a colleague of who made it."""
    peer = join(session, case.project_id, make_actor(session, Role.DATA_SCIENTIST))
    judge(session, peer, case.model)
    return peer
