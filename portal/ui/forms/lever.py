"""Levers and data sources: a card for each, and a small form to add or change one.

The small form is no `st.form`: what it asks depends on the kind that is chosen in it.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from portal.ui.forms.drafts import Draft
from portal.ui.forms.lever_bounds import Trial, ask_for_bounds
from portal.ui.forms.typed_number import ask_number
from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.proposals.lever import NUMERIC, Lever
from services.proposals.objective import DataNeed
from services.proposals.sentences import DATA_STATUSES, lever_details

_DIRECTIONS = {0: "Nobody knows", 1: "It only raises it", -1: "It only lowers it"}
_KINDS = {
    "number": "A number in a range",
    "integer": "A whole number",
    "choice": "One of several choices",
    "yes_no": "Yes or no",
}


def lever_card(lever: Lever) -> None:
    """What it is, how far it may be moved, what that costs, who controls it."""
    per = f"per {lever.unit}" if lever.is_numeric and lever.unit else "each time"
    cost = f", unit cost {lever.unit_cost_amount:,.12g} {per}" if lever.unit_cost_amount else ""
    st.markdown(f"**{escape_markdown(lever.name)}**")
    note(escape_markdown(f"{lever.allowed[:1].upper()}{lever.allowed[1:]}{cost}"))
    if lever.direction:
        note(f"{_DIRECTIONS[lever.direction]} (the outcome)")
    for words in lever_details(lever):
        note(escape_markdown(words[:1].upper() + words[1:]))
    if lever.assignment == "unknown":
        note("Grade C: nobody knows how it was set in the data, so its effect is no forecast")
    who = f"{lever.controlled_by} decides" if lever.controlled_by else "Not said yet who decides"
    note(escape_markdown(who + (f"; in the data: {lever.column}" if lever.column else "")))


def data_card(need: DataNeed) -> None:
    """Which source, whose it is, whether it is there."""
    st.markdown(f"**{escape_markdown(need.source)}**")
    status = DATA_STATUSES[need.status].capitalize()
    note(escape_markdown(f"{status}, {need.owner}" if need.owner else status))
    if need.connects:
        note(escape_markdown(f"Records {', '.join(need.connects)}"))


def ask_for_lever(draft: Draft, known: Lever | None, *, trial: Trial) -> dict[str, Any]:
    """Draw the fields of a lever; returns the fields of `Lever` as typed.

    Parameters
    ----------
    trial
        What a formula gives in the first rows of the data, in words, and whether it can be used.
    """
    name = _text(draft, "name", "What can you change?", known.name if known else "", "Discount")
    kind = st.segmented_control(
        "Which values may it take?",
        list(_KINDS),
        default=known.kind if known else "number",
        required=True,
        format_func=lambda value: _KINDS[value],
        key=draft.key("kind"),
        persist_state="page",
    )
    values = {"name": name, "kind": kind, **_ask_for_values(draft, str(kind), known)}
    with st.grid(3, min_column_width=200, gap="small"):
        cost = ask_number(
            "Unit cost",
            known.unit_cost_amount if known else 0.0,
            help="Money it costs to move it by one unit, or to use it once.",
            key=draft.key("unit_cost_amount"),
            persist_state="page",
        )
        who = _text(draft, "controlled_by", "Who controls it", known.controlled_by if known else "", "Sales")
        column = _text(draft, "column", "Column in the data", (known.column if known else "") or "", "discount_rate")
    values |= {"unit_cost_amount": 0.0 if cost is None else cost, "controlled_by": who, "column": column or None}
    low, high = values.get("low"), values.get("high")
    within = (low, high) if isinstance(low, float) and isinstance(high, float) else None
    return values | ask_for_bounds(draft, str(kind), known, trial, within)


def ask_for_data(draft: Draft, known: DataNeed | None, *, levers: Sequence[str]) -> dict[str, Any]:
    """Draw the fields of a data source; returns the fields of `DataNeed` as typed. `levers` are those there are."""
    with st.grid(3, min_column_width=200, gap="small"):
        source = _text(draft, "source", "Source", known.source if known else "", "Billing system")
        owner = _text(draft, "owner", "Whose it is", known.owner if known else "", "Finance")
        status = st.selectbox(
            "Is it there?",
            list(DATA_STATUSES),
            index=list(DATA_STATUSES).index(known.status) if known else 0,
            format_func=lambda value: DATA_STATUSES[value].capitalize(),
            key=draft.key("status"),
            persist_state="page",
        )
    connects: Sequence[str] = known.connects if known else ()
    if levers:
        connects = st.multiselect(
            "Which levers does it record?",
            levers,
            default=[name for name in connects if name in levers],
            help="Without data on what was done, nobody can learn what it brings.",
            key=draft.key("connects"),
            persist_state="page",
        )
    return {"source": source, "owner": owner, "status": status, "connects": tuple(connects)}


def _ask_for_values(draft: Draft, kind: str, known: Lever | None) -> dict[str, Any]:
    if kind == "choice":
        listed = _text(
            draft, "choices", "Choices, separated by commas", ", ".join(known.choices) if known else "", "mail, phone"
        )
        return {"choices": tuple(choice.strip() for choice in listed.split(",") if choice.strip())}
    if kind not in NUMERIC:
        return {}
    with st.grid(3, min_column_width=140, gap="small"):
        low, high = (
            ask_number(label, getattr(known, name, None), key=draft.key(name), persist_state="page")
            for label, name in (("Lowest", "low"), ("Highest", "high"))
        )
        unit = _text(draft, "unit", "Unit", known.unit if known else "", "%")
    direction = st.segmented_control(
        "What more of it does to the outcome",
        list(_DIRECTIONS),
        default=(known.direction or 0) if known else 0,
        required=True,
        format_func=lambda value: _DIRECTIONS[value],
        help="A model then never contradicts it, and kinds of model that cannot promise that are left out.",
        key=draft.key("direction"),
        persist_state="page",
    )
    return {"low": low, "high": high, "unit": unit, "direction": direction or None}


def _text(draft: Draft, field: str, label: str, value: str, example: str) -> str:
    typed = st.text_input(
        label,
        value=value,
        placeholder=f"Such as: {example}",
        key=draft.key(field),
        persist_state="page",
    )
    return " ".join((typed or "").split())
