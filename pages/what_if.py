"""One case: its levers set otherwise, and what the model says of it at once."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.cache import read_case
from portal.ui.change import show_refusal
from portal.ui.kept import kept
from portal.ui.layout import head, note, page, section
from portal.ui.session import reading
from portal.ui.state import go_to, open_project, require_open_id
from portal.ui.text import escape_markdown
from portal.ui.what_if import draw_what_if, values_told
from services.deployments.what_if import ask_what_if
from services.errors import PortalError
from services.models.signature import Signature
from services.simulation.queries import get_simulation
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
        case, guard, model = read_case(get_actor(), simulation_id, row)
        draw_what_if(report, case, guard, partial(ask_what_if, model, case, learned_at=report.learned_at))
    except PortalError as error:
        show_refusal(error)
        return
    _draw_values(case, model.signature)


def _draw_values(case: CaseView, signature: Signature) -> None:
    values = values_told(case, {column.name: column.kind for column in signature.columns})
    kept(partial(_draw_table, values), of=("case", *values))


def _draw_table(values: Sequence[tuple[str, str]]) -> None:
    with section("The case as it is", "What the data say of it"):
        rows = [{"Column": escape_markdown(name), "Value": escape_markdown(text)} for name, text in values]
        st.table(rows, border="horizontal", hide_index=True)


draw()
