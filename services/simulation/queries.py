"""Read the simulator: what may be moved in a model, what was asked, what was found, and the files it leaves."""

import json
from functools import lru_cache
from typing import Literal, cast

import pandas as pd
from sqlmodel import Session, col, select

from db.artifacts import get_artifact_store
from db.settings import get_database_settings
from db.tables import DatasetVersion, Job, Model, ObjectiveVersion, Run, Scenario, User
from services.audit.actor import Actor
from services.automl.columns import Column, Kind, model_frame
from services.datasets.dictionary import business_names
from services.datasets.queries import Dataset, get_dataset, get_rows_at, list_descriptions
from services.datasets.row_window import MAX_COLUMNS
from services.errors import ConflictError, NotFoundError
from services.jobs.queries import get_job
from services.jobs.views import JobView
from services.models.naming import names_for
from services.models.queries import get_model, hides_explanation
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.proposals.queries import find_objective, get_objective
from services.simulation.guard_table import GuardTable, load_guard
from services.simulation.report import SimulationReport
from services.simulation.request import KIND, SimulationRequest
from services.simulation.sentences import answer_name_of, default_worth, describe_obstacle, lost_amount
from services.simulation.shown_reasons import reasons_in_business_words, without_reasons
from services.simulation.usable_levers import examine_levers
from services.simulation.views import CaseView, ScenarioView, SimulationLine, SimulationView, SimulatorView
from services.simulation.worth import Worth
from services.valuation.queries import find_valuation, get_valuation

UNKNOWN_SIMULATION = "There is no such simulation, or you are not a member of its project."
MOST_LISTED = 20
FileKind = Literal["csv", "workbook"]


def get_simulator(session: Session, *, actor: Actor, model_id: str) -> SimulatorView:
    """What may be asked of a model now: the levers of the objective in force, and the limits of the figures in force.

    Raises
    ------
    NotFoundError
        There is no such model, or the actor is not a member of its project.
    """
    model = get_model(session, actor=actor, model_id=model_id)
    dataset = _dataset_of(session, actor, model.run_id)
    objective = find_objective(session, actor=actor, project_id=model.project_id)
    valuation = find_valuation(session, actor=actor, project_id=model.project_id)
    declared = objective.objective.levers if objective else ()
    levers = examine_levers(declared, model.signature, dataset.recipe)
    figures = valuation.assumptions if valuation else None
    return SimulatorView(
        model_id=model.id,
        model_number=model.number,
        project_id=model.project_id,
        task=model.task,
        levers=levers,
        obstacle=describe_obstacle(model.task, levers, has_figures=figures is not None),
        currency=figures.currency if figures else "EUR",
        budget_amount=figures.details.action_budget_per_month if figures and figures.details else None,
        capacity=figures.capacity_per_month if figures else None,
        cases_per_month=figures.cases_per_month if figures else 0.0,
        default_worth=default_worth(figures) if figures and model.task == "binary" else None,
        columns=tuple(column.name for column in dataset.columns if column.name != dataset.target),
    )


def list_simulations(session: Session, *, actor: Actor, model_id: str) -> list[SimulationLine]:
    """The latest simulations of a model, newest first."""
    model = get_model(session, actor=actor, model_id=model_id)
    jobs = select(Job).where(Job.project_id == model.project_id, Job.kind == KIND, Job.subject_id == model.id)
    newest = session.exec(jobs.order_by(col(Job.created_at).desc(), col(Job.id)).limit(MOST_LISTED)).all()
    found = session.exec(select(Scenario).where(col(Scenario.job_id).in_([job.id for job in newest])))
    names = {scenario.job_id: scenario.name for scenario in found}
    return [
        SimulationLine(
            id=job.id,
            state=job.state,
            sentence=job.failure if job.result is None else str(job.result["sentence"]),
            scenario=names.get(job.id),
            created_by_name=session.get_one(User, job.created_by).name,
            created_at=job.created_at,
        )
        for job in newest
    ]


def list_scenarios(session: Session, *, actor: Actor, project_id: str) -> list[ScenarioView]:
    """The simulations of a project that have a name, newest first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    rows = select(Scenario).where(Scenario.project_id == project_id).order_by(col(Scenario.created_at).desc())
    return [scenario_view(session, row) for row in session.exec(rows)]


def get_simulation(session: Session, *, actor: Actor, simulation_id: str) -> SimulationView:
    """One simulation, with its report where it is done.

    Raises
    ------
    NotFoundError
        There is no such simulation, or the actor is not a member of its project.
    """
    job = _find(session, actor, simulation_id)
    request = SimulationRequest.from_document(job.request["request"])
    scenario = session.exec(select(Scenario).where(Scenario.job_id == job.id)).first()
    model = session.get_one(Model, request.model_id)
    report = None if job.result is None else read_report(str(job.result["report_sha256"]))
    hides_reasons = hides_explanation(session, actor, model)
    if report is not None and hides_reasons:
        report = without_reasons(report)
    if report is not None:
        report = reasons_in_business_words(report, _names(session, actor, job.project_id))
    return SimulationView(
        job=job,
        request=request,
        model_number=model.number,
        objective_version=session.get_one(ObjectiveVersion, str(job.request["objective_id"])).version,
        dataset_version=session.get_one(DatasetVersion, str(job.request["dataset_id"])).version,
        report=report,
        scenario=scenario_view(session, scenario) if scenario else None,
        hides_reasons=hides_reasons,
    )


def get_simulation_file(session: Session, *, actor: Actor, simulation_id: str, kind: FileKind) -> bytes:
    """The action list as CSV or as a workbook.

    Raises
    ------
    NotFoundError
        There is no such simulation, it is not done, or the actor is not a member of its project.
    ConflictError
        It tells what drives the model, and the actor has not said yet what they expect to drive it.
    """
    job = _find(session, actor, simulation_id)
    if job.result is None:
        raise NotFoundError(UNKNOWN_SIMULATION)
    model = session.get_one(Model, SimulationRequest.from_document(job.request["request"]).model_id)
    if hides_explanation(session, actor, model):
        tells = (
            "The settings tell what the model makes of its levers"
            if read_report(str(job.result["report_sha256"])).is_common
            else "The list names what drives the model"
        )
        raise ConflictError(f"{tells}. Say on its page Explain first what you expect to drive it.")
    return get_artifact_store().get(job.result[f"{kind}_sha256"])


def get_case(session: Session, *, actor: Actor, simulation_id: str, row: int) -> CaseView:
    """One case of a simulation as the model and the formulas take it.

    Parameters
    ----------
    row
        Of the version of the data, counted from 1.

    Raises
    ------
    NotFoundError
        There is no such simulation or row, or the actor is not a member of its project.
    """
    view = get_simulation(session, actor=actor, simulation_id=simulation_id)
    dataset = get_dataset(session, actor=actor, dataset_id=str(view.job.request["dataset_id"]))
    if not 1 <= row <= dataset.n_rows:
        raise NotFoundError(f"The data have {dataset.n_rows:,} rows. Choose one of them.")
    model = get_model(session, actor=actor, model_id=view.request.model_id)
    objective = get_objective(session, actor=actor, objective_id=str(view.job.request["objective_id"]))
    figures = get_valuation(session, actor=actor, valuation_id=str(view.job.request["valuation_id"])).assumptions
    dictionary, own = list_descriptions(session, actor=actor, project_id=view.job.project_id), model.signature.names
    others = [column.name for column in dataset.columns if column.name not in own and column.name != dataset.target]
    names = [*own, *others]
    parts = [names[start : start + MAX_COLUMNS] for start in range(0, len(names), MAX_COLUMNS)]
    read = [
        get_rows_at(session, actor=actor, dataset_id=dataset.id, positions=[row - 1], columns=part) for part in parts
    ]
    found = pd.concat(read, axis=1)
    kinds = [Column(column.name, cast("Kind", column.kind)) for column in model.signature.columns]
    typed = model_frame(found, kinds)
    rest = found[others].reset_index(drop=True)
    return CaseView(
        model_id=model.id,
        row=row,
        names=own,
        labels=names_for(model.signature, dictionary),
        units={name: line.description.unit for name, line in dictionary.items()},
        rows=pd.concat([typed, rest], axis=1),
        levers=tuple(lever for lever in objective.objective.levers if lever.name in view.request.levers),
        worth=Worth(lost_amount(figures), view.request.value_formula, answer_name_of(model.task)),
        currency=figures.currency,
        base_rate=figures.base_rate if model.task == "binary" else None,
    )


def _names(session: Session, actor: Actor, project_id: str) -> dict[str, str]:
    return business_names(list_descriptions(session, actor=actor, project_id=project_id))


def get_guard(session: Session, *, actor: Actor, simulation_id: str) -> GuardTable:
    """Which setting of which case the guard of a simulation lets through.

    Raises
    ------
    NotFoundError
        There is no such simulation, it is not done, or the actor is not a member of its project.
    """
    job = _find(session, actor, simulation_id)
    if job.result is None:
        raise NotFoundError(UNKNOWN_SIMULATION)
    return _read_guard(get_database_settings().storage_url, str(job.result["guard_sha256"]))


def scenario_view(session: Session, row: Scenario) -> ScenarioView:
    """The row as a page sees it."""
    author = session.get(User, row.created_by)
    return ScenarioView(row.id, row.name, row.job_id, author.name if author else "somebody", row.created_at)


def read_report(digest: str) -> SimulationReport:
    """A report by its hash. Internal: the caller may see the simulation."""
    return _read_report(get_database_settings().storage_url, digest)


@lru_cache(maxsize=32)
def _read_report(_storage: str, digest: str) -> SimulationReport:
    return SimulationReport.from_document(json.loads(get_artifact_store().get(digest)))


@lru_cache(maxsize=8)
def _read_guard(_storage: str, digest: str) -> GuardTable:
    return load_guard(get_artifact_store().get(digest))


def _find(session: Session, actor: Actor, simulation_id: str) -> JobView:
    try:
        job = get_job(session, actor=actor, job_id=simulation_id)
    except NotFoundError:
        raise NotFoundError(UNKNOWN_SIMULATION) from None
    if job.kind != KIND:
        raise NotFoundError(UNKNOWN_SIMULATION)
    return job


def _dataset_of(session: Session, actor: Actor, run_id: str) -> Dataset:
    return get_dataset(session, actor=actor, dataset_id=session.get_one(Run, run_id).dataset_version_id)
