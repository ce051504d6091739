"""What may be asked of a model, what was found, and nothing for strangers."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from services.audit.actor import Actor
from services.datasets.commands import describe_column
from services.errors import ConflictError, NotFoundError
from services.interpretations.commands import skip_expectation
from services.jobs.commands import enqueue_job
from services.people.permissions import Permission, Role
from services.proposals.commands import save_objective
from services.simulation.commands import save_scenario
from services.simulation.queries import (
    UNKNOWN_SIMULATION,
    get_case,
    get_guard,
    get_simulation,
    get_simulation_file,
    get_simulator,
    list_simulations,
)
from services.valuation.commands import save_valuation
from services.valuation.details import Details
from tests.makers import make_actor
from tests.makers_models import make_model
from tests.makers_money import CALLS, RETENTION
from tests.makers_reviews import join
from tests.makers_simulation import CONTRACT, make_common_report, make_report, make_simulation


@pytest.fixture
def business(session: Session) -> Actor:
    return make_actor(session)


@pytest.fixture
def model_id(session: Session, business: Actor) -> str:
    model, project, _ = make_model(session, business)
    objective = replace(RETENTION, levers=(CONTRACT, replace(CONTRACT, name="Offer", column=None)))
    save_objective(session, actor=business, project_id=project.id, objective=objective, based_on=0)
    figures = replace(CALLS, details=Details(action_budget_per_month=9_000.0))
    save_valuation(session, actor=business, project_id=project.id, assumptions=figures, based_on=0)
    skip_expectation(session, actor=business, model_id=model.id, reason="Seen before")
    return model.id


def test_the_limits_begin_with_the_figures_in_force(session: Session, business: Actor, model_id: str) -> None:
    simulator = get_simulator(session, actor=business, model_id=model_id)
    assert (simulator.budget_amount, simulator.capacity, simulator.currency) == (9_000.0, 860.0, "EUR")
    assert [lever.name for lever in simulator.usable] == ["Contract"]
    assert [found.problem[:7] for found in simulator.levers] == ["", "“Offer”"]
    assert simulator.obstacle is None
    assert "€480" in str(simulator.default_worth)


def test_without_an_objective_the_obstacle_is_told(session: Session, business: Actor) -> None:
    model, _, _ = make_model(session, business)
    assert "names no lever" in str(get_simulator(session, actor=business, model_id=model.id).obstacle)


def test_a_simulation_comes_with_its_report_and_its_name(session: Session, business: Actor, model_id: str) -> None:
    report = make_report()
    simulation_id = make_simulation(session, business, model_id, report)
    assert get_simulation(session, actor=business, simulation_id=simulation_id).scenario is None
    save_scenario(session, actor=business, simulation_id=simulation_id, name="Plan")
    found = get_simulation(session, actor=business, simulation_id=simulation_id)
    assert found.report == report
    assert found.scenario is not None
    assert found.scenario.name == "Plan"
    assert (found.objective_version, found.model_number) == (1, 1)


def test_simulations_are_listed_newest_first(session: Session, business: Actor, model_id: str) -> None:
    done = make_simulation(session, business, model_id, make_report())
    waiting = make_simulation(session, business, model_id, capacity=5.0)
    lines = list_simulations(session, actor=business, model_id=model_id)
    assert [line.id for line in lines] == [waiting, done]
    assert lines[0].sentence is None
    assert str(lines[1].sentence).startswith("Worth about €120k")


def test_files_are_there_once_it_is_done(session: Session, business: Actor, model_id: str) -> None:
    done = make_simulation(session, business, model_id, make_report())
    waiting = make_simulation(session, business, model_id, capacity=5.0)
    assert get_simulation_file(session, actor=business, simulation_id=done, kind="csv") == b"row,cost\r\n7,20\r\n"
    with pytest.raises(NotFoundError):
        get_simulation_file(session, actor=business, simulation_id=waiting, kind="workbook")


def test_who_has_not_said_what_they_expect_is_told_no_reasons(session: Session, business: Actor, model_id: str) -> None:
    report = make_report()
    assert any(case.reasons for case in report.first)
    simulation_id = make_simulation(session, business, model_id, report)
    manager = make_actor(session, Role.MANAGER)
    project_id = get_simulation(session, actor=business, simulation_id=simulation_id).job.project_id
    join(session, project_id, manager)
    unasked = get_simulation(session, actor=manager, simulation_id=simulation_id)
    assert unasked.report is not None
    assert (unasked.hides_reasons, [case.reasons for case in unasked.report.first if case.reasons]) == (True, [])
    with pytest.raises(ConflictError, match="what you expect to drive it"):
        get_simulation_file(session, actor=manager, simulation_id=simulation_id, kind="csv")
    skip_expectation(session, actor=manager, model_id=model_id, reason="Seen before")
    asked = get_simulation(session, actor=manager, simulation_id=simulation_id)
    assert (asked.hides_reasons, asked.report) == (False, report)
    assert get_simulation_file(session, actor=manager, simulation_id=simulation_id, kind="csv")


def test_files_of_settings_are_refused_for_what_they_tell(session: Session, business: Actor, model_id: str) -> None:
    simulation_id = make_simulation(session, business, model_id, make_common_report())
    project_id = get_simulation(session, actor=business, simulation_id=simulation_id).job.project_id
    manager = make_actor(session, Role.MANAGER)
    join(session, project_id, manager)
    unasked = get_simulation(session, actor=manager, simulation_id=simulation_id).report
    assert unasked is not None
    assert not any(found.curve for found in unasked.segments)
    with pytest.raises(ConflictError) as refused:
        get_simulation_file(session, actor=manager, simulation_id=simulation_id, kind="csv")
    assert refused.value.sentence.startswith("The settings tell what the model makes of its levers. Say on its page")


def test_for_a_stranger_and_for_another_kind_of_job_there_is_none(
    session: Session, business: Actor, model_id: str
) -> None:
    simulation_id = make_simulation(session, business, model_id, make_report())
    stranger = make_actor(session, Role.DATA_SCIENTIST)
    with pytest.raises(NotFoundError) as refused:
        get_simulation(session, actor=stranger, simulation_id=simulation_id)
    assert refused.value.sentence == UNKNOWN_SIMULATION
    project_id = get_simulation(session, actor=business, simulation_id=simulation_id).job.project_id
    other = enqueue_job(
        session,
        actor=business,
        project_id=project_id,
        kind="labels.train",
        request={},
        permission=Permission.SEE_PROJECT,
    )
    with pytest.raises(NotFoundError, match="no such simulation"):
        get_simulation(session, actor=business, simulation_id=other.id)


def test_a_case_is_read_as_the_model_takes_it_and_only_its_columns_are_for_show(
    session: Session, business: Actor, model_id: str
) -> None:
    simulation_id = make_simulation(session, business, model_id, make_report())
    case = get_case(session, actor=business, simulation_id=simulation_id, row=3)
    assert case.names == ("tenure", "contract")
    assert {"customerID", "charges", "payment"} <= set(case.rows.columns)
    assert "churn" not in case.rows.columns
    assert case.rows["tenure"].dtype == "float64"
    assert [lever.name for lever in case.levers] == ["Contract"]
    for row in (0, 201):
        with pytest.raises(NotFoundError, match="The data have 200 rows"):
            get_case(session, actor=business, simulation_id=simulation_id, row=row)


def test_columns_are_called_as_the_business_calls_them(session: Session, business: Actor, model_id: str) -> None:
    simulation_id = make_simulation(session, business, model_id, make_report())
    project_id = get_simulation(session, actor=business, simulation_id=simulation_id).job.project_id
    describe_column(session, actor=business, project_id=project_id, column="tenure", business_name="Time with us")
    report = get_simulation(session, actor=business, simulation_id=simulation_id).report
    assert report is not None
    assert [reason for case in report.first for reason in case.reasons] == ["“Time with us” is 2 (typical 29)"]
    case = get_case(session, actor=business, simulation_id=simulation_id, row=3)
    assert case.labels == {"tenure": "Time with us"}


def test_the_guard_is_read_for_who_may_see_the_simulation(session: Session, business: Actor, model_id: str) -> None:
    simulation_id = make_simulation(session, business, model_id, make_report())
    assert get_guard(session, actor=business, simulation_id=simulation_id).reason(7, ["One year"]) == "overlap"
    with pytest.raises(NotFoundError):
        get_guard(session, actor=make_actor(session), simulation_id=simulation_id)
