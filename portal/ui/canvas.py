"""The Drivetrain canvas: objective, levers, data, model, from top to bottom and changed where they stand."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.charts import chart
from portal.ui.figures.canvas import canvas_figure
from portal.ui.kept import is_dark
from portal.ui.layout import action_bar, head, note
from portal.ui.session import reading
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.people.permissions import Permission, is_allowed
from services.proposals.objective import Objective
from services.proposals.printing import printed_canvas
from services.proposals.queries import SavedObjective
from services.proposals.sentences import opening_sentence
from services.valuation.queries import find_valuation

QUESTIONS = (
    "What should get better?",
    "What can we change?",
    "Which data tell what was done and what happened then?",
    "What does a model predict?",
)


def draw_head(saved: SavedObjective) -> None:
    """Whose version it is, the promise in one sentence, and how much is still open."""
    objective = saved.objective
    n_open = len(objective.gaps) + len(objective.unconnected_levers)
    complete = Badge("Complete", "green", ":material/check:")
    head(
        "Objective",
        f"Version {saved.version} by {escape_markdown(saved.created_by_name)}, "
        f"{saved.created_at.day} {saved.created_at:%B}",
        badges=[Badge(f"{n_open} open", "orange", ":material/edit:") if n_open else complete],
        finding=escape_markdown(opening_sentence(objective)),
    )


def draw_next(actor: Actor, project_id: str) -> None:
    """The way to the money, while nobody has said what it is worth."""
    with reading() as session:
        is_priced = find_valuation(session, actor=actor, project_id=project_id) is not None
    if is_priced or not is_allowed(actor, Permission.EDIT_VALUATION):
        return
    text = "A few rough figures are enough to see how good a model must be, before anybody builds one."
    if action_bar("Next: what is a right call worth?", text, "Go to the money", icon=":material/savings:", key="money"):
        go_to("valuation", project=project_id)


def draw_canvas(saved: SavedObjective, project_id: str) -> None:
    """The four parts as boxes and arrows; each box leads to its question. And the page to print."""
    objective = saved.objective
    gaps = [f"no data connects {lever.name}" for lever in objective.unconnected_levers]
    takeaway = f"{opening_sentence(objective)} {len(objective.levers)} levers, {len(objective.data_needed)} sources"
    chart(
        canvas_figure(objective, is_dark=is_dark(), address=lambda step: _address(project_id, step)),
        alt=f"{takeaway}; {'; '.join(gaps) or 'every lever is connected by data'}.",
        key="canvas",
    )
    lines = [
        f"No data connects the lever {escape_markdown(lever.name)}: which source records it?"
        for lever in objective.unconnected_levers
    ]
    if lines:
        note("  \n".join(lines), "orange")
    st.download_button(
        "Save the canvas to print",
        lambda: printed_canvas(
            objective, project=objective.sentence, version=saved.version, author=saved.created_by_name
        ),
        file_name=f"objective-{saved.version}.html",
        mime="text/html",
        icon=":material/print:",
        type="tertiary",
        on_click="ignore",
    )


def _address(project_id: str, step: str) -> str:
    """Where the question behind a box is asked."""
    depth = "" if step in ("levers", "data") else "&depth=Guided"
    return f"/proposal?project={project_id}{depth}&ask={step}"


@contextmanager
def stage(number: int) -> Iterator[None]:
    """One of the four questions with what is drawn inside as its answer; an arrow leads to it from the one before."""
    with st.container(gap="xsmall"):
        if number > 1:
            st.markdown(":gray[:material/arrow_downward:]", text_alignment="center")
        st.markdown(f"**{number}** :gray[{QUESTIONS[number - 1]}]")
        yield


def draw_objective(objective: Objective) -> None:
    """What is wanted, and how far the metric has to go."""
    with st.container(border=True, gap=None):
        st.markdown(f"**{escape_markdown(objective.sentence)}**")
        note(escape_markdown(opening_sentence(objective)))


def draw_model(objective: Objective) -> None:
    """What is predicted for each case, and the decision it informs."""
    who = f" ({objective.decided_by})" if objective.decided_by else ""
    with st.container(border=True, gap=None):
        st.markdown(f"**{escape_markdown(objective.outcome)}**" if objective.outcome else ":orange[Not said yet]")
        note(escape_markdown(f"Informs: {objective.decision}{who}"))
