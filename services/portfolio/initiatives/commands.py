"""Group projects, say what work they take, and write down what they brought."""

from typing import Any

from sqlmodel import Session, col, select

from db.tables import Benefit, Initiative, ProjectPlan, User
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from services.people.permissions import Permission, require
from services.portfolio.initiatives.facts import BenefitFacts, InitiativeFacts, check_person_days
from services.portfolio.initiatives.queries import find_initiative, was_approved
from services.projects.queries import authorize_project

UNKNOWN_INITIATIVE = "There is no such initiative, or you see none of its projects."


def save_initiative(
    session: Session, *, actor: Actor, facts: InitiativeFacts, initiative_id: str | None = None
) -> Initiative:
    """Start an initiative, or change its name, owner and budget as its owner or as who started it.

    Raises
    ------
    InvalidInputError
        Nobody active has the e-mail address of the owner.
    NotFoundError
        There is no such initiative, or the actor sees none of its projects.
    NotAllowedError
        It is somebody else's.
    """
    require(actor, Permission.STEER_PORTFOLIO)
    row = None if initiative_id is None else _get_own(session, actor, initiative_id)
    owner = session.exec(
        select(User).where(User.email == facts.owner_email.strip().casefold(), col(User.is_active).is_(True))
    ).first()
    if owner is None:
        raise InvalidInputError("Nobody with this e-mail address has an account. Ask an administrator to add them.")
    before = _initiative_facts(row) if row else None
    if row is None:
        row = Initiative(name="", owner_id=owner.id, budget_amount=0.0, created_by=actor.user_id)
    row.name, row.owner_id = " ".join(facts.name.split()), owner.id
    row.currency, row.budget_amount = facts.currency, float(facts.budget_amount)
    if before == _initiative_facts(row):
        return row
    session.add(row)
    session.flush()
    record_event(
        session,
        actor=actor,
        action="initiative.saved",
        object_type="initiative",
        object_id=row.id,
        before=before,
        after=_initiative_facts(row),
    )
    return row


def plan_project(
    session: Session, *, actor: Actor, project_id: str, initiative_id: str | None, person_days: float | None
) -> ProjectPlan:
    """Put a project into an initiative (or none), and say how much work is left until it is live.

    Raises
    ------
    InvalidInputError
        The work is not a number of days.
    NotFoundError
        There is no such project or initiative, or the actor does not see it.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.STEER_PORTFOLIO)
    check_person_days(person_days)
    if initiative_id is not None and find_initiative(session, actor=actor, initiative_id=initiative_id) is None:
        raise NotFoundError(UNKNOWN_INITIATIVE)
    session.refresh(project, with_for_update=True)  # one first plan, when two people plan at once
    row = session.get(ProjectPlan, project_id, populate_existing=True)
    before = _plan_facts(row) if row else None
    if row is None:
        row = ProjectPlan(project_id=project_id, changed_by=actor.user_id)
    row.initiative_id, row.person_days = initiative_id, None if person_days is None else float(person_days)
    if before == _plan_facts(row):
        return row
    row.changed_by, row.changed_at = actor.user_id, utc_now()
    session.add(row)
    session.flush()
    record_event(
        session,
        actor=actor,
        action="project.planned",
        object_type="project",
        object_id=project_id,
        project_id=project_id,
        before=before,
        after=_plan_facts(row),
    )
    return row


def record_benefit(session: Session, *, actor: Actor, project_id: str, facts: BenefitFacts) -> Benefit:
    """Write down what a project brought in a period; a figure for the same days as an earlier one takes its place.

    Raises
    ------
    ConflictError
        It was never approved, so nothing of it was ever live; or the period overlaps another one.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_VALUATION)
    if facts.ends_on > utc_now().date():
        raise InvalidInputError("The last day is still to come. Write down what was measured up to today.")
    session.refresh(project, with_for_update=True)  # nobody writes down the same days meanwhile
    if not was_approved(session, actor=actor, project_id=project_id):
        raise ConflictError("No model of this project was ever approved, so it brought nothing yet.")
    overlapping = select(Benefit).where(
        Benefit.project_id == project_id,
        Benefit.is_in_force(),
        Benefit.starts_on <= facts.ends_on,
        Benefit.ends_on >= facts.starts_on,
    )
    found = session.exec(overlapping).all()
    corrected = next((one for one in found if (one.starts_on, one.ends_on) == (facts.starts_on, facts.ends_on)), None)
    if found and corrected is None:
        raise ConflictError(
            "Some of these days are written down already. Choose a period that does not overlap, or exactly the same "
            "days to correct a figure."
        )
    row = Benefit(
        project_id=project_id,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        currency=facts.currency,
        amount=float(facts.amount),
        method=facts.method,
        note=facts.note.strip(),
        corrects_id=corrected.id if corrected else None,
        created_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    record_event(
        session,
        actor=actor,
        action="benefit.recorded",
        object_type="benefit",
        object_id=row.id,
        project_id=project_id,
        after={
            "starts_on": facts.starts_on.isoformat(),
            "ends_on": facts.ends_on.isoformat(),
            "currency": facts.currency,
            "amount": float(facts.amount),
            "method": facts.method,
        }
        | ({"corrects": corrected.id} if corrected else {}),
    )
    return row


def _get_own(session: Session, actor: Actor, initiative_id: str) -> Initiative:
    found = find_initiative(session, actor=actor, initiative_id=initiative_id)
    if found is None:
        raise NotFoundError(UNKNOWN_INITIATIVE)
    if not found.may_change:
        raise NotAllowedError("Only the owner of an initiative, or who started it, changes it. Ask them.")
    return session.get_one(Initiative, initiative_id)


def _initiative_facts(row: Initiative) -> dict[str, Any]:
    return {
        "name": row.name,
        "owner_id": row.owner_id,
        "currency": row.currency,
        "budget_amount": float(row.budget_amount),
    }


def _plan_facts(row: ProjectPlan) -> dict[str, Any]:
    return {"initiative_id": row.initiative_id, "person_days": row.person_days}
