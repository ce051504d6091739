"""Simulate: opens empty, refused, running and filled; asks, keeps and compares."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlmodel import select

from db.session import reading, transaction
from db.tables import Job, Scenario
from services.audit.actor import Actor
from services.interpretations.commands import skip_expectation
from services.people.permissions import Permission, Role, is_allowed
from services.proposals.commands import save_objective
from services.proposals.lever import Lever
from services.simulation.commands import save_scenario
from services.simulation.constraint import Constraint
from services.simulation.report import GainFound, OffPolicyFound, SimulationReport
from services.simulation.request import KIND, SimulationRequest
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_models import make_model
from tests.makers_money import CALLS, RETENTION
from tests.makers_simulation import (
    CONTRACT,
    make_adjusted,
    make_adjusted_report,
    make_allocation,
    make_common_report,
    make_lever_finding,
    make_report,
    make_report_without_forecast,
    make_simulation,
    make_solver_found,
)
from tests.pages.conftest import OpenPage, text_of


def arrange(
    role: str = Role.BUSINESS, levers: tuple[Lever, ...] = (CONTRACT,), *, figures: bool = True, is_asked: bool = True
) -> tuple[Actor, Actor, str, str]:
    """A person in a project with a model; (person, business, project, model)."""
    with transaction() as session:
        business = make_actor(session)
        person = business if role == Role.BUSINESS else make_actor(session, role)
        model, project, _ = make_model(session, *{one.user_id: one for one in (business, person)}.values())
        objective = replace(RETENTION, levers=levers)
        save_objective(session, actor=business, project_id=project.id, objective=objective, based_on=0)
        if figures:
            save_valuation(session, actor=business, project_id=project.id, assumptions=CALLS, based_on=0)
        for one in {each.user_id: each for each in (business, person)}.values():
            if is_asked and is_allowed(one, Permission.JUDGE):
                skip_expectation(session, actor=one, model_id=model.id, reason="Seen before")
        return person, business, project.id, model.id


def simulated(business: Actor, model_id: str, report: SimulationReport | None = None, **changes: object) -> str:
    with transaction() as session:
        return make_simulation(session, business, model_id, report, **changes)


def said(app: object) -> str:
    return text_of(app).replace("\\", "")  # type: ignore[arg-type]


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR])
def test_everybody_of_the_project_reads_the_sentence_first(open_page: OpenPage, role: str) -> None:
    person, business, project_id, model_id = arrange(role)
    simulated(business, model_id, make_report())
    app = open_page("simulate", person, project=project_id)
    assert not app.exception
    assert "Worth about €120k a year over today's way, 19 times in 20" in str(app.header[0].value)
    asks = {button.key for button in app.button}
    assert ("FormSubmitter:simulate-Simulate" in asks or "simulate_now" in asks) == (
        role in (Role.BUSINESS, Role.DATA_SCIENTIST)
    )
    assert {"save actions.csv", "save actions.xlsx"} <= {button.key for button in app.get("download_button")}


def test_who_is_still_to_say_what_they_expect_sees_no_reason(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange(Role.MANAGER, is_asked=False)
    simulated(business, model_id, make_report())
    app = open_page("simulate", person, project=project_id)
    assert not app.exception
    assert "once you say under Explain what you expect" in said(app)
    assert "Reasons" not in app.dataframe[0].value
    assert not [one for one in app.get("download_button") if str(one.key).startswith("save actions")]


def test_without_a_forecast_there_is_a_pilot_and_no_gain_anywhere(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    simulated(business, model_id, make_report_without_forecast())
    app = open_page("simulate", person, project=project_id)
    shown = said(app)
    assert not app.exception
    assert "No benefit may be forecast" in shown
    assert "a limited experiment" in shown
    assert "Gain" not in shown
    assert not app.get("plotly_chart")
    assert "Gain" not in list(app.dataframe[0].value.columns)


def test_without_a_model_it_says_what_comes_first(open_page: OpenPage) -> None:
    with transaction() as session:
        person = make_actor(session)
        project_id = make_project(session, person).id
    assert "No model yet" in text_of(open_page("simulate", person, project=project_id))


def test_without_a_lever_the_way_to_the_objective_is_one_press(open_page: OpenPage) -> None:
    person, _, project_id, _ = arrange(levers=())
    app = open_page("simulate", person, project=project_id)
    assert "names no lever" in said(app)
    assert app.button(key="remove_obstacle").label == "Open the objective"


def test_without_figures_the_way_to_money_is_one_press(open_page: OpenPage) -> None:
    person, _, project_id, _ = arrange(figures=False)
    app = open_page("simulate", person, project=project_id)
    assert "Nobody has said what a case is worth" in said(app)
    assert app.button(key="remove_obstacle").label == "Open Money"


def test_who_may_not_ask_is_told_who_does(open_page: OpenPage) -> None:
    person, _, project_id, _ = arrange(Role.MANAGER)
    app = open_page("simulate", person, project=project_id)
    assert not app.exception
    assert "A business stakeholder or a data scientist of the project asks" in said(app)
    assert not app.multiselect


def test_a_lever_that_cannot_take_part_is_named_with_the_reason(open_page: OpenPage) -> None:
    loose = replace(CONTRACT, name="Offer", column=None)
    person, _, project_id, _ = arrange(levers=(CONTRACT, loose))
    app = open_page("simulate", person, project=project_id)
    assert app.multiselect(key="levers").options == ["Contract"]
    assert "“Offer” has no column in the data" in said(app)


def test_a_question_becomes_a_job_that_is_watched_and_can_be_stopped(open_page: OpenPage) -> None:
    person, _, project_id, model_id = arrange()
    app = open_page("simulate", person, project=project_id)
    assert app.number_input(key="capacity").value == 860.0
    app.number_input(key="budget").set_value(4_000.0)
    app.button(key="simulate_now").click().run()
    assert not app.exception
    with reading() as session:
        job = session.exec(select(Job).where(Job.kind == KIND)).one()
        asked = SimulationRequest.from_document(job.request["request"])
    assert asked == SimulationRequest(model_id, ("Contract",), 4_000.0, 860.0)
    app = open_page("simulate", person, project=project_id, simulation=job.id)
    app.button(key=f"stop_{job.id}").click().run()
    with reading() as session:
        assert session.get_one(Job, job.id).state == "cancelled"


def test_no_lever_at_all_is_refused_where_it_was_asked(open_page: OpenPage) -> None:
    person, _, project_id, _ = arrange()
    app = open_page("simulate", person, project=project_id)
    app.multiselect(key="levers").set_value([])
    app.button(key="simulate_now").click().run()
    assert not app.exception
    assert "Choose at least one lever" in said(app)


def test_a_scenario_is_kept_under_its_name(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    simulation_id = simulated(business, model_id, make_report())
    app = open_page("simulate", person, project=project_id, simulation=simulation_id)
    app.text_input(key="scenario_name").set_value("All the team")
    app.button(key="keep").click().run()
    assert not app.exception
    with reading() as session:
        assert session.exec(select(Scenario.name)).one() == "All the team"


def test_two_scenarios_are_compared_at_an_address_that_can_be_shared(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    other = simulated(business, model_id, make_report(acts=500.0), capacity=40.0)
    with transaction() as session:
        save_scenario(session, actor=business, simulation_id=other, name="Small team")
    one = simulated(business, model_id, make_report())
    app = open_page("simulate", person, project=project_id, simulation=one, against="Small team")
    assert not app.exception
    told = [str(table.value) for table in app.table][-1]
    assert "Cases a month" in told
    assert "Cases set anew a year" in told
    assert "Guard" not in told


def test_settings_that_many_cases_share_come_with_the_money_over_the_lever(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    simulated(business, model_id, make_common_report())
    app = open_page("simulate", person, project=project_id)
    shown = said(app)
    assert not app.exception
    assert "3 groups by “city”, 1 of them too small to say" in shown
    assert "Price at 500 brings the most" in shown
    assert "What had to hold: chance is at least 0.6 on average" in shown
    assert len(app.get("plotly_chart")) == 2
    told = " ".join(table.value.to_string() for table in app.table).replace("\\", "")
    assert "too few cases to say" in told
    assert "at the edge of what was tried" in told
    assert {"save settings.csv", "save settings.xlsx"} <= {button.key for button in app.get("download_button")}


def test_what_the_cases_say_stands_beside_what_the_model_says(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    robust = GainFound("cases and model together (DR)", 110_000.0, 70_000.0, 150_000.0)
    told = OffPolicyFound((robust,), 640.0, 1_000, 3, "The cases themselves say about €110k.")
    simulated(business, model_id, make_report(off_policy=told))
    app = open_page("simulate", person, project=project_id)
    assert not app.exception
    assert "The cases themselves say about €110k. The figure above, €120k, lies within that." in said(app)
    shown = " ".join(table.value.to_string() for table in app.table).replace("\\", "")
    assert "Cases and model together (DR)" in shown
    assert "€110k (€70k to €150k)" in shown


def test_too_few_cases_alike_are_an_answer(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    told = OffPolicyFound((), 12.0, 1_000, 0, "Not enough cases were treated as this policy would.")
    simulated(business, model_id, make_report(off_policy=told))
    app = open_page("simulate", person, project=project_id)
    assert not app.exception
    assert "Not enough cases were treated as this policy would." in said(app)


def test_of_grade_b_only_the_lower_end_of_a_group_is_shown(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    simulated(business, model_id, make_common_report(grade="B"))
    app = open_page("simulate", person, project=project_id)
    told = " ".join(table.value.to_string() for table in app.table)
    assert not app.exception
    assert "at least €60k" in told
    assert "€80k" not in told
    assert not app.get("plotly_chart")


def test_where_a_limit_binds_two_solvers_say_how_near_to_the_best_it_is(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    simulated(business, model_id, make_report(allocation=make_allocation(is_asked=True, beside=make_solver_found())))
    app = open_page("simulate", person, project=project_id)
    assert not app.exception
    shown = said(app)
    assert "€150.06k at most for any other within the limits, of which this is 0.04% less." in shown
    assert "CP-SAT of OR-Tools 9.15 finds that the best of them is worth €150.03k; this choice is 0.02% less." in shown
    assert "extra `ortools`" not in shown
    assert not app.warning


@pytest.mark.parametrize("is_limited", [True, False])
def test_what_another_solver_would_add_is_said_only_where_a_limit_binds(open_page: OpenPage, is_limited: bool) -> None:
    person, business, project_id, model_id = arrange()
    simulated(business, model_id, make_report(allocation=make_allocation() if is_limited else None))
    app = open_page("simulate", person, project=project_id)
    assert not app.exception
    assert ("With the extra `ortools` installed where workers run" in text_of(app)) == is_limited
    assert ("The copies that chose claim" in said(app)) == is_limited


def test_solvers_that_exclude_each_other_are_a_warning(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    wrong = make_allocation(is_asked=True, beside=make_solver_found(lacks=-0.25, bound=120_000.0))
    simulated(business, model_id, make_report(allocation=wrong))
    app = open_page("simulate", person, project=project_id)
    assert not app.exception
    (warning,) = app.warning
    assert "One of the two solvers is wrong: do not act on the list" in warning.value.replace("\\", "")


@pytest.mark.parametrize("make", [make_adjusted_report, make_report_without_forecast], ids=["B", "C"])
@pytest.mark.parametrize("lacks", [0.0002, -0.25])
def test_of_the_other_grades_a_bound_is_no_money(
    open_page: OpenPage, make: Callable[..., SimulationReport], lacks: float
) -> None:
    person, business, project_id, model_id = arrange()
    beside = make_solver_found(lacks=lacks)  # with money that a page must not show even where a report holds it
    simulated(business, model_id, make(allocation=make_allocation(is_asked=True, beside=beside)))
    app = open_page("simulate", person, project=project_id)
    assert not app.exception
    shown = said(app) + " ".join(one.value for one in app.warning)
    assert "this choice is 0.04% at most below the best within the limits" in shown
    assert ("One of the two solvers is wrong" in shown) == (lacks < 0)
    assert ("finds it 0.02% below the best" in shown) == (lacks > 0)
    assert "€150" not in shown


@pytest.mark.parametrize("has_middles", [False, True], ids=["as kept", "though kept"])
def test_of_grade_b_no_middle_is_shown_anywhere(open_page: OpenPage, has_middles: bool) -> None:
    person, business, project_id, model_id = arrange()
    report = make_adjusted_report()
    if has_middles:  # a page must not show them even where a report holds them
        full = make_report()
        report = replace(report, money=full.money, first=full.first)
    simulated(business, model_id, report)
    app = open_page("simulate", person, project=project_id)
    assert not app.exception
    assert "Worth at least €80k a year over today's way, if no hidden cause decided it" in str(app.header[0].value)
    shown = " ".join([said(app), *(table.value.to_string() for table in app.table)]).replace("\\", "")
    assert "adjusted estimate; hidden causes could change it" in shown
    assert "It is adjusted for “need” and “size”" in shown
    assert "It brings at least €80k a year" in shown
    assert "Gain a year, at least" in [metric.label for metric in app.metric]
    for middle in ("€120k", "€160k", "€150k", "19 times in 20 between €", "Compared with other ways"):
        assert middle not in shown
    assert "Gain" not in list(app.dataframe[0].value.columns)
    assert "those that gain most first" not in shown
    assert len(app.get("plotly_chart")) == 1


def test_of_a_grade_that_was_missed_the_page_says_what_is_missing(open_page: OpenPage) -> None:
    person, business, project_id, model_id = arrange()
    reason = "Every column that decided it is said to be in the data, but grade B is not earned. “need” is missing."
    simulated(
        business,
        model_id,
        make_report_without_forecast(levers=(make_lever_finding(grade="C", reason=reason, adjusted=make_adjusted()),)),
    )
    shown = said(open_page("simulate", person, project=project_id))
    assert "grade B is not earned. “need” is missing." in shown
    assert "one unit more goes with +2" in shown


def test_groups_and_what_must_hold_are_asked_and_kept(open_page: OpenPage) -> None:
    person, _, project_id, _ = arrange(levers=(replace(CONTRACT, scope="segment"),))
    app = open_page("simulate", person, project=project_id)
    app.button(key="simulate_now").click().run()
    assert "Choose the column whose values are the groups" in said(app)
    app.selectbox(key="segment_column").set_value("payment")
    app.text_input(key="must_0").set_value("chance")
    app.button(key="simulate_now").click().run()
    assert "needs a formula and a number" in said(app)
    app.number_input(key="must_limit_0").set_value(0.4)
    app.selectbox(key="must_sense_0").set_value("at most")
    app.button(key="simulate_now").click().run()
    assert not app.exception
    with reading() as session:
        job = session.exec(select(Job).where(Job.kind == KIND)).one()
        asked = SimulationRequest.from_document(job.request["request"])
    assert asked.segment_column == "payment"
    assert asked.constraints == (Constraint("chance", "mean", "at most", 0.4),)


def test_a_stranger_is_told_nothing(open_page: OpenPage) -> None:
    _, business, project_id, model_id = arrange()
    simulation_id = simulated(business, model_id, make_report())
    with transaction() as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
    shown = text_of(open_page("simulate", stranger, project=project_id, simulation=simulation_id))
    assert "not a member" in shown
    assert "Worth about" not in shown


def test_the_page_of_a_model_leads_here(open_page: OpenPage) -> None:
    person, _, project_id, model_id = arrange()
    app = open_page("model", person, project=project_id, model=model_id)
    assert app.button(key="simulate").label == "Simulate its levers"
