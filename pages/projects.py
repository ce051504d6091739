"""Projects: every project you are in, and how each one stands."""

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.layout import empty_state, head, page
from portal.ui.projects import project_rows
from portal.ui.session import reading
from portal.ui.state import go_to
from services.audit.actor import Actor
from services.people.permissions import Permission, is_allowed, require
from services.portfolio.queries import list_project_cards
from services.portfolio.views import ProjectCard


def draw_projects(actor: Actor) -> None:
    """The page for one person."""
    require(actor, Permission.SEE_PROJECT)
    with reading() as session:
        cards = list_project_cards(session, actor=actor)
    with page():
        head("Projects", finding=describe(cards))
        if cards:
            project_rows(cards)
        elif is_allowed(actor, Permission.START_PROJECT):
            empty_state(":material/folder_open:", "No project yet. It starts with one sentence on Home.", draw_start)
        else:
            empty_state(":material/folder_open:", "You are in no project yet. Somebody who is in one can bring you in.")


def draw_start() -> None:
    """The way to the box on the home page."""
    if st.button("Say what should get better", type="primary"):
        go_to("home")


def describe(cards: list[ProjectCard]) -> str | None:
    """How many projects, and how many of them answer."""
    if not cards:
        return None
    n_answering = sum(card.color == "green" for card in cards)
    if len(cards) == 1:
        return "One project. Its model answers." if n_answering else "One project. No model of it answers yet."
    return f"{len(cards)} projects, {n_answering or 'none'} of them with a model that answers."


draw_projects(get_actor())
