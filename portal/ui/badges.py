"""One vocabulary of states: the same word has the same colour and icon on every page."""

from typing import Literal, NamedTuple

import streamlit as st

Color = Literal["green", "orange", "red", "blue", "gray"]


class Badge(NamedTuple):
    """Two words at most, a colour with one meaning, and an icon so that colour is not the only channel."""

    label: str
    color: Color
    icon: str | None = None

    def draw(self) -> None:
        """Put the badge where the script is."""
        st.badge(self.label, color=self.color, icon=self.icon)

    @property
    def markdown(self) -> str:
        """The badge inside a table cell or a sentence."""
        return f":{self.color}-badge[{self.label}]"


RISK = {
    "low": Badge("Low risk", "gray"),
    "medium": Badge("Medium risk", "orange"),
    "high": Badge("High risk", "red"),
    "critical": Badge("Critical risk", "red"),
}
RUN = {
    "queued": Badge("Queued", "gray", ":material/schedule:"),
    "running": Badge("Running", "blue", ":material/autorenew:"),
    "paused": Badge("Paused", "orange", ":material/pause:"),
    "finishing": Badge("Finishing", "blue", ":material/autorenew:"),
    "finished": Badge("Finished", "green", ":material/check:"),
    "failed": Badge("Failed", "red", ":material/error:"),
    "cancelled": Badge("Cancelled", "gray", ":material/block:"),
}
REVIEW = {
    "in_approval": Badge("In approval", "blue", ":material/hourglass_top:"),
    "approved": Badge("Approved", "green", ":material/check:"),
    "changes_requested": Badge("Changes requested", "orange", ":material/edit:"),
    "rejected": Badge("Rejected", "red", ":material/close:"),
    "withdrawn": Badge("Withdrawn", "gray", ":material/undo:"),
    "superseded": Badge("Superseded", "gray", ":material/history:"),
    "revoked": Badge("Revoked", "red", ":material/block:"),
    "stale": Badge("Stale", "orange", ":material/history:"),
}
INTERPRETABILITY = {
    "": Badge("Not judged yet", "gray", ":material/psychology_alt:"),
    "accepted": Badge("Understood", "green", ":material/check:"),
    "not_accepted": Badge("Not accepted", "red", ":material/close:"),
    "stale": Badge("Stale", "orange", ":material/history:"),
    "disputed": Badge("Disputed", "orange", ":material/forum:"),
}
