"""What to fund: the set of projects that fits the money and the people and brings most, exactly."""

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.cache import read_answer, read_outlook, read_portfolio
from portal.ui.change import show_refusal
from portal.ui.layout import empty_state, head, page
from portal.ui.prioritisation import draw_answer, draw_wish
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import PortalError
from services.people.permissions import Permission, require
from services.portfolio.choice.answering import unweighed_musts
from services.portfolio.choice.sentences import describe_choice
from services.portfolio.records.views import Column

PROMISE = "The set of projects that fits the money and the people and brings most; no other set brings more"


def draw_prioritisation(actor: Actor) -> None:
    """The page for one person."""
    require(actor, Permission.SEE_PROJECT)
    portfolio = read_portfolio(actor)
    open_records = [one for one in portfolio.records if one.column not in (Column.LIVE, Column.STOPPED)]
    with page():
        if not any(record.worth for record in open_records):
            head("What to fund", PROMISE)
            empty_state(
                ":material/balance:", "None of your open projects has a price yet. It comes with the money of its case."
            )
            return
        top = st.container()
        asked = draw_wish(open_records, portfolio.initiatives)
        try:
            answer = read_answer(actor, asked.wish, asked.initiative)
        except PortalError as error:
            with top:
                head("What to fund", PROMISE)
            show_refusal(error)
            return
        with top:
            found = answer.choice
            said = (
                describe_choice(answer.problem, found, asked.wish) if found else "No set keeps all of these conditions."
            )
            head("What to fund", PROMISE, finding=said)
        by_id = {record.project_id: record for record in portfolio.records}
        for name, why in unweighed_musts(answer, by_id):
            st.warning(
                f"{escape_markdown(name)} must be in, but cannot be weighed: {escape_markdown(why)}.",
                icon=":material/help:",
            )
        draw_answer(answer, lambda: read_outlook(actor, asked.wish, asked.initiative), by_id)


draw_prioritisation(get_actor())
