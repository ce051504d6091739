"""Which initiatives and benefits a person may see: those of a project they see, and their own. Others are not named."""

from sqlmodel import Session, col, select

from db.tables import Benefit, Decision, Initiative, ProjectMember, ProjectPlan, Review, User
from services.audit.actor import Actor
from services.people.permissions import Permission, is_allowed, require
from services.portfolio.records.views import BenefitView, InitiativeView
from services.projects.queries import authorize_project, sees_every_project


def list_initiatives(session: Session, *, actor: Actor) -> tuple[InitiativeView, ...]:
    """The initiatives this person may see, by name."""
    require(actor, Permission.SEE_PROJECT)
    statement = select(Initiative, User).join(User, col(User.id) == Initiative.owner_id)
    if not sees_every_project(actor):
        seen = (
            select(ProjectPlan.initiative_id)
            .join(ProjectMember, col(ProjectMember.project_id) == ProjectPlan.project_id)
            .where(ProjectMember.user_id == actor.user_id, col(ProjectPlan.initiative_id).is_not(None))
        )
        statement = statement.where(
            col(Initiative.id).in_(seen)
            | (col(Initiative.owner_id) == actor.user_id)
            | (col(Initiative.created_by) == actor.user_id)
        )
    rows = session.exec(statement.order_by(col(Initiative.name), col(Initiative.id)))
    return tuple(_view(row, owner, actor) for row, owner in rows)


def find_initiative(session: Session, *, actor: Actor, initiative_id: str) -> InitiativeView | None:
    """One initiative, None where there is none or the person may not see it: the two cannot be told apart."""
    return next((view for view in list_initiatives(session, actor=actor) if view.id == initiative_id), None)


def list_benefits(session: Session, *, actor: Actor, project_id: str) -> tuple[BenefitView, ...]:
    """What a project brought, the latest days first; of figures that were corrected the last one.

    Raises
    ------
    NotFoundError
        There is no such project, or the actor is not a member of it.
    """
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = (
        select(Benefit, User.name)
        .join(User, col(User.id) == Benefit.created_by)
        .where(Benefit.project_id == project_id, Benefit.is_in_force())
        .order_by(col(Benefit.starts_on).desc(), col(Benefit.id))
    )
    return tuple(
        BenefitView(
            row.starts_on,
            row.ends_on,
            row.currency,
            row.amount,
            row.method,
            row.note,
            by_name,
            row.created_at,
            is_correction=row.corrects_id is not None,
        )
        for row, by_name in session.exec(statement)
    )


def was_approved(session: Session, *, actor: Actor, project_id: str) -> bool:
    """Whether a model of the project was ever approved, whatever became of it: before that it can have brought nothing.

    Raises
    ------
    NotFoundError
        There is no such project, or the actor is not a member of it.
    """
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    approvals = select(Decision.id).join(Review, col(Review.id) == Decision.review_id)
    found = session.exec(approvals.where(Review.project_id == project_id, Decision.verdict == "approve").limit(1))
    return found.first() is not None


def _view(row: Initiative, owner: User, actor: Actor) -> InitiativeView:
    return InitiativeView(
        id=row.id,
        name=row.name,
        owner_name=owner.name,
        owner_email=owner.email,
        currency=row.currency,
        budget_amount=row.budget_amount,
        may_change=is_allowed(actor, Permission.STEER_PORTFOLIO) and actor.user_id in (row.owner_id, row.created_by),
    )
