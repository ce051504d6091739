"""A record from the parts of a project: its phase, since when, whose turn it is, and what it is worth. Pure."""

from datetime import date, datetime

from services.audit.actor import Actor
from services.automl.views import ACTIVE_STATES
from services.people.permissions import PERMISSIONS, Permission
from services.portfolio.records.reach import judge_reach
from services.portfolio.records.rows import Parts, Row, changed_at, review_state
from services.portfolio.records.views import COLUMN_OF, Asked, Awaited, Column, Record
from services.portfolio.stages import STAGE_OF, STAGES, way_of
from services.portfolio.standing import Facts, Phase, find_phase
from services.portfolio.steps import ASKING, TURNS
from services.portfolio.worth import choose_worth, most_amount
from services.reviews.rules import ReviewState

_ENDED = frozenset({ReviewState.REJECTED, ReviewState.REVOKED})


def make_record(parts: Parts, actor: Actor) -> Record:
    """The record of one project, for one person."""
    state = review_state(parts)
    phase = find_phase(_facts(parts, state))
    worth = choose_worth(parts.stakes, parts.money, parts.assumptions)
    most = most_amount(parts.assumptions) if parts.assumptions else None
    project, objective, plan, turn = parts.project, parts.objective, parts.plan or {}, TURNS[phase]
    is_stopped = state in _ENDED and phase == Phase.REQUEST
    column = Column.STOPPED if is_stopped else COLUMN_OF[phase]
    return Record(
        project_id=project["project_id"],
        name=project["name"],
        owner_name=project["owner_name"],
        risk_tier=project["risk_tier"],
        started_at=project["created_at"],
        phase=phase,
        column=column,
        stage=STAGES[STAGE_OF[phase]],
        status=str(state).capitalize() if is_stopped else turn.status,
        color="red" if is_stopped else turn.color,
        since=since(parts, phase),
        awaited=_awaited(parts, phase, actor),
        reach=judge_reach(
            way_of(phase),
            data_needed=objective["data_needed"] if objective else (),
            has_data=parts.dataset is not None,
            worth=worth,
            most_amount=most,
            assumptions=parts.assumptions,
        ),
        worth=worth,
        assumptions=parts.assumptions,
        due_on=objective["by_when"] if objective else None,
        live_since=parts.review["decided_at"] if phase == Phase.ANSWERING and parts.review else None,
        person_days=plan.get("person_days"),
        initiative_id=plan.get("initiative_id"),
        initiative_name=plan.get("initiative_name") or "",
        realised={row["currency"]: row["amount"] for row in parts.benefits},
        ids={name: row["id"] for name, row in _newest(parts).items() if row},
        asked=_asked(parts.review) if parts.review else None,
        way=_way(parts, column),
    )


def _newest(parts: Parts) -> dict[str, Row | None]:
    return {"run": parts.run, "model": parts.model, "review": parts.review}


def _asked(review: Row) -> Asked:
    return Asked(review["question"], review["requested_by_name"] or "somebody", review["requested_at"])


def _facts(parts: Parts, state: str | None) -> Facts:
    dataset, run = parts.dataset, parts.run
    return Facts(
        review_state=state,
        is_running=run is not None and run["state"] in ACTIVE_STATES,
        has_objective=parts.objective is not None,
        has_valuation=parts.valuation is not None,
        has_dataset=dataset is not None,
        has_target=dataset is not None and dataset["target"] is not None,
        has_model=parts.model is not None,
        is_model_outdated=run is not None and dataset is not None and run["dataset_version_id"] != dataset["id"],
    )


def since(parts: Parts, phase: Phase) -> datetime:
    """When the project came to its phase: the moment at which the last thing that leads to it was there."""
    began: list[datetime] = [parts.project["created_at"]]
    if phase == Phase.STALE:
        return changed_at(parts)
    if phase in (Phase.DECISION, Phase.ANSWERING, Phase.REQUEST) and parts.review:
        return parts.review["decided_at"] or parts.review["requested_at"]  # type: ignore[no-any-return]
    if phase == Phase.RUNNING and parts.run:
        return parts.run["created_at"]  # type: ignore[no-any-return]
    if phase == Phase.REQUEST and parts.model:
        return parts.model["created_at"]  # type: ignore[no-any-return]
    if phase == Phase.RUN and parts.model and parts.dataset:
        return parts.dataset["created_at"]  # type: ignore[no-any-return]
    reached = (parts.objective, "first_at"), (parts.valuation, "first_at"), (parts.dataset, "first_at")
    n_before = {Phase.MONEY: 1, Phase.DATA: 2, Phase.TARGET: 3, Phase.RUN: 3}.get(phase, 0)
    began += [row[name] for row, name in reached[:n_before] if row]
    if phase == Phase.RUN and parts.dataset and parts.dataset["target_at"]:
        began.append(parts.dataset["target_at"])
    return max(began)


def _way(parts: Parts, column: Column) -> tuple[tuple[Column, datetime], ...]:
    """When it came to each column. A step that was taken later than the next counts from the moment of that one on."""
    review = parts.review or {}
    decided = review.get("decided_at") if column in (Column.LIVE, Column.STOPPED) else None
    found: list[tuple[Column, datetime | None]] = [
        (Column.IDEA, parts.project["created_at"]),
        (Column.CASE, parts.objective["first_at"] if parts.objective else None),
        (Column.MAKING, parts.valuation["first_at"] if parts.valuation else None),
        (Column.SIGN_OFF, parts.model["created_at"] if parts.model else None),
        (column, decided),
    ]
    order = list(Column)
    way: list[tuple[Column, datetime]] = []
    for step, moment in reversed(found):
        if moment is not None and order.index(step) <= order.index(column):
            way.append((step, min([moment, *(at for _, at in way[-1:])])))
    return tuple(reversed(way))


def _awaited(parts: Parts, phase: Phase, actor: Actor) -> Awaited:
    """Nobody is waited for while the portal works and while a model answers."""
    turn = TURNS[phase]
    if phase not in ASKING:
        return Awaited("nobody")
    authors = parts.authors if phase == Phase.DECISION else frozenset[str]()
    able = [person for person in parts.members if person.user_id not in authors and _may(person.role, turn.permission)]
    names = tuple(sorted(person.name for person in able))
    return Awaited(turn.whose, names, is_me=any(person.user_id == actor.user_id for person in able))


def _may(role: str, permission: Permission) -> bool:
    return permission in PERMISSIONS.get(role, frozenset())


def last_day(record: Record, today: date) -> date:
    """Where the bar of a project ends on a timeline: its target date, or today where that is later or unknown."""
    return max(record.due_on or today, today)
