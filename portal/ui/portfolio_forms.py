"""Forms of the portfolio: an initiative, and where a project stands."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from portal.ui.change import show_refusal
from portal.ui.forms.amounts import ask_amount, read_amounts
from portal.ui.forms.valuation import CURRENCIES
from portal.ui.portfolio_filters import initiative_names
from services.audit.actor import Actor
from services.errors import InvalidInputError
from services.portfolio.initiatives.facts import InitiativeFacts
from services.portfolio.records.views import InitiativeView, Portfolio, Record
from services.proposals.texts import NAME_LENGTH

_NONE = "No initiative"


@dataclass(frozen=True, slots=True)
class TypedPlan:
    """Where a person says that a project stands."""

    project_id: str
    name: str
    initiative_id: str | None
    person_days: float | None


def initiative_form(actor: Actor, saved: InitiativeView | None, n_own: int) -> InitiativeFacts | None:
    """Ask for an initiative, new or changed; what was typed once it is sent and can be. Once it is kept it is empty.

    `n_own` counts what the person started or owns: what somebody else saves meanwhile must not empty this form.
    """
    key = f"initiative_{saved.id if saved else n_own}"
    codes = list(dict.fromkeys([*([saved.currency] if saved else []), *CURRENCIES]))
    with st.form(key, border=saved is None):
        known = saved.name if saved else ""
        name = st.text_input("Name", known, max_chars=NAME_LENGTH, placeholder="Better service", key=f"{key}_name")
        owner = st.text_input(
            "E-mail address of its owner", saved.owner_email if saved else actor.email, key=f"{key}_owner"
        )
        with st.container(horizontal=True, gap="small"):
            currency = st.selectbox("Currency", codes, width=110, key=f"{key}_currency")
            budget = ask_amount(
                "Budget", saved.budget_amount if saved else None, why="What it may spend.", key=f"{key}_budget"
            )
        is_sent = st.form_submit_button("Keep the change" if saved else "Start the initiative", icon=":material/check:")
    if not is_sent:
        return None
    try:
        amount = read_amounts({"budget": budget}, {"budget": "Budget"})["budget"]
        return InitiativeFacts(name, owner, str(currency), math.nan if amount is None else amount)
    except InvalidInputError as error:
        show_refusal(error)
        return None


def plan_form(portfolio: Portfolio) -> TypedPlan | None:
    """Ask for the initiative and the work that is left of one project; what was typed once it is sent."""
    names, titles = initiative_names(portfolio.initiatives), project_names(portfolio.records)
    records = {record.project_id: record for record in portfolio.records}
    project_id = st.selectbox("Project", list(titles), format_func=titles.__getitem__, key="plan_project")
    record = records[project_id]
    with st.form(f"plan_{project_id}", border=True):
        with st.container(horizontal=True, gap="small"):
            keys: list[str | None] = [None, *names]
            place = keys.index(record.initiative_id) if record.initiative_id in names else 0
            initiative_id = st.selectbox(
                "Initiative", keys, place, format_func=lambda key: names[key] if key else _NONE, width=300
            )
            days = st.number_input(
                "Person-days left",
                min_value=0.0,
                step=5.0,
                format="%.1f",
                value=record.person_days,
                help="Until it is live. Empty: nobody knows",
                width=180,
            )
        is_sent = st.form_submit_button("Keep the plan", icon=":material/check:")
    return TypedPlan(project_id, record.name, initiative_id, days) if is_sent else None


def project_names(records: Sequence[Record]) -> dict[str, str]:
    """Names by id, by name; those of the same name with their owner, or else a dot."""
    counts = Counter(record.name for record in records)
    names: dict[str, str] = {}
    taken: set[str] = set()
    for record in sorted(records, key=lambda one: (one.name.casefold(), one.project_id)):
        name = f"{record.name} ({record.owner_name})" if counts[record.name] > 1 else record.name
        while name in taken:
            name += " ·"
        taken.add(name)
        names[record.project_id] = name
    return names
