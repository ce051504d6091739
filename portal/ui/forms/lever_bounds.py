"""How far a lever may be moved, what that costs in a case, and how it was set in the data."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from portal.ui.forms.drafts import Draft
from portal.ui.forms.typed_number import ask_number
from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.proposals.causal import ASSIGNMENTS, EARNS_A, EARNS_B, causal_status
from services.proposals.lever import NUMERIC, Lever
from services.proposals.sentences import SCOPES

Within = tuple[float, float] | None
Trial = Callable[[str, Within], tuple[bool, str]]
"""Whether a formula can be used and what it gives, its values held against what is allowed."""


def ask_for_bounds(draft: Draft, kind: str, known: Lever | None, trial: Trial, within: Within) -> dict[str, Any]:
    """Draw what an experienced person adds; returns these fields of `Lever` as typed. `within` is its range."""
    values = _ask_assignment(draft, known)
    with st.expander("Steps, scope and formulas", icon=":material/tune:"):
        values["scope"] = st.segmented_control(
            "How it is set",
            list(SCOPES),
            default=known.scope if known else "per_row",
            required=True,
            format_func=lambda scope: SCOPES[scope].capitalize(),
            key=draft.key("scope"),
            persist_state="page",
        )
        if kind in NUMERIC:
            with st.grid(3, min_column_width=160, gap="small"):
                for name, label in (("step", "Smallest step"), ("max_change", "Farthest change")):
                    number = getattr(known, name, None)
                    values[name] = ask_number(
                        label, number, key=draft.key(name), placeholder="any", persist_state="page"
                    )
                is_share = st.selectbox(
                    "Change in",
                    [False, True],
                    index=int(known.is_max_change_share) if known else 0,
                    format_func=lambda is_share: "% of today" if is_share else "its unit",
                    key=draft.key("is_max_change_share"),
                    persist_state="page",
                )
            values["is_max_change_share"] = is_share
        cost, today = (known.cost_formula, known.status_quo) if known else ("", "")
        try_cost, try_today = (lambda text: trial(text, None)), (lambda text: trial(text, within))
        values["cost_formula"] = _formula(
            draft, "cost_formula", "Unit cost as a formula", cost, "0.1 * charges", try_cost
        )
        if kind != "choice":
            values["status_quo"] = _formula(draft, "status_quo", "Today's value as a formula", today, "5", try_today)
        note("A name with blanks stands in backticks: `monthly fee`. Known are + - * / and min, max, where, round.")
    return values


def _ask_assignment(draft: Draft, known: Lever | None) -> dict[str, Any]:
    assignment = st.selectbox(
        "How was it set in the data so far?",
        list(ASSIGNMENTS),
        index=list(ASSIGNMENTS).index(known.assignment) if known else 0,
        format_func=lambda name: ASSIGNMENTS[name],
        key=draft.key("assignment"),
        persist_state="page",
    )
    status = causal_status(assignment)
    note(f"**Grade {status.grade}: {status.wording}.** {status.reason} {status.consequence}")
    if status.grade == "C":
        note(EARNS_A)
        note(EARNS_B)
    return {"assignment": assignment, **_ask_source(draft, assignment, known)}


def _ask_source(draft: Draft, assignment: str, known: Lever | None) -> dict[str, Any]:
    """The columns that say how it was set; none where nothing is asked about them."""
    if assignment == "recorded":
        listed = st.text_input(
            "Columns that decided it, all of them, separated by commas",
            value=", ".join(known.deciding_columns) if known else "",
            placeholder="Such as: tenure, region",
            key=draft.key("deciding_columns"),
            help="One that is missing in the data, or known only afterwards, is named too: then no gain is forecast.",
            persist_state="page",
        )
        return {"deciding_columns": tuple(name.strip() for name in (listed or "").split(",") if name.strip())}
    if assignment == "randomised":
        typed = st.text_input(
            "Column with the chance of what a case got, where it was recorded",
            value=known.chance_column if known else "",
            placeholder="Such as: chance_shown",
            key=draft.key("chance_column"),
            help="In each row the chance, above 0 and at most 1, with which it got its own value. Leave that column "
            "out of models. Empty: chances are estimated from how frequent each value is.",
            persist_state="page",
        )
        return {"chance_column": (typed or "").strip()}
    return {}


def _formula(
    draft: Draft, field: str, label: str, known: str, example: str, try_it: Callable[[str], tuple[bool, str]]
) -> str:
    typed = st.text_input(
        label, value=known, placeholder=f"Such as: {example}", key=draft.key(field), live=True, persist_state="page"
    )
    text = (typed or "").strip()
    if text:
        is_usable, words = try_it(text)
        note(escape_markdown(words), "gray" if is_usable else "red")
    return text
