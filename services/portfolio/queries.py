"""What needs this person, how every project stands, and one project on one screen."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from db.tables import AuditEvent, Model, Project, Review, Run, User
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.queries import get_chain_report, list_project_events
from services.automl.queries import find_latest_run, get_run
from services.datasets.lineage import LineageEntry
from services.datasets.queries import find_dataset, get_dataset, get_lineage
from services.jobs.queries import list_jobs
from services.models.queries import count_openings, find_run_model, get_model
from services.notifications.queries import list_notifications
from services.people.permissions import Permission, Role, is_allowed, require
from services.portfolio.history import describe_event
from services.portfolio.moments import age_of, day_of, moment_of
from services.portfolio.records.queries import get_portfolio
from services.portfolio.records.views import Asked, Record
from services.portfolio.run_graph.views import RunFacts
from services.portfolio.stages import make_stages, way_of
from services.portfolio.standing import Phase, Standing
from services.portfolio.steps import TURNS, describe, destination, next_step
from services.portfolio.views import (
    AuditLine,
    AuditPage,
    DecisionCard,
    Destination,
    HistoryEntry,
    Home,
    Member,
    NewsItem,
    ProjectCard,
    ProjectOverview,
)
from services.portfolio.worth import find_worth, key_numbers
from services.projects.queries import authorize_project, list_members
from services.proposals.queries import find_objective, get_objective
from services.reviews.queries import find_model_review, get_review
from services.valuation.queries import find_valuation, get_valuation

N_HISTORY = 8
N_AUDIT = 500


def get_home(session: Session, *, actor: Actor) -> Home:
    """What needs this person and how their projects stand, from one reading; empty for who sees no projects."""
    records = _list_records(session, actor)
    cards = tuple(_project_card(record) for record in records)
    return Home(_decisions(records), cards, _news(session, actor))


def list_decisions(session: Session, *, actor: Actor) -> list[DecisionCard]:
    """The questions that wait for this person, those that hold back the most money first."""
    return list(_decisions(_list_records(session, actor)))


def list_project_cards(session: Session, *, actor: Actor) -> list[ProjectCard]:
    """The projects this person may see, newest first, each in one row."""
    return [_project_card(record) for record in _list_records(session, actor)]


def get_project_overview(session: Session, *, actor: Actor, project_id: str) -> ProjectOverview:
    """One project on one screen, as this person sees it.

    Raises
    ------
    NotFoundError
        There is no such project, or the actor is not a member of it.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    standing, turn, now = (found := _standing(session, actor, project)), TURNS[found.phase], utc_now()
    return ProjectOverview(
        project_id=project.id,
        name=project.name,
        sentence=project.sentence,
        risk_tier=project.risk_tier,
        status=turn.status,
        color=turn.color,
        finding=describe(standing),
        about=f"Started by {standing.owner_name} on {day_of(project.created_at)}",
        stages=make_stages(standing),
        numbers=key_numbers(standing, find_worth(standing), (now - project.created_at).days + 1),
        next_step=next_step(standing, actor),
        history=tuple(_list_history(session, project_id)),
        members=tuple(_member(user) for user in list_members(session, actor=actor, project_id=project_id)),
        may_invite=is_allowed(actor, Permission.INVITE_MEMBER),
    )


def get_audit_page(session: Session, *, actor: Actor) -> AuditPage:
    """The latest events of the whole portal in words, and the verified chain, for those who may read it."""
    require(actor, Permission.READ_AUDIT)
    events = session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc()).limit(N_AUDIT)).all()
    found = session.exec(select(Project).where(col(Project.id).in_({event.project_id for event in events})))
    names = {project.id: project.name for project in found}
    return AuditPage(get_chain_report(session), tuple(_audit_line(event, names) for event in events))


def _audit_line(event: AuditEvent, project_names: dict[str, str]) -> AuditLine:
    return AuditLine(
        number=event.id,
        at=event.at_utc,
        who=event.actor_name,
        what=describe_event(event.action, event.after),
        project=project_names.get(event.project_id or "", ""),
        reason=event.reason or "",
    )


def _list_records(session: Session, actor: Actor) -> tuple[Record, ...]:
    return get_portfolio(session, actor=actor).records if is_allowed(actor, Permission.SEE_PROJECT) else ()


def _standing(session: Session, actor: Actor, project: Project) -> Standing:
    model_id, review_id = _latest_model_and_review(session, project.id)
    owner = session.get(User, project.created_by)
    return Standing(
        project_id=project.id,
        name=project.name,
        sentence=project.sentence,
        risk_tier=project.risk_tier,
        owner_name=owner.name if owner else "somebody",
        started_at=project.created_at,
        objective=find_objective(session, actor=actor, project_id=project.id),
        valuation=find_valuation(session, actor=actor, project_id=project.id),
        dataset=find_dataset(session, actor=actor, project_id=project.id),
        run=find_latest_run(session, actor=actor, project_id=project.id),
        model=get_model(session, actor=actor, model_id=model_id) if model_id else None,
        review=get_review(session, actor=actor, review_id=review_id) if review_id else None,
    )


def _latest_model_and_review(session: Session, project_id: str) -> tuple[str | None, str | None]:
    model = select(Model.id).where(Model.project_id == project_id).order_by(col(Model.number).desc()).limit(1)
    model_id = session.exec(model).first()
    if model_id is None:
        return None, None
    review = select(Review.id).where(Review.model_id == model_id).order_by(col(Review.round).desc()).limit(1)
    return model_id, session.exec(review).first()


def _decisions(records: Sequence[Record]) -> tuple[DecisionCard, ...]:
    now = utc_now()
    cards = [_decision_card(record, now) for record in records if record.awaited.is_me]
    return tuple(sorted(cards, key=lambda card: card.amount or 0.0, reverse=True))


def _news(session: Session, actor: Actor) -> tuple[NewsItem, ...]:
    now = utc_now()
    return tuple(
        NewsItem(
            id=told.id,
            sentence=told.sentence,
            context=f"{told.project_name} · {age_of(told.created_at, now)}",
            destination=Destination(
                page := told.kind.partition(".")[0], {"project": told.project_id, page: told.subject_id}
            ),
        )
        for told in list_notifications(session, actor=actor)
    )


def _decision_card(record: Record, now: datetime) -> DecisionCard:
    turn, asked = TURNS[record.phase], record.asked if record.phase == Phase.DECISION else None
    who = f"asked by {asked.by_name}" if asked else f"started by {record.owner_name}"
    return DecisionCard(
        question=asked.question if asked else turn.question,
        context=f"{record.name} · {who}",
        kind="Sign-off" if asked else turn.status,
        risk_tier=record.risk_tier,
        amount=record.amount,
        currency=record.currency,
        due=_due(record, asked, now),
        button="Review" if asked else "Open",
        destination=destination(record.project_id, record.ids, turn.page),
    )


def _due(record: Record, asked: Asked | None, now: datetime) -> str:
    if asked is not None:
        return f"Asked {age_of(asked.at, now)}"
    if record.due_on is not None:
        return f"Promised by {record.due_on:%-d %B %Y}"
    return f"Started {age_of(record.started_at, now)}"


def _project_card(record: Record) -> ProjectCard:
    return ProjectCard(
        project_id=record.project_id,
        name=record.name,
        owner_name=record.owner_name,
        stage=record.stage,
        way=way_of(record.phase),
        status=record.status,
        color=record.color,
        amount=record.amount,
        currency=record.currency,
    )


def _list_history(session: Session, project_id: str) -> list[HistoryEntry]:
    events = list_project_events(session, project_id=project_id, limit=N_HISTORY)
    return [
        HistoryEntry(moment_of(event.at_utc, utc_now()), event.actor_name, describe_event(event.action, event.after))
        for event in events
    ]


def _member(user: User) -> Member:
    return Member(user.name, Role(user.role).label if user.role in set(Role) else user.role, user.email)


def get_run_graph(session: Session, *, actor: Actor, run_id: str) -> RunFacts:
    """Everything the steps of a run are told from.

    Raises
    ------
    NotFoundError
        There is no such run, or the actor is not a member of its project.
    """
    run = get_run(session, actor=actor, run_id=run_id)
    row = session.get_one(Run, run_id)
    dataset = get_dataset(session, actor=actor, dataset_id=run.dataset_id)
    lineage = get_lineage(session, actor=actor, dataset_id=run.dataset_id)
    model = find_run_model(session, actor=actor, run_id=run_id)
    valuation_id = row.valuation_version_id if run.task == "binary" else None
    return RunFacts(
        run=run,
        dataset=dataset,
        lineage=lineage,
        valuation=get_valuation(session, actor=actor, valuation_id=valuation_id) if valuation_id else None,
        objective=get_objective(session, actor=actor, objective_id=row.objective_version_id)
        if row.objective_version_id
        else None,
        source=get_run(session, actor=actor, run_id=run.rerun_of) if run.rerun_of else None,
        model=model,
        review=find_model_review(session, actor=actor, model_id=model.id) if model else None,
        n_openings=count_openings(session, run_id),
        data_seconds=_data_seconds(session, actor, dataset.project_id, lineage),
    )


def _data_seconds(session: Session, actor: Actor, project_id: str, lineage: Sequence[LineageEntry]) -> dict[str, float]:
    """How long workers took to read the file and to take the steps, where that was their work."""
    same_table = {entry.dataset_id for entry in lineage if entry.table_sha256 == lineage[0].table_sha256}
    wanted = {"read": {entry.dataset_id for entry in lineage[-1:]}, "apply": same_table}
    seconds = {}
    for name, dataset_ids in wanted.items():
        for job in list_jobs(session, actor=actor, project_id=project_id, kind=f"dataset.{name}"):
            is_it = job.result is not None and job.result.get("dataset_id") in dataset_ids
            if is_it and job.started_at is not None and job.finished_at is not None:
                seconds[name] = (job.finished_at - job.started_at).total_seconds()
    return seconds
