"""Project: where it stands, what comes next, and who is in it."""

from typing import cast

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import RISK, Badge, Color
from portal.ui.cache import read_overview
from portal.ui.layout import Number, action_bar, facts, head, metric_row, note, page, section, stage_rail
from portal.ui.session import transaction
from portal.ui.state import flash, go_to, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import PortalError
from services.portfolio.views import KeyNumber, ProjectOverview
from services.projects.commands import add_member


def draw_project(actor: Actor, project_id: str) -> None:
    """The page for one person."""
    overview = read_overview(actor, project_id)
    with page():
        draw_head(overview)
        stage_rail([(stage.name, stage.state, escape_markdown(stage.line)) for stage in overview.stages])
        metric_row([as_number(number) for number in overview.numbers])
        draw_next_step(overview)
        left, right = st.columns([2, 1], gap="large")
        with left, section("Timeline"):
            draw_history(overview)
        with right, section("People"):
            draw_people(overview)
            if overview.may_invite:
                draw_invitation(actor, overview)


def draw_head(overview: ProjectOverview) -> None:
    """Name, state, and the finding."""
    head(
        escape_markdown(overview.name),
        escape_markdown(overview.about),
        badges=(RISK[overview.risk_tier], Badge(overview.status, cast(Color, overview.color))),
        finding=escape_markdown(overview.finding),
    )


def as_number(number: KeyNumber) -> Number:
    """A number as the row of numbers draws it."""
    return Number(number.label, number.value, escape_markdown(number.note), "green" if number.is_good else "gray")


def draw_next_step(overview: ProjectOverview) -> None:
    """The one primary action of the page."""
    step = overview.next_step
    title, text = escape_markdown(step.title), escape_markdown(step.text)
    if action_bar(title, text, step.button, icon=step.icon, key="next_step"):
        go_to(step.destination.page, **step.destination.ids)


def draw_history(overview: ProjectOverview) -> None:
    """What happened, newest first."""
    for entry in overview.history:
        with st.container(horizontal=True, gap="small", wrap=False):
            with st.container(width=96):
                note(entry.when)
            with st.container(gap=None, width="stretch"):
                st.markdown(escape_markdown(entry.what))
                note(escape_markdown(entry.who))


def draw_people(overview: ProjectOverview) -> None:
    """Who is in the project, and as what."""
    by_role: dict[str, list[str]] = {}
    for member in overview.members:
        by_role.setdefault(member.role.capitalize(), []).append(escape_markdown(member.name))
    facts({role: ", ".join(names) for role, names in by_role.items()})


def draw_invitation(actor: Actor, overview: ProjectOverview) -> None:
    """Bring somebody who has an account into the project."""
    with st.form("invitation", border=False):
        note("Somebody who has an account and should work on this, too.")
        email = st.text_input("E-mail address", placeholder="maren@example.com")
        is_pressed = st.form_submit_button("Bring into the project", icon=":material/person_add:")
    if is_pressed:
        bring_in(actor, overview.project_id, email)


def bring_in(actor: Actor, project_id: str, email: str) -> None:
    """Add the person; a refusal keeps the address."""
    try:
        with transaction() as session:
            person = add_member(session, actor=actor, project_id=project_id, email=email)
    except PortalError as error:
        st.error(error.sentence)
        return
    flash(f"{person.name} is in the project.")
    st.rerun()


draw_project(get_actor(), require_open_id("project"))
