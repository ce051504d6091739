"""Simulate: what setting the levers would change, what that is honestly worth, and the list of what to do."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.analyses import STATES
from portal.ui.change import carry_out, on_press, show_refusal
from portal.ui.jobs import job_status
from portal.ui.layout import empty_state, head, note, page, section
from portal.ui.session import reading, transaction
from portal.ui.simulation import PROMISE, checked, draw_history, draw_obstacle
from portal.ui.simulation_findings import draw_differences, draw_findings
from portal.ui.state import asked_or_first, flash, go_to, open_id, open_project, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import InvalidInputError, PortalError
from services.jobs.commands import cancel_job
from services.models.queries import list_model_labels
from services.people.permissions import Permission, is_allowed
from services.simulation.commands import NAME_LENGTH, save_scenario, start_simulation
from services.simulation.comparison import differences
from services.simulation.queries import (
    FileKind,
    get_simulation,
    get_simulation_file,
    get_simulator,
    list_scenarios,
    list_simulations,
)
from services.simulation.request import SimulationRequest
from services.simulation.sentences import finding_of
from services.simulation.views import ScenarioView, SimulationView, SimulatorView


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, view = get_actor(), None
    simulation_id = st.query_params.get("simulation")  # not kept in the tab: without it the latest is shown
    with reading() as session:
        if simulation_id:
            view = get_simulation(session, actor=actor, simulation_id=simulation_id)
        project_id = view.job.project_id if view else require_open_id("project")
        models = list_model_labels(session, actor=actor, project_id=project_id)
        model_id = asked_or_first(view.request.model_id if view else open_id("model"), models)
    open_project(project_id)
    with page():
        if model_id is None:
            head("Simulate", PROMISE)
            empty_state(":material/tune:", "No model yet. Once a run has left one, its levers can be tried here.")
            return
        _draw_model(actor, model_id, view)


def _draw_model(actor: Actor, model_id: str, view: SimulationView | None) -> None:
    with reading() as session:
        simulator = get_simulator(session, actor=actor, model_id=model_id)
        lines = list_simulations(session, actor=actor, model_id=model_id)
        if view is None and lines:
            view = get_simulation(session, actor=actor, simulation_id=lines[0].id)
            st.query_params["simulation"] = view.id  # so that the address can be shared
        scenarios = list_scenarios(session, actor=actor, project_id=simulator.project_id)
    finding = escape_markdown(finding_of(view.report)) if view and view.report else None
    head(
        "Simulate",
        f"{PROMISE}. With model {simulator.model_number}",
        badges=[STATES[view.job.state]] if view else [],
        finding=finding,
    )
    if view is not None:
        job_status(actor, view.job, stop=partial(_stop, actor))
        if view.report is not None:
            in_money, read = view.request.budget_amount is not None, partial(_read_file, actor, view.id)
            draw_findings(view.report, in_money=in_money, read_file=None if view.hides_reasons else read)
            if is_allowed(actor, Permission.SIMULATE) and st.button("Look at one case", key="what_if"):
                go_to("what_if", project=simulator.project_id, simulation=view.id)
            _draw_scenario(actor, view, scenarios)
    _draw_question(actor, simulator, view)
    if len(lines) > 1:
        with section("Simulations of this model", "The newest first; the address of each can be shared"):
            draw_history(lines, view.id if view else None, simulator.project_id)
    if st.button("The model", icon=":material/arrow_back:", type="tertiary", key="back"):
        go_to("model", project=simulator.project_id, model=model_id)


def _draw_question(actor: Actor, simulator: SimulatorView, view: SimulationView | None) -> None:
    if simulator.obstacle:
        draw_obstacle(simulator, simulator.obstacle)
        return
    if not is_allowed(actor, Permission.SIMULATE):
        note("A business stakeholder or a data scientist of the project asks for simulations.")
        return
    title = "Ask again with other limits" if view else "What may be moved, and within what?"
    with section(title, "Only levers of the objective, and only within what it allows"):
        asked = checked(simulator, view.request if view else None)
    if isinstance(asked, InvalidInputError):
        show_refusal(asked)
    elif asked is not None:
        _start(actor, simulator.project_id, asked)


def _draw_scenario(actor: Actor, view: SimulationView, scenarios: list[ScenarioView]) -> None:
    if view.scenario is None and is_allowed(actor, Permission.SIMULATE):
        with st.form("scenario", border=True):
            name = st.text_input("Keep this as a scenario, under the name", max_chars=NAME_LENGTH, key="scenario_name")
            if st.form_submit_button("Keep the scenario", icon=":material/bookmark:", key="keep"):
                carry_out(save_scenario, f"Kept as {name}.", actor=actor, simulation_id=view.id, name=name)
    others = {found.simulation_id: found.name for found in scenarios if found.simulation_id != view.id}
    if not others:
        return
    with section("Compare with a scenario", "Only what differs"):
        against = st.selectbox(
            "Scenario",
            list(others),
            format_func=others.__getitem__,
            index=None,
            placeholder="Choose one",
            key="against",
            bind="query-params",
        )
        if against is not None:
            with reading() as session:
                other = get_simulation(session, actor=actor, simulation_id=against)
            own = view.scenario.name if view.scenario else "This simulation"
            draw_differences(differences(view, other), own, others[against])


def _start(actor: Actor, project_id: str, asked: SimulationRequest) -> None:
    try:
        with transaction() as session:
            simulation_id = start_simulation(session, actor=actor, request=asked).id
    except PortalError as error:
        show_refusal(error)
        return
    flash("A worker simulates it.")
    go_to("simulate", project=project_id, simulation=simulation_id)


def _read_file(actor: Actor, simulation_id: str, kind: FileKind) -> bytes:
    with reading() as session:
        return get_simulation_file(session, actor=actor, simulation_id=simulation_id, kind=kind)


def _stop(actor: Actor, job_id: str) -> None:
    on_press(cancel_job, actor=actor, job_id=job_id)


draw()
