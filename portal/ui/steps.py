"""The steps of a run, one below the other: what was done, with which hashes, and in what time."""

from collections.abc import Callable, Sequence

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.charts import chart
from portal.ui.figures.steps import step_graph
from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.portfolio.run_graph import DONE, FAILED, Hash, RunStep, describe_graph, describe_time

_SHORT = 12  # digits of a hash on the page; the whole one is in the list below
_BADGES = {
    "reused": Badge("Taken over", "blue"),
    "waiting": Badge("Not yet", "gray"),
    "failed": Badge("Ended here", "red"),
}


def draw_steps(steps: Sequence[RunStep], ask: Callable[[RunStep], None] | None) -> None:
    """The graph, and beside it a line for each step. `ask(step)` draws how to run again from it."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        chart(step_graph(steps), f"Graph of the steps. {describe_graph(steps)}.", key="steps")
    with right:
        for step in steps:
            _draw_step(step, ask if step.repeats_from else None)


def draw_hashes(steps: Sequence[RunStep]) -> None:
    """All hashes in full, to copy."""
    with st.expander("All hashes in full", icon=":material/fingerprint:"):
        rows = [
            {"Step": step.title, "Goes": goes, "What": found.name, "sha256": found.sha256}
            for step in steps
            for goes, hashes in (("in", step.inputs), ("out", (step.output,) if step.output else ()))
            for found in hashes
        ]
        st.dataframe(rows, hide_index=True, alt=f"{len(rows)} hashes of {len(steps)} steps")


def _draw_step(step: RunStep, ask: Callable[[RunStep], None] | None) -> None:
    with st.container(border=True, gap="xxsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", width="content"):
                st.markdown(f"**{step.title}**", width="content")
                if (badge := _badge(step)) is not None:
                    badge.draw()
            if time := describe_time(step):
                st.markdown(f":small[:gray[{time}]]", width="content")
        note(escape_markdown(step.sentence))
        if step.reused:
            note(escape_markdown(f"Not done again: {step.reused}."), "blue")
        if step.inputs or step.output:
            note(_flow(step))
        if ask is not None:
            ask(step)


def _badge(step: RunStep) -> Badge | None:
    if step.state == FAILED:
        return _BADGES["failed"]
    if step.state != DONE:
        return _BADGES["waiting"]
    return _BADGES["reused"] if step.reused else None


def _flow(step: RunStep) -> str:
    """`ab12…` → `cd34…`, with what they are."""
    taken = ", ".join(map(_short, step.inputs[:3]))
    more = f" and {len(step.inputs) - 3} more" if len(step.inputs) > 3 else ""
    given = _short(step.output) if step.output else "not yet"
    return f"{taken}{more} → {given}" if step.inputs else f"→ {given}"


def _short(found: Hash) -> str:
    return f"`{found.sha256[:_SHORT]}` {escape_markdown(found.name)}"
