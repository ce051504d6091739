"""Make levers, simulated worlds and reports of the simulator."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.artifacts import get_artifact_store
from db.session import transaction
from db.tables import Job, Model, ObjectiveVersion, Run, ValuationVersion
from services.audit.actor import SYSTEM, Actor
from services.audit.canonical import canonical_json
from services.automl.candidates import Candidate
from services.automl.commands import start_run
from services.automl.training import fit_pipeline, new_pipeline
from services.models.commands import register_model
from services.models.pipeline_file import dump_pipeline
from services.models.run_data import load_preparation
from services.models.signature import Signature, SignatureColumn
from services.people.permissions import Role
from services.proposals.commands import save_objective
from services.proposals.lever import Lever
from services.simulation.allocation_finding import AllocationFound, SolverFound
from services.simulation.commands import start_simulation
from services.simulation.guard_table import GuardTable, dump_guard
from services.simulation.lever_finding import AdjustedFound, LeverFinding
from services.simulation.report import (
    BudgetPoint,
    Doing,
    Excluded,
    GainFound,
    LeverPoint,
    ListedCase,
    Money,
    PilotFound,
    SegmentFound,
    SimulationReport,
)
from services.simulation.request import KIND, SimulationRequest
from services.simulation.sentences import describe_short
from services.simulation.ways import AT_RANDOM, SINGLE, TODAY
from services.valuation.assumptions import Assumptions
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_models import make_finished
from tests.makers_money import CALLS, RETENTION

BOOSTED = Candidate(
    "lightgbm",
    {
        "n_trees": 60,
        "n_leaves": 8,
        "learning_rate": 0.1,
        "min_leaf": 20,
        "column_rate": 1.0,
        "row_rate": 1.0,
        "shrinkage": 1.0,
    },
)
PRICE = Lever("Price", "number", low=200.0, high=900.0, step=25.0, column="price", direction=-1)
CONTRACT = Lever(
    "Contract",
    "choice",
    choices=("Month-to-month", "One year", "Two year"),
    column="contract",
    unit_cost_amount=20.0,
    assignment="randomised",
)
PROFIT = "(price - 300) * chance"


DOSE = Lever(
    "Dose",
    "number",
    low=-3.0,
    high=3.0,
    step=0.25,
    column="dose",
    assignment="recorded",
    deciding_columns=("need",),
)


@dataclass(frozen=True)
class Simulatable:
    """A fitted model whose objective has levers, and the people of its project."""

    scientist: Actor
    business: Actor
    project_id: str
    model_id: str
    frame: pd.DataFrame


def make_prices(how: str, n: int = 4_000) -> pd.DataFrame:
    """Offers of which the willingness and the price decide whether they are accepted, as in `test_simulation_chain`.

    `how` prices came into the data: "at random", "narrow", or "by who knew" the willingness, which is not in the data.
    """
    random = np.random.default_rng(7)
    willingness = random.normal(5, 1, n)
    prices = {
        "at random": random.uniform(200, 900, n),
        "narrow": random.uniform(200, 450, n),
        "by who knew": np.clip(100 * willingness + random.normal(0, 20, n), 200, 900),
    }[how]
    accepted = random.random(n) < expit(willingness - 0.01 * prices)
    frame = pd.DataFrame({"price": prices.round(2), "willingness": willingness.round(4)})
    frame["size"] = random.normal(size=n).round(4)
    frame["accepted"] = pd.Series(np.where(accepted, "Yes", "No"), dtype="str")
    return frame.drop(columns="willingness") if how == "by who knew" else frame


def make_doses(n: int = 3_000, *, effect: float = 2.0) -> pd.DataFrame:
    """Who needs more gets more: the outcome is `effect` doses + 3 needs + size^2 + noise, the dose need + noise."""
    random = np.random.default_rng(5)
    need, size = random.normal(size=n), random.normal(size=n)
    dose = need + random.normal(size=n)
    outcome = effect * dose + 3 * need + size**2 + random.normal(size=n)
    frame = pd.DataFrame({"dose": dose, "need": need, "size": size, "outcome": outcome}).round(5)
    frame["later"] = (2 * frame["dose"] + random.normal(0, 0.1, n)).round(5)  # measured after the dose was set
    return frame


def make_simulatable(
    engine: Engine,
    frame: pd.DataFrame,
    levers: tuple[Lever, ...],
    *,
    target: str = "churn",
    candidate: Candidate = BOOSTED,
    figures: Assumptions = CALLS,
) -> Simulatable:
    """A model that was fitted as a run fits it, with the levers in the objective and the figures in force."""
    with transaction(engine) as session:
        scientist, business = make_actor(session, Role.DATA_SCIENTIST), make_actor(session, Role.BUSINESS)
        project = make_project(session, scientist, business)
        objective = replace(RETENTION, levers=levers)
        save_objective(session, actor=business, project_id=project.id, objective=objective, based_on=0)
        save_valuation(session, actor=business, project_id=project.id, assumptions=figures, based_on=0)
        dataset = make_dataset(session, scientist, project.id, frame=frame, target=target)
        run_id = start_run(session, actor=scientist, project_id=project.id, dataset_id=dataset.id).id
        project_id = project.id
    preparation = load_preparation(run_id)
    pipeline = fit_pipeline(new_pipeline(preparation, candidate), candidate, preparation.train.x, preparation.train.y)
    columns = tuple(
        SignatureColumn(column.name, column.kind, False, (), None, None, None) for column in preparation.columns
    )
    signature = Signature(columns, preparation.task.value, preparation.classes, preparation.positive_label, target)
    finished = make_finished(family=candidate.family, pipeline_file=dump_pipeline(pipeline), signature=signature)
    with transaction(engine) as session:
        model = register_model(session, actor=SYSTEM, run_id=run_id, finished=finished)
        return Simulatable(scientist, business, project_id, model.id, frame)


def make_offers(engine: Engine, how: str, assignment: Any, *, n: int = 4_000) -> Simulatable:
    """A model of accepted offers with the price as its lever; a case is worth `PROFIT`."""
    frame = make_prices(how, n)
    figures = replace(CALLS, base_rate=float((frame["accepted"] == "Yes").mean()), capacity_per_month=None)
    lever = replace(PRICE, assignment=assignment)
    return make_simulatable(engine, frame, (lever,), target="accepted", figures=figures)


def make_lever_finding(**changes: Any) -> LeverFinding:
    """A lever that was set at random."""
    finding = LeverFinding(
        name="Contract",
        column="contract",
        allowed="Month-to-month, One year or Two year",
        grade="A",
        reason="It was set at random, so cases differ in nothing else.",
        explained=0.1,
        light="green",
        is_thinned=False,
    )
    return replace(finding, **changes)


def make_adjusted(**changes: Any) -> AdjustedFound:
    """An effect of 2, adjusted for two columns."""
    found = AdjustedFound(
        effect=2.0,
        low=1.9,
        high=2.1,
        robustness=0.7,
        n=3_000,
        simulated=1.8,
        controls=("need", "size"),
        sentence="Adjusted for what was known before, one unit more goes with +2 of the outcome.",
    )
    return replace(found, **changes)


def make_solver_found(**changes: Any) -> SolverFound:
    """A second bound, nearer than the first."""
    return replace(SolverFound("CP-SAT of OR-Tools 9.15", 0.0002, 150_030.0, is_best=True), **changes)


def make_allocation(**changes: Any) -> AllocationFound:
    """A choice within a budget that is worth 60 of 150,060 less than its bound; OR-Tools is not installed."""
    return replace(AllocationFound(3_720, 60 / 150_060, 150_000.0, 150_060.0, is_asked=False), **changes)


def make_adjusted_report(**changes: Any) -> SimulationReport:
    """As `make_report`, of a lever that earned grade B: no middle of an interval is in it."""
    full = make_report()
    assert full.money is not None
    lever = make_lever_finding(
        grade="B", reason="It is adjusted for “need” and “size”.", adjusted=make_adjusted(), explained=0.4
    )
    gain = GainFound(TODAY, 80_000.0, 80_000.0, 80_000.0)
    curve = tuple(replace(point, amount=point.low, high=point.low) for point in full.money.curve)
    money = Money(80_000.0, -1_920_000.0, -2_000_000.0, (gain,), curve, None, None)
    first = replace(full.first[0], chance_today=None, chance_then=None, gain=None)
    return replace(full, **{"grade": "B", "levers": (lever,), "money": money, "first": (first,), **changes})


def make_report(**changes: Any) -> SimulationReport:
    """Contracts for 400 of 1,000 cases, worth 120,000 a year."""
    point = BudgetPoint(33_600.0, 672_000.0, 120_000.0, 80_000.0, 160_000.0, is_chosen=True)
    first = ListedCase(
        row=7,
        names=("0007-AX",),
        today=("Month-to-month",),
        then=("Two year",),
        chance_today=0.41,
        chance_then=0.17,
        gain=95.2,
        cost=20.0,
        reasons=("“tenure” is 2 (typical 29)",),
    )
    report = SimulationReport(
        task="binary",
        currency="EUR",
        grade="A",
        n_cases=1_000,
        n_known=1_600,
        yearly_cases=84_000.0,
        worth="minus the chance of the outcome times €480 (the value of a caught case), minus what the levers cost",
        levers=(make_lever_finding(),),
        is_guarded=True,
        excluded=(Excluded("range", 0.0), Excluded("overlap", 0.05), Excluded("case", 0.04), Excluded("change", 0.0)),
        share_with_choice=0.93,
        share_on_edge=0.0,
        has_wide_edge=False,
        moves_nothing=False,
        share_changed=0.4,
        doings=(Doing("Contract: Two year", 400, 0.4), Doing("Left as it is", 600, 0.6)),
        acts=33_600.0,
        spent=672_000.0,
        money=Money(
            claim=150_000.0,
            value=-1_880_000.0,
            status_quo=-2_000_000.0,
            gains=(
                GainFound(TODAY, 120_000.0, 80_000.0, 160_000.0),
                GainFound(SINGLE, 30_000.0, 10_000.0, 50_000.0),
                GainFound(AT_RANDOM, 90_000.0, 60_000.0, 120_000.0),
            ),
            curve=(
                BudgetPoint(0.0, 0.0, 0.0, 0.0, 0.0),
                BudgetPoint(10_000.0, 200_000.0, 70_000.0, 50_000.0, 90_000.0),
                point,
            ),
            budget_price=0.12,
            capacity_price=None,
        ),
        pilot=None,
        n_without_value=0,
        notes=("1,000 of 1,600 cases were looked at, drawn by chance.",),
        name_columns=("customerID",),
        first=(first,),
        learned_at=0.27,
        seed=0,
        seconds=12.0,
    )
    return replace(report, **changes)


def make_common_report(**changes: Any) -> SimulationReport:
    """A price for each of two groups, and a third one too small to say."""
    curve = tuple(
        LeverPoint(
            value, value <= 600, 300 * value - 0.3 * value**2, 290 * value - 0.3 * value**2, 310 * value, value == 500
        )
        for value in (400.0, 500.0, 600.0, 700.0)
    )
    found = SegmentFound(
        name="Basel",
        n_cases=600,
        is_small=False,
        today=("552 on average, 200 to 900",),
        then=("500",),
        believed=0.96,
        gain=GainFound(TODAY, 80_000.0, 60_000.0, 100_000.0),
        spent=0.0,
        on_edge=False,
        curve=curve,
    )
    other = replace(found, name="Bern", n_cases=350, then=("600",), on_edge=True)
    small = replace(found, name="Zug", n_cases=50, is_small=True, then=("as it is",), gain=None, curve=())
    report = make_report()
    assert report.money is not None
    return replace(
        report,
        **{
            "levers": (make_lever_finding(name="Price", column="price", allowed="200 to 900"),),
            "doings": (Doing("Price: 500", 600, 0.6), Doing("Price: 600", 350, 0.35), Doing("Left as it is", 50, 0.05)),
            "money": replace(report.money, curve=(), budget_price=None),
            "first": (),
            "segments": (found, other, small),
            "segment_column": "city",
            "constraints": ("chance is at least 0.6 on average",),
            **changes,
        },
    )


def make_guard() -> GuardTable:
    """Case 7, of which a contract for one year was never seen on cases alike."""
    settings = tuple((choice,) for choice in CONTRACT.choices)
    return GuardTable(np.array([7, 9]), settings, np.array([[0, 0, 2, 0], [0, 0, 0, 0]], dtype=np.uint8))


def make_report_without_forecast(**changes: Any) -> SimulationReport:
    """As `make_report`, of a lever that people set by judgement."""
    lever = make_lever_finding(
        grade="C", reason="People set it and saw more than the data hold.", explained=0.95, light="red"
    )
    full = make_report()
    first = replace(full.first[0], chance_today=None, chance_then=None, gain=None)
    pilot = PilotFound(1_250, 0.042, pays=True, is_share=True, months=0.36)
    return replace(
        full, **{"grade": "C", "levers": (lever,), "money": None, "pilot": pilot, "first": (first,), **changes}
    )


def make_simulation(
    session: Session, actor: Actor, model_id: str, report: SimulationReport | None = None, **changes: Any
) -> str:
    """A simulation with its report and its files, or with none a waiting one; its id."""
    request = SimulationRequest(**{"model_id": model_id, "levers": ("Contract",), **changes})
    job = start_simulation(session, actor=actor, request=request)
    if report is None:
        return job.id
    row = session.get_one(Job, job.id)
    row.state, row.progress, row.result = "done", 1.0, _kept(model_id, report)
    session.add(row)
    session.flush()
    return job.id


def make_kept_simulation(session: Session, actor: Actor, model: Model) -> str:
    """A finished simulation of a model whose objective, and with it the sign-off, stays as it is; its id."""
    of_project = {"project_id": model.project_id}
    objective = session.exec(select(ObjectiveVersion).filter_by(**of_project)).first()
    valuation = session.exec(select(ValuationVersion).filter_by(**of_project)).first()
    assert objective is not None
    assert valuation is not None
    request = {
        "request": SimulationRequest(model.id, ("Contract",)).document(),
        "objective_id": objective.id,
        "valuation_id": valuation.id,
        "dataset_id": session.get_one(Run, model.run_id).dataset_version_id,
    }
    job = Job(
        kind=KIND,
        project_id=model.project_id,
        subject_id=model.id,
        state="done",
        request=request,
        result=_kept(model.id, make_report(first=())),
        created_by=actor.user_id,
    )
    session.add(job)
    session.flush()
    return job.id


def _kept(model_id: str, report: SimulationReport) -> dict[str, Any]:
    store, document = get_artifact_store(), report.document()
    return {
        "model_id": model_id,
        "sentence": describe_short(document),
        "report_sha256": store.put(canonical_json(document)),
        "csv_sha256": store.put(b"row,cost\r\n7,20\r\n"),
        "workbook_sha256": store.put(b"a workbook"),
        "guard_sha256": store.put(dump_guard(make_guard())),
    }
