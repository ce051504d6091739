"""Audit log: what was changed, by whom, and whether the record is complete."""

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import Badge
from portal.ui.layout import head, page, section
from portal.ui.session import reading
from services.audit.actor import Actor
from services.audit.chain import ChainReport
from services.portfolio.queries import get_audit_page
from services.portfolio.views import AuditLine, AuditPage

INTACT = Badge("Verified", "green", ":material/check:")
BROKEN = Badge("Broken", "red", ":material/error:")


def draw_audit(actor: Actor) -> None:
    """The page for one person."""
    with reading() as session:
        audit = get_audit_page(session, actor=actor)
    with page():
        head("Audit log", badges=(INTACT if audit.chain.is_intact else BROKEN,), finding=describe(audit.chain))
        with section("What happened", describe_extent(audit)):
            draw_lines(audit.lines)


def describe(chain: ChainReport) -> str:
    """The verdict on the chain in one sentence."""
    if chain.is_intact:
        events = "event is" if chain.n_events == 1 else "events are"
        return f"{chain.n_events:,} {events} in place and unchanged."
    return f"{chain.fault} Everything before it is in place."


def describe_extent(audit: AuditPage) -> str:
    """How much of the log is shown, and what proves it elsewhere."""
    head_hash = audit.chain.head_hash[:12]
    return (
        f"The latest {len(audit.lines)}, newest first. Each event seals those before it; the seal of the last is "
        f"{head_hash}. Keep it elsewhere: it proves later that nothing was rewritten."
    )


def draw_lines(lines: tuple[AuditLine, ...]) -> None:
    """The events as a table that can be searched."""
    st.dataframe(
        {
            "When (UTC)": [line.at.strftime("%Y-%m-%d %H:%M:%S") for line in lines],
            "Who": [line.who for line in lines],
            "What": [line.what for line in lines],
            "Project": [line.project for line in lines],
            "Reason": [line.reason for line in lines],
            "No.": [line.number for line in lines],
        },
        hide_index=True,
        column_config={
            "When (UTC)": st.column_config.TextColumn(pinned=True, width=170),
            "What": st.column_config.TextColumn(width="large"),
            "Reason": st.column_config.TextColumn(width="medium"),
        },
        height=min(640, 39 + 35 * len(lines)),
    )


draw_audit(get_actor())
