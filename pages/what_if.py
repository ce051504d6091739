"""One case: its levers set otherwise, and what the model says of it at once."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.change import show_refusal
from portal.ui.layout import head, note, page, section
from portal.ui.session import reading
from portal.ui.state import go_to, open_project, require_open_id
from portal.ui.text import escape_markdown
from portal.ui.what_if import draw_what_if
from services.audit.actor import Actor
from services.automl.values_in_words import number_in_words
from services.deployments.queries import get_simulated_model
from services.deployments.what_if import WhatIf, ask_what_if
from services.errors import PortalError
from services.simulation.queries import get_case, get_guard, get_simulation
from services.simulation.report import SimulationReport
from services.simulation.views import CaseView

PROMISE = "Set the levers of one case and see what the model says; nothing is decided or kept"


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, simulation_id = get_actor(), require_open_id("simulation")
    with reading() as session:
        view = get_simulation(session, actor=actor, simulation_id=simulation_id)
    open_project(view.job.project_id)
    with page():
        head("One case", f"{PROMISE}. With model {view.model_number}")
        if view.report is None:
            note("The simulation is not done yet. Once it is, single cases can be looked at.")
        else:
            st.fragment(_draw_case)(simulation_id, view.report)  # a slider redraws this, not the shell
        if st.button("The simulation", icon=":material/arrow_back:", type="tertiary", key="back"):
            go_to("simulate", project=view.job.project_id, simulation=simulation_id)


def _draw_case(simulation_id: str, report: SimulationReport) -> None:
    """Each rerun of the fragment asks again who the person is, and whether they may."""
    row = int(
        st.number_input(
            "Row of the data",
            min_value=1,
            value=report.first[0].row if report.first else 1,
            step=1,
            key="row",
            bind="query-params",
            width=220,
        )
    )
    try:
        actor = get_actor()
        with reading() as session:
            case = get_case(session, actor=actor, simulation_id=simulation_id, row=row)
            guard = get_guard(session, actor=actor, simulation_id=simulation_id)
        model_id = _model_of(actor, simulation_id)
        draw_what_if(report, case, guard, partial(_ask, actor, model_id, case, report.learned_at))
    except PortalError as error:
        show_refusal(error)
        return
    _draw_values(case)


def _model_of(actor: Actor, simulation_id: str) -> str:
    with reading() as session:
        return get_simulation(session, actor=actor, simulation_id=simulation_id).request.model_id


def _ask(actor: Actor, model_id: str, case: CaseView, learned_at: float | None, settings: Sequence[Any]) -> WhatIf:
    with reading() as session:
        model = get_simulated_model(session, actor=actor, model_id=model_id)
    return ask_what_if(model, case, settings, learned_at=learned_at)


def _draw_values(case: CaseView) -> None:
    with section("The case as it is", "What the data say of it"):
        values = {
            case.labels.get(str(name), str(name)): number_in_words(value) if isinstance(value, float) else str(value)
            for name, value in case.rows[list(case.names)].iloc[0].items()
            if value == value and value is not None
        }
        rows = [{"Column": escape_markdown(name), "Value": escape_markdown(text)} for name, text in values.items()]
        st.table(rows, border="horizontal", hide_index=True)


draw()
