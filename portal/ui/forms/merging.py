"""Somebody else saved meanwhile: what differs, and whose words shall stand."""

from typing import Any

import streamlit as st

from portal.ui.forms.deciding import decide, say_alone
from portal.ui.forms.questions import LABELS
from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.proposals.merging import Comparison, Difference
from services.proposals.reflection import BY_CODE
from services.proposals.risk import RISK_QUESTIONS


def ask_to_merge(comparison: Comparison, *, who: str, version: int) -> dict[str, Any] | None:
    """Draw the differences; returns the draft on top of the newer version once everything is decided."""
    with st.container(gap=None):
        st.subheader(f"{escape_markdown(who)} saved version {version} meanwhile", anchor=False)
        note("What you typed is kept. Decide what shall stand; you can still change it before you save.")
    decisions = {each.name: _decide(each, who, version) for each in comparison.conflicts}
    say_alone(theirs=map(label_of, comparison.theirs_only), mine=map(label_of, comparison.mine_only))
    if not comparison.conflicts and not comparison.theirs_only:
        note("They changed levers or sources, nothing that you typed.")
    is_open = any(decision is None for decision in decisions.values())
    pressed = st.button(
        "Go on with these together", type="primary", icon=":material/merge:", disabled=is_open, key="merge together"
    )
    if is_open:
        note("Choose one of the two for each question above.")
    return comparison.decided({name: bool(is_mine) for name, is_mine in decisions.items()}) if pressed else None


def label_of(name: str) -> str:
    """The question an answer belongs to, as people know it."""
    if name in LABELS:
        return LABELS[name]
    noun, _, rest = name.partition(".")
    code = rest.partition(".")[0]
    return RISK_QUESTIONS[rest][0] if noun == "risk" else BY_CODE[code].text


def _decide(difference: Difference, who: str, version: int) -> bool | None:
    with st.container(border=True, gap="xsmall"):
        return decide(
            difference.name,
            label_of(difference.name),
            before=_shown(difference.before),
            theirs=_shown(difference.theirs),
            mine=_shown(difference.mine),
            who=who,
            version=version,
        )


def _shown(value: Any) -> str:
    if value in (None, "") and value is not False:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.12g}" if isinstance(value, int | float) else str(value)
