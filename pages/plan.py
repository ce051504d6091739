"""Costs and benefits: the one plan of a project, line by line with ranges, and what it is worth."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.forms.details import plan_details
from portal.ui.forms.drafts import Draft, show_problems
from portal.ui.forms.items import items_table, read_items
from portal.ui.forms.money_merging import Saving
from portal.ui.forms.questions import Depth
from portal.ui.forms.valuation import choose_money_depth
from portal.ui.layout import empty_state, head, note, page, section
from portal.ui.money_versions import draw_versions
from portal.ui.plan import draw_advice, draw_figures, draw_files, draw_lines, draw_readings
from portal.ui.plan_what_if import draw_what_if
from portal.ui.session import reading
from portal.ui.state import go_to, require_open_id
from services.audit.actor import Actor
from services.errors import PortalError
from services.people.permissions import Permission, is_allowed
from services.projects.queries import authorize_project
from services.proposals.queries import find_objective
from services.valuation.commands import save_valuation
from services.valuation.one_page import Heading, one_page
from services.valuation.queries import SavedValuation, find_valuation
from services.valuation.uncertainty.sentences import worth_sentence
from services.valuation.uncertainty.simulation import simulate

PROMISE = "What the project costs and brings, line by line, each from low to high"


def draw() -> None:
    """The worth of the plan, the table of its items, or what comes first."""
    actor, project_id = get_actor(), require_open_id("project")
    with reading() as session:
        saved = find_valuation(session, actor=actor, project_id=project_id)
    with page():
        if saved is None:
            head("Costs and benefits", PROMISE)
            empty_state(":material/savings:", "Say first what a right or wrong call is worth, under Money.", _to_money)
            return
        may_edit = is_allowed(actor, Permission.EDIT_VALUATION)
        _draw_worth(actor, project_id, saved, may_edit=may_edit)


def _to_money() -> None:
    if st.button("Go to Money", icon=":material/savings:"):
        go_to("valuation")


def _draw_worth(actor: Actor, project_id: str, saved: SavedValuation, *, may_edit: bool) -> None:
    simulation = simulate(saved.assumptions.plan)
    saving, sliding = (
        Saving(save_valuation, actor, project_id, Draft(f"{what} of {project_id}")) for what in ("items", "what if")
    )
    head("Costs and benefits", PROMISE, finding=worth_sentence(simulation))
    depth = choose_money_depth(actor.role, is_saved=True)
    if saving.asks_to_decide(saved) or sliding.asks_to_decide(saved):
        return  # nothing else until they have decided
    draw_advice(saved, simulation)
    if not saved.assumptions.items:
        note("So far the plan is what Money says. Items below add costs and benefits, each with its range.")
    if may_edit:
        with st.expander("Change the items", icon=":material/edit:"):
            _draw_form(saving, saved, depth)
    keep = partial(sliding.save, based_on=saved.version) if may_edit else None
    key = f"{project_id} {saved.version}"
    with section("What if", "Move a figure and see what becomes of the worth."):
        draw_what_if(saved.assumptions, simulation.worth, key=key, save=keep)
    name = f"case-version-{saved.version}"
    draw_figures(simulation, depth, name)
    if depth != "Simple":
        draw_readings(simulation)
        draw_versions(saving.versions())
    if depth == "Expert":
        draw_lines(simulation)
    with section("Take the case with you"):
        draw_files(saved, partial(_one_page, actor, project_id, saved), name)


def _draw_form(saving: Saving, saved: SavedValuation, depth: Depth) -> None:
    draft, figures = saving.draft, saved.assumptions
    based_on = draft.version_seen(saved.version)
    note(f"All amounts in {figures.currency}, without a minus. Rows without amounts are left out.")
    with st.form(draft.key("form"), border=False, enter_to_submit=False):
        rows = items_table(draft, figures.items)
        read = plan_details(draft, figures, depth)
        was_sent = st.form_submit_button("Save the items", type="primary", icon=":material/check:")
    if not was_sent:
        return
    try:
        typed = read(read_items(rows, figures.currency))
    except PortalError as error:
        show_problems(error)
        return
    saving.save(typed, based_on=based_on)


def _one_page(actor: Actor, project_id: str, saved: SavedValuation) -> str:
    with reading() as session:
        name = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT).name
        objective = find_objective(session, actor=actor, project_id=project_id)
    wanted = objective.objective.sentence if objective else ""
    return one_page(Heading(name, wanted, saved.version, saved.created_by_name, saved.created_at), saved.assumptions)


draw()
