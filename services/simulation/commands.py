"""Ask a worker to simulate, and give what it found a name."""

from sqlmodel import Session, select

from db.tables import Run, Scenario
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.datasets.queries import list_descriptions
from services.errors import ConflictError, InvalidInputError
from services.jobs.commands import enqueue_job
from services.jobs.views import JobView
from services.models.queries import get_model
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.proposals.queries import find_objective
from services.simulation.queries import UNKNOWN_SIMULATION, get_simulation, get_simulator, scenario_view
from services.simulation.request import KIND, SimulationRequest
from services.simulation.usable_levers import scope_problem
from services.simulation.views import ScenarioView
from services.valuation.queries import find_valuation

NAME_LENGTH = 80
_KNOWN = {"before": "yes", "after": "no"}


def start_simulation(session: Session, *, actor: Actor, request: SimulationRequest) -> JobView:
    """Ask for a simulation with the objective and the figures in force; both are kept with what was asked.

    Raises
    ------
    InvalidInputError
        A lever cannot take part, nothing can be simulated with this model, or a case has no worth; the sentence says
        what to do.
    """
    project_id = get_model(session, actor=actor, model_id=request.model_id).project_id
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SIMULATE)
    simulator = get_simulator(session, actor=actor, model_id=request.model_id)
    if simulator.obstacle:
        raise InvalidInputError(simulator.obstacle)
    by_name = {found.lever.name: found for found in simulator.levers}
    unknown = [
        f"The objective has no lever “{name}”. Choose one of its levers."
        for name in request.levers
        if name not in by_name
    ]
    problems = [by_name[name].problem for name in request.levers if name in by_name and by_name[name].problem]
    if simulator.default_worth is None and not request.value_formula.strip():
        problems.append(
            "This model answers with a number: say by a formula what a case is worth, such as `predicted * 2`."
        )
    chosen = [by_name[name].lever for name in request.levers if name in by_name]
    if problem := scope_problem(chosen, request.segment_column):
        problems.append(problem)
    if request.segment_column and request.segment_column not in simulator.columns:
        problems.append(f"The data have no column “{request.segment_column}” to tell groups by. Choose one of theirs.")
    if unknown or problems:
        raise InvalidInputError(*unknown, *problems)
    objective = find_objective(session, actor=actor, project_id=project_id)
    valuation = find_valuation(session, actor=actor, project_id=project_id)
    assert objective is not None  # else there would be an obstacle
    assert valuation is not None
    run_id = get_model(session, actor=actor, model_id=request.model_id).run_id
    return enqueue_job(
        session,
        actor=actor,
        project_id=project_id,
        kind=KIND,
        request={
            "request": request.document(),
            "objective_id": objective.id,
            "valuation_id": valuation.id,
            "dataset_id": session.get_one(Run, run_id).dataset_version_id,
            "known": _known(session, actor, project_id),
        },
        subject_id=request.model_id,
        permission=Permission.SIMULATE,
    )


def _known(session: Session, actor: Actor, project_id: str) -> dict[str, list[str]]:
    """The columns of which the dictionary says now that they were known before the decision, or only afterwards."""
    said = {
        column: line.description.known_before_decision
        for column, line in list_descriptions(session, actor=actor, project_id=project_id).items()
    }
    return {when: sorted(column for column in said if said[column] == is_before) for when, is_before in _KNOWN.items()}


def save_scenario(session: Session, *, actor: Actor, simulation_id: str, name: str) -> ScenarioView:
    """Give a finished simulation a name, under which it can be found and compared. A name is given once.

    Raises
    ------
    ConflictError
        It is not done, has a name already, or another one of the project has this name.
    InvalidInputError
        There is no name, or it is too long.
    """
    found = get_simulation(session, actor=actor, simulation_id=simulation_id)
    project = authorize_project(
        session,
        actor=actor,
        project_id=found.job.project_id,
        permission=Permission.SIMULATE,
        unknown=UNKNOWN_SIMULATION,
    )
    session.refresh(project, with_for_update=True)  # one name at a time is compared with the others
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise InvalidInputError(f"Give the scenario a name of 1 to {NAME_LENGTH} characters.")
    if found.job.result is None:
        raise ConflictError("The simulation is not done, so there is nothing to keep yet.")
    if found.scenario is not None:
        raise ConflictError(f"This simulation is called “{found.scenario.name}” already.")
    same = select(Scenario).where(Scenario.project_id == project.id, Scenario.name == name)
    if session.exec(same).first() is not None:
        raise ConflictError(f"Another scenario is called “{name}”. Choose another name.")
    row = Scenario(
        project_id=project.id,
        model_id=found.request.model_id,
        job_id=found.id,
        name=name,
        parameters=found.request.document(),
        report_sha256=str(found.job.result["report_sha256"]),
        created_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    record_event(
        session,
        actor=actor,
        action="scenario.saved",
        object_type="scenario",
        object_id=row.id,
        project_id=project.id,
        after={"name": name, "simulation_id": found.id, "report_sha256": row.report_sha256},
    )
    return scenario_view(session, row)
