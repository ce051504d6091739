"""Costs and benefits: item by item with ranges, and what they make of the worth."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.charts import chart
from portal.ui.figures.plan import exceedance_figure, tornado_figure, waterfall_figure
from portal.ui.forms.drafts import Draft, show_problems
from portal.ui.forms.items import items_table, read_items
from portal.ui.layout import empty_state, head, note, page, section
from portal.ui.session import reading, transaction
from portal.ui.state import flash, go_to, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import ConflictError, PortalError
from services.people.permissions import Permission, is_allowed
from services.valuation.assumptions import Assumptions
from services.valuation.commands import save_valuation
from services.valuation.differences import differences
from services.valuation.plan import Plan
from services.valuation.queries import SavedValuation, find_valuation
from services.valuation.uncertainty.sensitivity import swings
from services.valuation.uncertainty.sentences import (
    advice_sentences,
    break_even_sentence,
    chance_note,
    chance_title,
    swing_title,
    worth_sentence,
)
from services.valuation.uncertainty.simulation import INDEPENDENCE_WARNING, Simulation, simulate

PROMISE = "What the project costs and brings, item by item, each from low to high"


def draw() -> None:
    """The worth of the items, the table to enter them, or who can."""
    actor, project_id = get_actor(), require_open_id("project")
    with reading() as session:
        saved = find_valuation(session, actor=actor, project_id=project_id)
    may_edit = is_allowed(actor, Permission.EDIT_VALUATION)
    with page():
        if saved is None:
            head("Costs and benefits", PROMISE)
            empty_state(":material/savings:", "Say first what a right or wrong call is worth, under Money.", _to_money)
            return
        plan = saved.assumptions.plan
        if plan is not None:
            _draw_worth(simulate(plan))
        else:
            head("Costs and benefits", PROMISE, finding="What does it cost, and what does it bring?")
        if may_edit:
            with st.expander("Change the items", icon=":material/edit:", expanded=plan is None):
                _draw_form(actor, project_id, saved)
        elif plan is None:
            empty_state(":material/savings:", "No items yet. The business stakeholder says what the project costs.")


def _to_money() -> None:
    if st.button("Go to Money", icon=":material/savings:"):
        go_to("valuation")


def _draw_worth(simulation: Simulation) -> None:
    plan, found = simulation.plan, swings(simulation)
    head("Costs and benefits", PROMISE, finding=worth_sentence(simulation))
    for sentence in advice_sentences(simulation):
        st.markdown(escape_markdown(sentence))
    with section(chance_title(simulation), chance_note(simulation)):
        chart(exceedance_figure(simulation), f"{chance_title(simulation)}. {worth_sentence(simulation)}")
        if simulation.is_independent:
            note(INDEPENDENCE_WARNING)
    with section(
        escape_markdown(swing_title(found)), "Each item at its 10th and 90th percentile, the rest at the median."
    ):
        chart(tornado_figure(found, plan.currency), f"{swing_title(found)}; the largest swing is on top.")
    with section("What adds up to it", "Each item's share of the expected net present value."):
        chart(waterfall_figure(plan), "Benefits add, costs take away, the net present value is what remains.")
    with section(
        "Every item in figures", "At its break-even, with all others at their median, the plan is worth nothing."
    ):
        _draw_table(simulation)


def _draw_table(simulation: Simulation) -> None:
    plan: Plan = simulation.plan
    rows = [
        {
            "Item": swing.name,
            "Break-even": break_even_sentence(swing, plan.currency),
            "10th percentile": swing.low,
            "90th percentile": swing.high,
            "Worth at the 10th": swing.worth_at_low,
            "Worth at the 90th": swing.worth_at_high,
            "Rank correlation": swing.rank_correlation,
        }
        for swing in swings(simulation)
    ]
    config = {name: st.column_config.NumberColumn(format="localized") for name in list(rows[0])[2:6]}
    config["Rank correlation"] = st.column_config.NumberColumn(format="%.2f")
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=config)


def _draw_form(actor: Actor, project_id: str, saved: SavedValuation) -> None:
    draft = Draft(f"items of {project_id}")
    based_on = draft.version_seen(saved.version)
    currency = saved.assumptions.currency
    note(f"All amounts in {currency}, without a minus. Rows without amounts are left out.")
    with st.form(draft.key("form"), border=False, enter_to_submit=False):
        rows = items_table(draft, saved.assumptions.items)
        was_sent = st.form_submit_button("Save the items", type="primary", icon=":material/check:")
    if not was_sent:
        return
    typed: Assumptions | None = None
    try:
        typed = replace(saved.assumptions, items=read_items(rows, currency))
        with transaction() as session:
            version = save_valuation(
                session, actor=actor, project_id=project_id, assumptions=typed, based_on=based_on
            ).version
    except PortalError as error:
        show_problems(error)
        if isinstance(error, ConflictError) and typed is not None:
            note("What differs between the latest version and what you typed:")
            for one in differences(saved.assumptions, typed):
                before, after = (escape_markdown(text or "not there") for text in (one.before, one.after))
                st.markdown(f"- **{escape_markdown(one.title)}**: saved {before}; you typed {after}")
            st.button("Load the latest version", on_click=draft.reload)
        return
    draft.reload()
    draft.saved(version)
    flash(f"Saved as version {version}.")
    st.rerun()


draw()
