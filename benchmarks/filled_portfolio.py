"""A database with many projects at every stage, written row by row: what commands check is not measured here."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, SQLModel

from db.artifacts import get_artifact_store
from db.tables import (
    Benefit,
    DatasetVersion,
    Initiative,
    Model,
    ObjectiveVersion,
    Project,
    ProjectMember,
    ProjectPlan,
    Review,
    Run,
    ThresholdChoice,
    ValuationVersion,
)
from db.types import new_id, utc_now
from services.audit.actor import SYSTEM, Actor
from services.audit.canonical import canonical_json, sha256_of
from services.audit.commands import record_event
from services.models.report import CurvePoint, Evaluation
from services.people.commands import create_user
from services.people.permissions import Role
from services.reviews.manifest import Manifest, bind

_WHAT = (
    "late parcels",
    "returns",
    "leavers",
    "machine stops",
    "empty shelves",
    "bad debts",
    "complaints",
    "wasted food",
)
_WHERE = ("North", "South", "the shops", "the web shop", "Spain", "Poland", "the depots", "service")
_TIERS = ("low", "low", "medium", "medium", "high", "critical")
_INITIATIVES = ("Better service", "Lean depots", "Fewer defaults")


def fill_portfolio(session: Session, n_projects: int, *, seed: int = 1) -> Actor:
    """Write the projects, all with the same three people; returns the business stakeholder."""
    chance = random.Random(seed)  # noqa: S311 - figures of a benchmark
    people = {role: _add_person(session, role) for role in (Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER)}
    owner = people[Role.BUSINESS]
    initiatives = [
        Initiative(name=name, owner_id=owner.user_id, budget_amount=400_000.0, created_by=owner.user_id)
        for name in _INITIATIVES
    ]
    session.add_all(initiatives)
    session.flush()
    floors: list[list[SQLModel]] = [[] for _ in range(6)]  # by what refers to what
    for number in range(n_projects):
        _add_project(floors, chance, number, [person.user_id for person in people.values()], initiatives)
    for floor in floors:
        session.add_all(floor)
        session.flush()
    record_event(session, actor=SYSTEM, action="portal.restored", object_type="portal", object_id="benchmark")
    return owner


def _add_person(session: Session, role: Role) -> Actor:
    name = {Role.BUSINESS: "Bea Lund", Role.DATA_SCIENTIST: "Sam Okoro", Role.MANAGER: "Mia Brandt"}[role]
    user = create_user(session, actor=SYSTEM, email=f"{role}@portfolio.example.com", name=name, role=role)
    session.flush()
    return Actor(user_id=user.id, name=user.name, role=user.role, email=user.email)


def _add_project(
    floors: list[list[SQLModel]], chance: random.Random, number: int, people: list[str], initiatives: list[Initiative]
) -> None:
    """One project that came 0 to 6 steps far: idea, objective, money, data, model, asked, approved."""
    owner, far = people[0], chance.choice((0, 1, 2, 2, 3, 4, 4, 5, 6, 6))
    began = utc_now() - timedelta(days=chance.randint(20, 500), minutes=number)
    moments = [began + timedelta(days=step * 2 + chance.random()) for step in range(8)]
    name = f"Fewer {chance.choice(_WHAT)} in {chance.choice(_WHERE)}" + (f" {number}" if number >= 20 else "")
    project = Project(
        slug=f"portfolio-{number}",
        name=name,
        sentence=f"{name}, please",
        risk_tier=chance.choice(_TIERS),
        created_by=owner,
        created_at=began,
    )
    floors[0].append(project)
    floors[1] += [ProjectMember(project_id=project.id, user_id=person, added_by=owner) for person in people]
    if chance.random() < 0.8:
        initiative = chance.choice([*initiatives, None])
        days = float(chance.randint(5, 120)) if chance.random() < 0.9 else None
        plan = ProjectPlan(project_id=project.id, person_days=days, changed_by=owner)
        plan.initiative_id = initiative.id if initiative else None
        floors[1].append(plan)
    objective = _objective(project, chance, owner, moments[1])
    valuation = _valuation(project, chance, owner, moments[2])
    dataset = _dataset(project, people[1], moments[3])
    floors[1] += [row for row, needed in ((objective, 1), (valuation, 2), (dataset, 3)) if far >= needed]
    if far >= 4:
        _add_model(floors, chance, people, (project, objective, valuation, dataset), far, moments)


def _objective(project: Project, chance: random.Random, owner: str, at: datetime) -> ObjectiveVersion:
    values: dict[str, Any] = {
        "sentence": project.sentence,
        "metric": "Cases a month",
        "unit": "cases",
        "baseline": 265.0,
        "target": 200.0,
        "decision": "Whom to call this week",
    }
    due = date(2026, 12, 1) + timedelta(days=chance.randint(-200, 400)) if chance.random() < 0.8 else None
    needs = [
        {"source": f"System {n}", "owner": "", "status": chance.choice(("have", "buy", "collect"))} for n in (1, 2)
    ]
    return ObjectiveVersion(
        project_id=project.id,
        version=1,
        by_when=due,
        data_needed=needs,
        sha256=sha256_of(values),
        created_by=owner,
        created_at=at,
        **values,
    )


def _valuation(project: Project, chance: random.Random, owner: str, at: datetime) -> ValuationVersion:
    values: dict[str, Any] = {
        "caught_value_amount": chance.uniform(100, 400),
        "success_rate": chance.uniform(0.3, 0.8),
        "false_alarm_amount": 0.0,
        "miss_amount": 0.0,
        "action_amount": chance.uniform(5, 25),
        "cases_per_month": float(chance.randint(200, 2_000)),
        "base_rate": chance.uniform(0.05, 0.3),
        "project_amount": float(chance.randint(10, 150)) * 1_000,
        "running_amount_per_month": chance.uniform(300, 2_500),
        "horizon_months": 36,
        "yearly_discount_rate": 0.08,
    }
    return ValuationVersion(
        project_id=project.id, version=1, sha256=sha256_of(values), created_by=owner, created_at=at, **values
    )


def _dataset(project: Project, scientist: str, at: datetime) -> DatasetVersion:
    digest = sha256_of({"data": project.id})
    return DatasetVersion(
        project_id=project.id,
        version=1,
        file_name="cases.csv",
        source_sha256=digest,
        base_sha256=digest,
        table_sha256=digest,
        n_rows=200,
        n_columns=8,
        profile={"n_rows": 200, "columns": [], "notes": []},
        target="ended",
        change="Brought",
        sha256=digest,
        created_by=scientist,
        created_at=at,
    )


def _add_model(
    floors: list[list[SQLModel]],
    chance: random.Random,
    people: list[str],
    evidence: tuple[Project, ObjectiveVersion, ValuationVersion, DatasetVersion],
    far: int,
    moments: list[datetime],
) -> None:
    project, objective, valuation, dataset = evidence
    run = Run(
        project_id=project.id,
        number=1,
        dataset_version_id=dataset.id,
        task="binary",
        metric="roc_auc",
        n_trials_budget=10,
        budget_seconds=60.0,
        trial_seconds_limit=30.0,
        trial_memory_mb_limit=500,
        seed=1,
        state="finished",
        created_by=people[1],
        created_at=moments[4],
    )
    digest = get_artifact_store().put(canonical_json(_evaluation(chance).document()))
    model = Model(
        project_id=project.id,
        run_id=run.id,
        number=1,
        name=f"model-{new_id()}",
        task="binary",
        family="tree",
        metric="roc_auc",
        pipeline_sha256=digest,
        signature={},
        evaluation_sha256=digest,
        explanation_sha256=digest,
        digest=digest,
        created_at=moments[5],
    )
    threshold = ThresholdChoice(
        model_id=model.id, version=1, threshold=0.3, reason="Earns most", created_by=people[0], created_at=moments[5]
    )
    floors[2].append(run)
    floors[3].append(model)
    floors[4].append(threshold)
    if far >= 5:
        rows = {"objective": objective, "valuation": valuation, "dataset": dataset}
        versions = {kind: row.model_dump() for kind, row in rows.items()}
        manifest = bind(model.model_dump(), versions, threshold.model_dump())
        floors[4].append(_review(model, manifest, people, is_approved=far == 6, moments=moments))
    if far == 6 and chance.random() < 0.7:
        floors[4].append(_benefit(project, chance, people[0], moments[7]))


def _review(
    model: Model, manifest: Manifest, people: list[str], *, is_approved: bool, moments: list[datetime]
) -> Review:
    return Review(
        project_id=model.project_id,
        gate=manifest.gate,
        round=1,
        model_id=model.id,
        question="May the model act?",
        state="approved" if is_approved else "in_approval",
        manifest=manifest.document(),
        manifest_sha256=manifest.sha256,
        requested_by=people[1],
        requested_at=moments[6],
        decided_at=moments[7] if is_approved else None,
    )


def _benefit(project: Project, chance: random.Random, owner: str, live: datetime) -> Benefit:
    return Benefit(
        project_id=project.id,
        starts_on=live.date(),
        ends_on=live.date() + timedelta(days=29),
        currency="EUR",
        amount=chance.uniform(-4_000, 30_000),
        method=chance.choice(("hold_out", "differences", "before_after")),
        created_by=owner,
    )


def _evaluation(chance: random.Random) -> Evaluation:
    from tests.makers_models import make_evaluation, make_money

    earned = chance.uniform(20_000, 400_000)
    low, high, at_random, most = (share * earned for share in (0.7, 1.2, 0.3, 2.0))
    money = replace(make_money(), yearly_value=earned, low=low, high=high, treat_all=at_random, perfect=most)
    shares = [n / 100 for n in range(101)]  # as many cuts as a real evaluation has
    curve = tuple(
        CurvePoint(share, 1 - share, earned * share * (2 - 2 * share), None, None, share, 1 - share / 2)
        for share in shares
    )
    return replace(make_evaluation(money=money), profit_curve=curve)
