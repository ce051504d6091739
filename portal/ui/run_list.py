"""The runs of a project, each with what it found and the way to its page."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.badges import RUN
from portal.ui.layout import note
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.automl import sentences
from services.automl.views import RunView


def draw_runs(runs: Sequence[RunView]) -> None:
    """Newest first, as they come."""
    with st.container(border=True, gap="medium"):
        for run in runs:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                with st.container(gap=None, width=560):
                    st.markdown(f"**Run {run.number}** {RUN[run.state].markdown}")
                    started = f"{run.created_at.day} {run.created_at:%B, %H:%M} UTC"
                    who = escape_markdown(run.created_by_name)
                    note(f"{sentences.describe_progress(run)} · data version {run.dataset_version} · {who}, {started}")
                with st.container(gap=None, width=180):
                    st.markdown(f"**{sentences.format_result(run, run.best)}**" if run.best else "–")
                    note("a year, in the search" if run.has_money else sentences.metric_label(run.metric))
                if st.button("Open", key=f"open_{run.id}"):
                    go_to("run", project=run.project_id, run=run.id)


def describe_newest(runs: Sequence[RunView]) -> str | None:
    """What the newest run found, or where it is; None before the first."""
    if not runs:
        return None
    latest = runs[0]
    if latest.best is None:
        return f"Run {latest.number}: {sentences.describe_phase(latest)}"
    worth = sentences.format_result(latest, latest.best)
    if latest.has_money:
        return f"Run {latest.number} found a model worth {worth} a year in the search"
    return f"Run {latest.number} found a model with {sentences.metric_label(latest.metric)} {worth}"
