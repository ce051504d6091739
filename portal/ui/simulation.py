"""Ask the simulator: which levers may be moved, within what, and by which worth of a case."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.analyses import STATES
from portal.ui.layout import empty_state, note
from portal.ui.simulation_constraints import ask_constraints, read_constraints
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.errors import InvalidInputError
from services.simulation.request import SimulationRequest
from services.simulation.views import SimulationLine, SimulatorView

PROMISE = "Which setting of which lever for which case, and what that is honestly worth"
_WAITING = {"queued": "Waiting for a worker.", "running": "At work.", "cancelled": "Stopped."}


def draw_question(simulator: SimulatorView, asked: SimulationRequest | None) -> SimulationRequest | None:
    """A form that begins with what was asked last; returns a question where one was sent.

    Raises
    ------
    InvalidInputError
        What was typed cannot be asked.
    """
    names = [lever.name for lever in simulator.usable]
    begun = (
        asked
        if asked is not None
        else SimulationRequest(simulator.model_id, tuple(names), simulator.budget_amount, simulator.capacity)
    )
    with st.form("simulate", border=True):
        chosen = st.multiselect(
            "Levers that may be moved", names, default=[name for name in begun.levers if name in names], key="levers"
        )
        for found in simulator.levers:
            if not found.is_usable:
                note(f":material/block: {escape_markdown(found.problem)}", "orange")
        with st.grid(2, min_column_width=260, gap="small"):
            budget = st.number_input(
                f"Budget a month, {simulator.currency}",
                min_value=0.0,
                value=begun.budget_amount,
                step=1_000.0,
                format="%0.10g",
                placeholder="No limit",
                key="budget",
                help="What moving the levers may cost in a month, at their unit costs. Empty where it is not limited.",
            )
            capacity = st.number_input(
                "Cases a month in which something may be done",
                min_value=0.0,
                value=begun.capacity,
                step=50.0,
                format="%0.10g",
                placeholder="No limit",
                key="capacity",
                help=f"Of {simulator.cases_per_month:,.0f} cases a month. Empty where it is not limited.",
            )
        is_guarded = st.toggle(
            "Only settings that were tried on cases like these",
            value=begun.is_guarded,
            key="guard",
            help="Off, the model is believed where it has seen nothing. Its claims there are often far too high.",
        )
        segment_column = _ask_groups(simulator, begun)
        with st.expander("What must hold", icon=":material/rule:"):
            constraints = ask_constraints(begun.constraints, simulator.answer_name)
        with st.expander("What a case is worth", icon=":material/payments:"):
            formula = st.text_input(
                "As a formula, before the cost of the levers",
                value=begun.value_formula,
                placeholder="As the payoffs say" if simulator.default_worth else "predicted * 2",
                key="worth",
                help=f"It may use the columns of the data, the levers as they are set, and `{simulator.answer_name}`.",
            )
            if simulator.default_worth:
                note(f"Empty: {escape_markdown(simulator.default_worth)}.")
        is_sent = st.form_submit_button("Simulate", type="primary", icon=":material/tune:", key="simulate_now")
    if not is_sent:
        return None
    return SimulationRequest(
        simulator.model_id,
        tuple(chosen),
        budget,
        capacity,
        is_guarded=is_guarded,
        value_formula=formula.strip(),
        segment_column=segment_column if _are_grouped(simulator, chosen) else "",
        constraints=read_constraints(constraints),
    )


def _are_grouped(simulator: SimulatorView, names: Sequence[str]) -> bool:
    return any(lever.scope == "segment" for lever in simulator.usable if lever.name in names)


def _ask_groups(simulator: SimulatorView, begun: SimulationRequest) -> str:
    """The column of the groups, where the objective has a lever that is set for groups."""
    if not any(lever.scope == "segment" for lever in simulator.usable):
        return ""
    levers = {lever.column for lever in simulator.usable}
    columns = [name for name in simulator.columns if name not in levers]
    known = begun.segment_column
    chosen: str | None = st.selectbox(
        "Groups of cases alike, by the values of",
        columns,
        index=columns.index(known) if known in columns else None,
        placeholder="Choose a column",
        key="segment_column",
        help="At most 12 groups; a number with many values is cut into quarters.",
    )
    return chosen or ""


def draw_obstacle(simulator: SimulatorView, obstacle: str) -> None:
    """Why nothing can be simulated, and the way to where that is changed."""
    is_lever = not any(found.is_usable for found in simulator.levers)
    name, place = ("Open the objective", "proposal") if is_lever else ("Open Money", "valuation")

    def offer_way() -> None:
        if st.button(name, type="primary", key="remove_obstacle"):
            go_to(place, project=simulator.project_id)

    empty_state(":material/tune:", escape_markdown(obstacle), offer_way)


def draw_history(lines: Sequence[SimulationLine], open_id: str | None, project_id: str) -> None:
    """The simulations so far, each with what came of it; the one in front of the person has no button."""
    with st.container(border=True, gap="medium"):
        for line in lines:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                with st.container(gap=None, width=760):
                    name = escape_markdown(line.scenario) if line.scenario else "Without a name"
                    st.markdown(f"**{name}** {STATES[line.state].markdown}")
                    told = line.sentence if line.sentence is not None else _WAITING.get(line.state, "Not done.")
                    when = f"{line.created_at.day} {line.created_at:%B, %H:%M} UTC"
                    note(f"{escape_markdown(told)} · {escape_markdown(line.created_by_name)}, {when}")
                if line.id != open_id and st.button("Open", key=f"open_simulation_{line.id}"):
                    go_to("simulate", project=project_id, simulation=line.id)


def checked(simulator: SimulatorView, asked: SimulationRequest | None) -> SimulationRequest | InvalidInputError | None:
    """As `draw_question`, with the refusal in place of what was asked."""
    try:
        return draw_question(simulator, asked)
    except InvalidInputError as error:
        return error
