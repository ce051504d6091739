"""Money: what right and wrong calls are worth, and how good a model must be, before any is built."""

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import Badge
from portal.ui.charts import chart
from portal.ui.figures.valuation import break_even_figure, cash_figure, quality_scale_figure
from portal.ui.forms.drafts import Draft, show_problems
from portal.ui.forms.valuation import valuation_form
from portal.ui.layout import FORM_WIDTH, WORKING_WIDTH, empty_state, head, note, page, section
from portal.ui.payoffs import payoff_grid
from portal.ui.session import reading, transaction
from portal.ui.state import flash, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import ConflictError, PortalError
from services.people.permissions import Permission, is_allowed
from services.proposals.queries import find_objective
from services.valuation.assumptions import Assumptions
from services.valuation.business_case import BusinessCase, make_business_case
from services.valuation.commands import save_valuation
from services.valuation.queries import SavedValuation, find_valuation
from services.valuation.sentences import (
    break_even_note,
    break_even_title,
    cash_note,
    cash_title,
    doubts,
    opening_sentence,
    outcomes,
    quality_title,
)

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
    outcome = objective.objective.outcome if objective else ""
    with page(WORKING_WIDTH if saved else FORM_WIDTH):
        if saved:
            _draw_case(saved, outcome)
            if is_allowed(actor, Permission.EDIT_VALUATION):
                with st.expander("Change the figures", icon=":material/edit:"):
                    _draw_form(actor, project_id, saved)
        elif is_allowed(actor, Permission.EDIT_VALUATION):
            head("Money", PROMISE, finding="What is it worth to be right?")
            note("A rough guess is enough to start. You can change every figure later; each change is a new version.")
            _draw_form(actor, project_id, None)
        else:
            head("Money", PROMISE)
            empty_state(":material/savings:", "No figures yet. The business stakeholder says what a call is worth.")


def _draw_case(saved: SavedValuation, outcome: str) -> None:
    case = make_business_case(saved.assumptions)
    written = f"{saved.created_at.day} {saved.created_at:%B}"
    head(
        "Money",
        f"Version {saved.version} by {escape_markdown(saved.created_by_name)}, {written}",
        badges=[SOURCE_BADGES[saved.assumptions.source]],
        finding=opening_sentence(case),
    )
    for doubt in doubts(saved.assumptions):
        st.warning(doubt, icon=":material/help:")
    predicted = f"What is predicted: {escape_markdown(outcome)}. A case matters where that comes true. "
    matters = predicted if outcome else ""
    with section("What each outcome is worth", f"{matters}Money per case, against leaving every case alone."):
        payoff_grid(outcomes(saved.assumptions), saved.assumptions.currency)
    _draw_charts(case)


def _draw_charts(case: BusinessCase) -> None:
    with section(break_even_title(case), break_even_note(case)):
        chart(break_even_figure(case), f"Yearly value rises with model quality. {break_even_title(case)}.")
    with section(cash_title(case), cash_note(case)):
        chart(cash_figure(case), f"Cumulative cash over the horizon. {opening_sentence(case)}")
    pairs = "A pair is one case that matters and one that does not; 50 of 100 right is a coin toss."
    with section(quality_title(case), pairs):
        chart(quality_scale_figure(case.required), quality_title(case))


def _draw_form(actor: Actor, project_id: str, saved: SavedValuation | None) -> None:
    draft = Draft(f"valuation of {project_id}")
    based_on = draft.version_seen(saved.version if saved else 0)
    typed = valuation_form(draft, saved.assumptions if saved else None, button="Save and see what it is worth")
    if typed is None:
        return
    try:
        if saved:  # the items are changed on a page of their own
            typed |= {"items": saved.assumptions.items, "adoption": saved.assumptions.adoption}
        assumptions = Assumptions(**typed)
        with transaction() as session:
            version = save_valuation(
                session, actor=actor, project_id=project_id, assumptions=assumptions, based_on=based_on
            ).version
    except PortalError as error:
        show_problems(error)
        if isinstance(error, ConflictError):
            st.button("Load the latest version", on_click=draft.reload)
        return
    draft.saved(version)
    flash(f"Saved as version {version}.")
    st.rerun()


draw()
