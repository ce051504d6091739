"""Reviews: what waits for a decision, and what was decided."""

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import REVIEW, RISK
from portal.ui.layout import decision_card, empty_state, head, note, page, section
from portal.ui.session import reading
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.reviews.queries import list_reviews
from services.reviews.views import ReviewView
from services.valuation.amounts import format_money


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor = get_actor()
    with reading() as session:
        reviews = list_reviews(session, actor=actor)
    mine = [review for review in reviews if review.is_waiting and review.may_decide]
    others = [review for review in reviews if review.is_waiting and not review.may_decide]
    closed = [review for review in reviews if not review.is_waiting]
    with page():
        head("Reviews", _sentence(len(mine), len(others)))
        if not reviews:
            empty_state(":material/verified:", "Nothing was asked yet. A sign-off starts on the page of a model.")
        _draw_cards("Waiting for you", mine)
        _draw_cards("Waiting for somebody else", others)
        _draw_closed(closed)


def _sentence(n_mine: int, n_others: int) -> str:
    if n_mine:
        return "One decision waits for you." if n_mine == 1 else f"{n_mine} decisions wait for you."
    if n_others:
        return f"Nothing waits for you; {n_others} {'waits' if n_others == 1 else 'wait'} for somebody else."
    return "Nothing waits."


def _draw_cards(title: str, reviews: list[ReviewView]) -> None:
    if not reviews:
        return
    with section(title), st.grid(3, min_column_width=280, gap="small"):
        for number, review in enumerate(reviews):
            is_first = number == 0 and review.may_decide
            if decision_card(
                question=escape_markdown(review.question),
                context=_context(review),
                money=_money(review),
                due=f"Asked on {review.requested_at.day} {review.requested_at:%B}",
                badges=[REVIEW[review.state], RISK[review.risk_tier]],
                key=f"review_{review.id}",
                primary=is_first,
            ):
                _open(review)


def _draw_closed(reviews: list[ReviewView]) -> None:
    if not reviews:
        return
    with section("Decided"), st.container(border=True, gap="medium"):
        for review in reviews:
            _draw_row(review)


def _draw_row(review: ReviewView) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width=520):
            st.markdown(f"**{escape_markdown(review.question)}**")
            note(_outcome(review))
        with st.container(width=150):
            REVIEW[review.state].draw()
        if st.button("Open", key=f"review_{review.id}"):
            _open(review)


def _outcome(review: ReviewView) -> str:
    if review.state == "stale":
        return escape_markdown(f"{review.project_name}: {review.changed_words}")
    if not review.decisions:
        return _context(review)
    last = review.decisions[-1]
    said = f"{last.name} on {last.decided_at.day} {last.decided_at:%B}: {last.reason}"
    return escape_markdown(f"{review.project_name} · {said}")


def _context(review: ReviewView) -> str:
    return f"{escape_markdown(review.project_name)} · asked by {escape_markdown(review.requested_by_name)}"


def _money(review: ReviewView) -> str:
    if review.stakes is None:
        return "No money stated"
    return f"{format_money(review.stakes.yearly_value, review.stakes.currency)} a year"


def _open(review: ReviewView) -> None:
    go_to("review", project=review.project_id, review=review.id)


draw()
