"""Home: what needs you, your projects, and one box for a new idea."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import RISK, Badge
from portal.ui.cache import read_home
from portal.ui.layout import decision_card, empty_state, head, page, section
from portal.ui.news import draw_news
from portal.ui.projects import project_rows
from portal.ui.session import transaction
from portal.ui.state import flash, go_to
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import PortalError
from services.notifications.commands import mark_read
from services.people.permissions import Permission, Role, is_allowed
from services.portfolio.views import DecisionCard, NewsItem, ProjectCard
from services.projects.commands import SENTENCE_LENGTH, create_project
from services.valuation.amounts import format_money

MOST_CARDS = 6
MOST_PROJECTS = 5


def draw_home(actor: Actor) -> None:
    """The page for one person."""
    home = read_home(actor)
    decisions, cards = home.decisions, home.projects
    with page():
        head(f"Welcome, {escape_markdown(actor.name.split()[0])}", describe_load(decisions))
        if decisions:
            draw_decisions(decisions[:MOST_CARDS])
        if home.news:
            draw_news(home.news, lambda items: read(actor, items))
        if cards:
            draw_projects(cards)
        elif not is_allowed(actor, Permission.START_PROJECT):
            draw_no_projects(actor)
        if is_allowed(actor, Permission.START_PROJECT):
            draw_idea_box(actor)


def describe_load(decisions: Sequence[DecisionCard]) -> str:
    """What waits, and what it holds back, in one line."""
    if not decisions:
        return "Nothing waits for you."
    n_decisions = len(decisions)
    waits = "One thing waits for you." if n_decisions == 1 else f"{n_decisions:,} things wait for you."
    currencies = {card.currency for card in decisions if card.amount}
    if len(currencies) != 1:
        return waits
    amount = format_money(sum(card.amount or 0.0 for card in decisions), currencies.pop())
    return f"{waits} {'It holds' if n_decisions == 1 else 'Together they hold'} back up to {amount} a year."


def draw_decisions(decisions: Sequence[DecisionCard]) -> None:
    """The cards, three in a row; the first is the one to begin with."""
    with st.grid(3, min_column_width=280, gap="small"):
        for index, card in enumerate(decisions):
            if draw_decision(card, index):
                go_to(card.destination.page, **card.destination.ids)


def draw_decision(card: DecisionCard, index: int) -> bool:
    """One card; whether its button was pressed."""
    return decision_card(
        question=escape_markdown(card.question),
        context=escape_markdown(card.context),
        money="Not priced yet" if card.amount is None else f"{format_money(card.amount, card.currency)} a year",
        due=card.due,
        badges=(Badge(card.kind, "gray"), RISK[card.risk_tier]),
        key=f"decision_{card.destination.ids['project']}",
        button=card.button,
        primary=index == 0,
    )


def read(actor: Actor, items: Sequence[NewsItem]) -> None:
    """Put messages away."""
    with transaction() as session:
        for item in items:
            mark_read(session, actor=actor, notification_id=item.id)


def draw_projects(cards: Sequence[ProjectCard]) -> None:
    """The projects this person is in."""
    with section("Projects in flight"):
        project_rows(cards[:MOST_PROJECTS])
        if len(cards) > MOST_PROJECTS and st.button(f"See all {len(cards):,} projects", key="all_projects"):
            go_to("projects")


def draw_no_projects(actor: Actor) -> None:
    """What somebody sees who has no project and starts none."""
    if actor.role == Role.ADMIN:
        empty_state(
            ":material/group:",
            "You look after people and accounts. Projects belong to those who work on them.",
            draw_people,
        )
    else:
        empty_state(":material/folder_open:", "You are in no project yet. Somebody who is in one can bring you in.")


def draw_people() -> None:
    """The way to what an administrator does here."""
    if st.button("Look after people", type="primary", icon=":material/group:"):
        go_to("people")


def draw_idea_box(actor: Actor) -> None:
    """The one box a project starts from."""
    with section(
        "What should get better?", "One sentence is enough. Money, data and feasibility come later, with help."
    ):
        with st.form("idea", border=False):
            box, button = st.columns([7, 2], gap="small", vertical_alignment="bottom")
            sentence = box.text_input(
                "In one sentence, what should get better?",
                placeholder="Fewer parcels delivered late in the north",
                label_visibility="collapsed",
                max_chars=SENTENCE_LENGTH,
            )
            is_pressed = button.form_submit_button(
                "Start a proposal", icon=":material/arrow_forward:", icon_position="right", width="stretch"
            )
        if is_pressed:
            start_project(actor, sentence)


def start_project(actor: Actor, sentence: str) -> None:
    """Start the project and go on to its objective; a refusal keeps the sentence."""
    try:
        with transaction() as session:
            project = create_project(session, actor=actor, sentence=sentence)
    except PortalError as error:
        st.error(error.sentence)
        return
    flash("The project is started. Say next what exactly should get better.")
    go_to("proposal", project=project.id)


draw_home(get_actor())
