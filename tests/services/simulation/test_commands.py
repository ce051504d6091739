"""Who may ask for a simulation, what is refused before a worker is asked, and names that are given once."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session, select

from db.tables import AuditEvent, Job
from services.audit.actor import Actor
from services.errors import ConflictError, InvalidInputError, NotAllowedError
from services.people.permissions import Role
from services.proposals.commands import save_objective
from services.proposals.lever import Lever
from services.simulation.commands import NAME_LENGTH, save_scenario, start_simulation
from services.simulation.queries import list_scenarios
from services.simulation.request import KIND, SimulationRequest
from services.valuation.commands import save_valuation
from tests.makers import make_actor
from tests.makers_models import make_model
from tests.makers_money import CALLS, RETENTION
from tests.makers_simulation import CONTRACT, make_report, make_simulation


@pytest.fixture
def business(session: Session) -> Actor:
    return make_actor(session)


@pytest.fixture
def model_id(session: Session, business: Actor) -> str:
    return ready(session, business)


def ready(session: Session, business: Actor, levers: tuple[Lever, ...] = (CONTRACT,), *, figures: bool = True) -> str:
    """A model of a project whose objective has these levers."""
    model, project, _ = make_model(session, business)
    objective = replace(RETENTION, levers=levers)
    save_objective(session, actor=business, project_id=project.id, objective=objective, based_on=0)
    if figures:
        save_valuation(session, actor=business, project_id=project.id, assumptions=CALLS, based_on=0)
    return model.id


def asked(model_id: str, *levers: str, **changes: Any) -> SimulationRequest:
    return SimulationRequest(model_id, levers or ("Contract",), **changes)


def test_a_worker_is_told_what_was_in_force(session: Session, business: Actor, model_id: str) -> None:
    request = asked(model_id, budget_amount=5_000.0, capacity=800.0, is_guarded=False, value_formula="chance * -9")
    job = start_simulation(session, actor=business, request=request)
    assert (job.kind, job.state, job.subject_id) == (KIND, "queued", model_id)
    assert SimulationRequest.from_document(job.request["request"]) == request
    assert {"objective_id", "valuation_id", "dataset_id"} <= set(job.request)


def test_the_same_question_twice_is_one_job(session: Session, business: Actor, model_id: str) -> None:
    first, second = (start_simulation(session, actor=business, request=asked(model_id)) for _ in range(2))
    assert first.id == second.id


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"levers": ()}, "at least one lever"),
        ({"levers": ("Contract", "Contract")}, "named twice"),
        ({"budget_amount": -1.0}, "budget a month must be a number, 0 or more"),
        ({"budget_amount": float("nan")}, "budget a month"),
        ({"capacity": float("inf")}, "number of cases a month"),
        ({"value_formula": "1" * 1_001}, "Say it more briefly"),
    ],
)
def test_a_question_that_cannot_be_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInputError, match=says):
        SimulationRequest(**{"model_id": "m", "levers": ("Contract",), **changes})


def test_a_budget_of_nothing_may_be_asked(session: Session, business: Actor, model_id: str) -> None:
    assert start_simulation(session, actor=business, request=asked(model_id, budget_amount=0.0)).state == "queued"


def test_a_lever_the_objective_does_not_name_is_refused(session: Session, business: Actor, model_id: str) -> None:
    with pytest.raises(InvalidInputError, match="no lever “Discount”"):
        start_simulation(session, actor=business, request=asked(model_id, "Contract", "Discount"))


def test_a_lever_without_a_column_is_refused_beside_one_that_has_one(session: Session, business: Actor) -> None:
    loose = replace(CONTRACT, name="Offer", column=None)
    model_id = ready(session, business, (CONTRACT, loose))
    with pytest.raises(InvalidInputError, match="“Offer” has no column in the data"):
        start_simulation(session, actor=business, request=asked(model_id, "Contract", "Offer"))


def test_without_figures_nothing_is_simulated(session: Session, business: Actor) -> None:
    model_id = ready(session, business, figures=False)
    with pytest.raises(InvalidInputError, match="Nobody has said what a case is worth"):
        start_simulation(session, actor=business, request=asked(model_id))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_who_only_decides_or_reads_does_not_ask(session: Session, business: Actor, role: str) -> None:
    reader = make_actor(session, role)
    model, project, _ = make_model(session, business, reader)
    objective = replace(RETENTION, levers=(CONTRACT,))
    save_objective(session, actor=business, project_id=project.id, objective=objective, based_on=0)
    with pytest.raises(NotAllowedError, match="try what levers would change"):
        start_simulation(session, actor=reader, request=asked(model.id))


def test_a_name_is_kept_with_what_was_asked_and_found(session: Session, business: Actor, model_id: str) -> None:
    simulation_id = make_simulation(session, business, model_id, make_report(), capacity=800.0)
    scenario = save_scenario(session, actor=business, simulation_id=simulation_id, name="  Half  the team ")
    assert scenario.name == "Half the team"
    job = session.get_one(Job, simulation_id)
    assert list_scenarios(session, actor=business, project_id=job.project_id) == [scenario]
    event = session.exec(select(AuditEvent).where(AuditEvent.action == "scenario.saved")).one()
    assert event.after is not None
    assert event.after["report_sha256"] == (job.result or {})["report_sha256"]


@pytest.mark.parametrize("name", ["", "   ", "x" * (NAME_LENGTH + 1)])
def test_a_name_has_a_length(session: Session, business: Actor, model_id: str, name: str) -> None:
    simulation_id = make_simulation(session, business, model_id, make_report())
    with pytest.raises(InvalidInputError, match="name of 1 to"):
        save_scenario(session, actor=business, simulation_id=simulation_id, name=name)


def test_no_two_scenarios_have_one_name_and_none_has_two(session: Session, business: Actor, model_id: str) -> None:
    one = make_simulation(session, business, model_id, make_report())
    other = make_simulation(session, business, model_id, make_report(), capacity=3.0)
    save_scenario(session, actor=business, simulation_id=one, name="Plan")
    with pytest.raises(ConflictError, match="is called “Plan” already"):
        save_scenario(session, actor=business, simulation_id=one, name="Plan B")
    with pytest.raises(ConflictError, match="Another scenario is called “Plan”"):
        save_scenario(session, actor=business, simulation_id=other, name="Plan")


def test_what_is_not_done_gets_no_name(session: Session, business: Actor, model_id: str) -> None:
    waiting = make_simulation(session, business, model_id)
    with pytest.raises(ConflictError, match="is not done"):
        save_scenario(session, actor=business, simulation_id=waiting, name="Plan")
