"""Initiatives: named groups of projects with an owner and a budget, and the work each project still takes."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import Badge
from portal.ui.cache import read_portfolio
from portal.ui.change import carry_out
from portal.ui.layout import empty_state, head, note, page, section
from portal.ui.portfolio_filters import initiative_names
from portal.ui.portfolio_forms import initiative_form, plan_form
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.people.permissions import Permission, require
from services.portfolio.initiatives.commands import plan_project, save_initiative
from services.portfolio.initiatives.sentences import describe_budget, describe_initiatives, is_beyond_budget
from services.portfolio.records.roll_up import roll_up
from services.portfolio.records.sentences import describe_money
from services.portfolio.records.views import InitiativeView, Portfolio, Record
from services.valuation.amounts import format_money


def draw_initiatives(actor: Actor) -> None:
    """The page for one person."""
    require(actor, Permission.SEE_PROJECT)
    portfolio = read_portfolio(actor)
    with page():
        finding = describe_initiatives(portfolio.initiatives) if portfolio.initiatives else None
        head("Initiatives", "Groups of projects that share an aim, an owner and a budget", finding=finding)
        if not portfolio.initiatives:
            empty_state(
                ":material/flag_circle:",
                "There is no initiative yet. Start one below, then put projects into it."
                if portfolio.may_steer
                else "None of your projects is in an initiative. A business stakeholder or a manager starts one.",
            )
        with st.grid(2, min_column_width=320, gap="small"):
            for initiative in portfolio.initiatives:
                inside = [record for record in portfolio.records if record.initiative_id == initiative.id]
                draw_card(actor, portfolio, initiative, inside)
        if portfolio.may_steer:
            draw_forms(actor, portfolio)


def draw_card(actor: Actor, portfolio: Portfolio, initiative: InitiativeView, inside: Sequence[Record]) -> None:
    """One initiative: its budget beside what its projects cost, what they bring, and ways on."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        if is_beyond_budget(initiative, inside):
            st.markdown(Badge("Beyond budget", "red").markdown)
        budget = format_money(initiative.budget_amount, initiative.currency)
        st.markdown(f"**{escape_markdown(initiative.name)}**")
        n = len(inside)
        note(f"{escape_markdown(initiative.owner_name)}, budget {budget}, {n} of your project{'' if n == 1 else 's'}")
        st.markdown(describe_budget(initiative, inside))
        if inside:
            note(describe_money(roll_up(inside)))
        st.space("stretch")
        with st.container(horizontal=True, gap="small"):
            name = initiative_names(portfolio.initiatives)[initiative.id]
            if inside and st.button("Its projects", key=f"projects_{initiative.id}"):
                go_to("portfolio", initiative=name)
            if inside and st.button("What to fund", key=f"fund_{initiative.id}"):
                budget = f"{initiative.budget_amount:.0f}"
                known = {record.assumptions.currency for record in inside if record.assumptions}
                limits = {"currency": initiative.currency, "budget": budget} if initiative.currency in known else {}
                go_to("prioritisation", initiative=name, **limits)
            if initiative.may_change:
                with st.popover("Change", icon=":material/edit:"):
                    save(actor, portfolio, initiative)


def draw_forms(actor: Actor, portfolio: Portfolio) -> None:
    """Start an initiative; say where a project stands."""
    if portfolio.records:
        with section(
            "Say where a project stands",
            "Its initiative, and the work that is left until it is live. The choice of what to fund counts both.",
        ):
            plan = plan_form(portfolio)
            if plan:
                carry_out(
                    plan_project,
                    f"The plan of {plan.name} is kept.",
                    actor=actor,
                    project_id=plan.project_id,
                    initiative_id=plan.initiative_id,
                    person_days=plan.person_days,
                )
    with section("Start an initiative", "You become who may change it, beside its owner."):
        save(actor, portfolio, None)


def save(actor: Actor, portfolio: Portfolio, initiative: InitiativeView | None) -> None:
    """Ask for an initiative, and write it down once it is sent."""
    typed = initiative_form(actor, initiative, sum(one.may_change for one in portfolio.initiatives))
    if typed:
        done = f"{' '.join(typed.name.split())} is written down."
        carry_out(save_initiative, done, actor=actor, facts=typed, initiative_id=initiative.id if initiative else None)


draw_initiatives(get_actor())
