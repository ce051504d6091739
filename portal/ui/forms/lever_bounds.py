"""How far a lever may be moved, what that costs in a case, and how it was set in the data."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from portal.ui.forms.drafts import Draft
from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.proposals.causal import ASSIGNMENTS, causal_status
from services.proposals.lever import NUMERIC, Lever
from services.proposals.sentences import SCOPES

Trial = Callable[[str], tuple[bool, str]]


def ask_for_bounds(draft: Draft, kind: str, known: Lever | None, trial: Trial) -> dict[str, Any]:
    """Draw what an experienced person adds; returns these fields of `Lever` as typed."""
    values: dict[str, Any] = {"assignment": _ask_assignment(draft, known)}
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
                values["step"] = _number(draft, "step", "Smallest step", known.step if known else None)
                values["max_change"] = _number(
                    draft, "max_change", "Farthest change", known.max_change if known else None
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
        values["cost_formula"] = _formula(
            draft, "cost_formula", "Unit cost as a formula", known.cost_formula if known else "", "0.1 * charges", trial
        )
        if kind != "choice":
            values["status_quo"] = _formula(
                draft, "status_quo", "Today's value as a formula", known.status_quo if known else "", "5", trial
            )
        note("A name with blanks stands in backticks: `monthly fee`. Known are + - * / and min, max, where, round.")
    return values


def _ask_assignment(draft: Draft, known: Lever | None) -> Any:
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
    return assignment


def _formula(draft: Draft, field: str, label: str, known: str, example: str, trial: Trial) -> str:
    typed = st.text_input(
        label, value=known, placeholder=f"Such as: {example}", key=draft.key(field), live=True, persist_state="page"
    )
    text = (typed or "").strip()
    if text:
        is_usable, words = trial(text)
        note(escape_markdown(words), "gray" if is_usable else "red")
    return text


def _number(draft: Draft, field: str, label: str, known: float | None) -> float | None:
    value = None if known is None else float(known)
    return st.number_input(
        label, value=value, step=1.0, format="%g", placeholder="any", key=draft.key(field), persist_state="page"
    )
