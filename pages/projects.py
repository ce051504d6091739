"""Projects: every project you are in, and how each one stands."""

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.layout import empty_state, head, note, page
from portal.ui.projects import project_rows
from portal.ui.session import reading
from portal.ui.state import go_to
from services.audit.actor import Actor
from services.people.permissions import Permission, is_allowed, require
from services.portfolio.queries import list_project_cards
from services.portfolio.views import ProjectCard

MOST_ROWS = 50  # each is four elements of the page: 2,000 would keep a browser busy for a minute


def draw_projects(actor: Actor) -> None:
    """The page for one person."""
    require(actor, Permission.SEE_PROJECT)
    with reading() as session:
        cards = list_project_cards(session, actor=actor)
    with page():
        head("Projects", finding=describe(cards))
        if cards:
            draw_list(cards)
        elif is_allowed(actor, Permission.START_PROJECT):
            empty_state(":material/folder_open:", "No project yet. It starts with one sentence on Home.", draw_start)
        else:
            empty_state(":material/folder_open:", "You are in no project yet. Somebody who is in one can bring you in.")


def draw_list(cards: list[ProjectCard]) -> None:
    """The rows; of very many the newest, a box to find others by name, and the way to all of them."""
    if len(cards) <= MOST_ROWS:
        project_rows(cards)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Find a project", placeholder="Part of its name or of its owner's", key="find", width=280)
        if st.button("See all of them in the portfolio", icon=":material/dashboard:", key="portfolio"):
            go_to("portfolio")
    found = [card for card in cards if is_named(card, words)]
    if found:
        project_rows(found[:MOST_ROWS])
    if not found:
        note("No project is called that. Shorten what you look for.")
    elif len(found) > MOST_ROWS:
        note(f"The newest {MOST_ROWS} of {len(found):,} are shown.")


def is_named(card: ProjectCard, words: str) -> bool:
    """Whether every word is a part of the project's name or of its owner's, whatever their case."""
    name = f"{card.name} {card.owner_name}".casefold()
    return all(word in name for word in words.casefold().split())


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
    return f"{len(cards):,} projects, {n_answering or 'none'} of them with a model that answers."


draw_projects(get_actor())
