"""Money: what right and wrong calls are worth, and how good a model must be, before any is built."""

from dataclasses import replace
from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import Badge
from portal.ui.forms.drafts import Draft, show_problems
from portal.ui.forms.money_merging import Saving
from portal.ui.forms.questions import Depth
from portal.ui.forms.valuation import choose_money_depth, valuation_form
from portal.ui.layout import FORM_WIDTH, WORKING_WIDTH, empty_state, head, note, page, section
from portal.ui.money_case import draw_case_figures, draw_whole_plan
from portal.ui.money_versions import draw_versions
from portal.ui.payoffs import payoff_grid
from portal.ui.proposal import try_in_words
from portal.ui.requirements import draw_links, draw_policies, draw_task
from portal.ui.session import reading
from portal.ui.state import require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import PortalError
from services.people.permissions import Permission, is_allowed
from services.proposals.objective import Objective
from services.proposals.queries import find_objective
from services.valuation.assumptions import Assumptions
from services.valuation.business_case import make_business_case
from services.valuation.commands import save_valuation
from services.valuation.queries import SavedValuation, find_valuation
from services.valuation.sentences import doubts, opening_sentence, outcomes

PROMISE = "What a right or wrong call is worth, before any model is built"
SOURCE_BADGES = {
    "guess": Badge("A guess", "orange", ":material/help:"),
    "report": Badge("From a report", "gray", ":material/description:"),
    "finance": Badge("Confirmed", "green", ":material/check:"),
}


def draw() -> None:
    """What the figures say, the form to enter them, or who can."""
    actor, project_id = get_actor(), require_open_id("project")
    with reading() as session:
        saved = find_valuation(session, actor=actor, project_id=project_id)
        objective = find_objective(session, actor=actor, project_id=project_id)
    may_edit = is_allowed(actor, Permission.EDIT_VALUATION)
    saving = Saving(save_valuation, actor, project_id, Draft(f"valuation of {project_id}"))
    with page(WORKING_WIDTH if saved else FORM_WIDTH):
        if saved:
            depth = _draw_head(actor, saved)
            if saving.asks_to_decide(saved):
                return  # nothing else until they have decided
            _draw_case(actor, project_id, saved, objective.objective if objective else None, depth)
            if may_edit:
                with st.expander("Change the figures", icon=":material/edit:"):
                    _draw_form(saving, saved, depth)
            if depth != "Simple":
                draw_versions(saving.versions())
        elif may_edit:
            head("Money", PROMISE, finding="What is it worth to be right?")
            depth = choose_money_depth(actor.role, is_saved=False)
            note("A rough guess is enough to start. You can change every figure later; each change is a new version.")
            _draw_form(saving, None, depth)
        else:
            head("Money", PROMISE)
            empty_state(":material/savings:", "No figures yet. The business stakeholder says what a call is worth.")


def _draw_head(actor: Actor, saved: SavedValuation) -> Depth:
    written = f"{saved.created_at.day} {saved.created_at:%B}"
    head(
        "Money",
        f"Version {saved.version} by {escape_markdown(saved.created_by_name)}, {written}",
        badges=[SOURCE_BADGES[saved.assumptions.source]],
        finding=opening_sentence(make_business_case(saved.assumptions)),
    )
    for doubt in doubts(saved.assumptions):
        st.warning(doubt, icon=":material/help:")
    return choose_money_depth(actor.role, is_saved=True)


def _draw_case(actor: Actor, project_id: str, saved: SavedValuation, objective: Objective | None, depth: Depth) -> None:
    case, name = make_business_case(saved.assumptions), f"money-version-{saved.version}"
    outcome = objective.outcome if objective else ""
    draw_task(case, depth)
    predicted = f"What is predicted: {escape_markdown(outcome)}. A case matters where that comes true. "
    matters = predicted if outcome else ""
    with section("What each outcome is worth", f"{matters}Money per case, against leaving every case alone."):
        payoff_grid(outcomes(saved.assumptions), saved.assumptions.currency)
    draw_policies(case, depth, name)
    draw_case_figures(case, name)
    if depth == "Expert":
        draw_links(case, objective, partial(try_in_words, actor, project_id))
    draw_whole_plan(saved, project_id)


def _draw_form(saving: Saving, saved: SavedValuation | None, depth: Depth) -> None:
    draft = saving.draft
    based_on = draft.version_seen(saved.version if saved else 0)
    button = "Save and see what it is worth"
    try:
        typed = valuation_form(draft, saved.assumptions if saved else None, button=button, depth=depth)
        if typed is None:
            return
        assumptions = replace(saved.assumptions, **typed) if saved else Assumptions(**typed)
    except PortalError as error:
        show_problems(error)
        return
    saving.save(assumptions, based_on=based_on)


draw()
