"""The objective as a guided form: what should get better, by how much, who decides what, and within which limits."""

from typing import Any

import streamlit as st

from portal.ui.forms.drafts import Draft
from portal.ui.forms.groups import question_group
from services.proposals.objective import Constraints, Objective
from services.proposals.sentences import CONNECTIONS
from services.proposals.texts import TEXT_LENGTH


def objective_form(draft: Draft, saved: Objective | None, *, sentence: str, button: str) -> dict[str, Any] | None:
    """Draw the form; returns the fields of `Objective` without levers and data when it was sent, else None.

    Parameters
    ----------
    sentence
        What opens the form where nothing is saved yet: the sentence the project was started with.
    """
    with st.form(draft.key("form"), border=False, enter_to_submit=False):
        with st.container(gap="medium"):
            values = _ask_for_change(draft, saved, sentence)
            values |= _ask_for_decision(draft, saved)
            values |= _ask_for_limits(draft, saved)
        was_sent = st.form_submit_button(button, type="primary", icon=":material/check:")
    return values if was_sent else None


def _ask_for_change(draft: Draft, saved: Objective | None, sentence: str) -> dict[str, Any]:
    with question_group(
        "What should get better", "The one thing everybody should remember; a model is only a means to it"
    ):
        values: dict[str, Any] = {"sentence": _text(draft, saved, "sentence", "In one sentence", default=sentence)}
        with st.grid(2, min_column_width=240, gap="small"):
            values["metric"] = _text(draft, saved, "metric", "Metric", "Customers who leave in a month")
            values["unit"] = _text(draft, saved, "unit", "Unit", "%")
        with st.grid(3, min_column_width=180, gap="small"):
            values["baseline"] = _number(draft, "baseline", "Today", saved.baseline if saved else None)
            values["target"] = _number(draft, "target", "Target", saved.target if saved else None)
            values["by_when"] = st.date_input(
                "By when",
                value=saved.by_when if saved else None,
                format="YYYY-MM-DD",
                key=draft.key("by_when"),
            )
        values["how_measured"] = _text(
            draft, saved, "how_measured", "How it is measured", "Contracts ended, from the billing system"
        )
    return values


def _ask_for_decision(draft: Draft, saved: Objective | None) -> dict[str, Any]:
    with question_group("Which decision it informs", "A prediction that changes no decision is worth nothing"):
        decision = _text(draft, saved, "decision", "Decision", "Whom the service team calls this week")
        with st.grid(2, min_column_width=240, gap="small"):
            decided_by = _text(draft, saved, "decided_by", "Who decides", "Head of service")
            outcome = _text(
                draft, saved, "outcome", "Outcome the model predicts, per case", "Customer leaves within 30 days"
            )
    return {"decision": decision, "decided_by": decided_by, "outcome": outcome}


def _ask_for_limits(draft: Draft, saved: Objective | None) -> dict[str, Any]:
    known = saved.constraints if saved else Constraints()
    with question_group("Where it must work", "Say the limits now, so that no model is built that can never be used"):
        with st.grid(5, min_column_width=160, gap="small"):
            connections = list(CONNECTIONS)
            connectivity = st.selectbox(
                "Connection",
                connections,
                index=connections.index(known.connectivity),
                format_func=lambda name: CONNECTIONS[name].capitalize(),
                key=draft.key("connectivity"),
            )
            latency = _number(draft, "max_latency_ms", "Slowest answer, ms", known.max_latency_ms, "no limit")
            batch = _number(draft, "max_batch_ms", "Slowest 1,000 answers, ms", known.max_batch_ms, "no limit")
            memory = _number(draft, "max_memory_mb", "Memory, MB", known.max_memory_mb, "no limit")
            size = _number(draft, "max_size_mb", "Size of the model, MB", known.max_size_mb, "no limit")
        privacy = st.text_input(
            "What must not be used or shown",
            value=known.privacy,
            max_chars=TEXT_LENGTH,
            placeholder="No health data, no names",
            key=draft.key("privacy"),
        )
    limits = {"max_latency_ms": latency, "max_batch_ms": batch, "max_memory_mb": memory, "max_size_mb": size}
    return {"limits": limits | {"connectivity": connectivity, "privacy": _line(privacy)}}


def _text(
    draft: Draft, saved: Objective | None, field: str, label: str, example: str = "", *, default: str = ""
) -> str:
    typed = st.text_input(
        label,
        value=getattr(saved, field) if saved else default,
        max_chars=TEXT_LENGTH,
        placeholder=f"Such as: {example}" if example else None,
        key=draft.key(field),
    )
    return _line(typed)


def _number(draft: Draft, field: str, label: str, known: float | None, empty: str | None = None) -> float | None:
    value = None if known is None else float(known)
    return st.number_input(label, value=value, step=1.0, format="%g", placeholder=empty, key=draft.key(field))


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
