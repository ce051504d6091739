"""Six cards of what drives a model, each with a vote, and every "no" with what was said to it."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.charts import kept_chart
from portal.ui.figures.model import driver_card
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.interpretations.expectations import TEXT_LENGTH
from services.interpretations.sentences import NOT_A_CAUSE, listed
from services.interpretations.views import DriverCard, InterpretationView, Revealed
from services.interpretations.votes import LABELS, OBJECTIONS, Objection, Vote

Cast = Callable[[str, str, str], None]  # column, vote, reason

_STATES = {
    "open": Badge("Blocks", "red", ":material/block:"),
    "answered": Badge("Answered", "green", ":material/check:"),
    "kept": Badge("Kept, blocks", "red", ":material/block:"),
    "left": Badge("Kept by somebody who has left", "gray", ":material/logout:"),
}


def draw_votes(view: InterpretationView, revealed: Revealed, cast: Cast) -> None:
    """The strongest columns as cards; `cast(column, vote, reason)` votes, from a callback."""
    with section("What drives it, and whether that makes sense", NOT_A_CAUSE):
        if not revealed.cards:
            st.markdown("No column moves what this model predicts: it says the same of every case.")
            return
        with st.grid(3, min_column_width=280, gap="small"):
            for card in revealed.cards:
                with st.container(border=True, height="stretch", gap="xsmall"):
                    _draw_card(view, card, cast)
        for card in revealed.cards:
            if _wants_reason(view, card):
                _draw_reason(view, card, cast)


def draw_objections(
    view: InterpretationView, revealed: Revealed, actor: Actor, cast: Cast, answer: Callable[[str, str], None]
) -> None:
    """Every "no" that stands; `answer(vote_id, sentence)` answers one of somebody else."""
    if not revealed.objections:
        return
    n = revealed.n_blocking
    blocked = "None blocks any more" if not n else f"{n} of {len(revealed.objections)} block{'s' if n == 1 else ''}"
    how = "A “no” blocks until somebody else answers it. Who voted may then withdraw it, or keep it: then it blocks on."
    with section(f"Votes of no: {blocked.lower()}", how):
        for objection in revealed.objections:
            with st.container(border=True, gap="xsmall"):
                _draw_objection(view, objection, actor, cast, answer)


def _draw_card(view: InterpretationView, card: DriverCard, cast: Cast) -> None:
    st.markdown(
        f"**{escape_markdown(card.name.label)}**  \n:small[:gray[{escape_markdown(card.reach)}]]  \n"
        f":small[{escape_markdown(card.sentence)}]"
    )
    st.space("stretch")
    driver = card.driver
    if driver.points:
        of = ("driver", driver)
        kept_chart(partial(driver_card, driver), card.sentence, of=of, key=f"card_{driver.column}")
    note(_counted(card))
    if not view.may_judge or view.is_maker:
        return
    key = _key(view, driver.column)
    mine = Vote.NO if card.mine in OBJECTIONS else card.mine
    st.segmented_control(
        f"What you say of {card.name.label}",
        list(LABELS),
        format_func=lambda vote: LABELS[vote],
        default=mine,
        label_visibility="collapsed",
        width="stretch",
        key=key,
        on_change=_on_choice,
        args=(key, driver.column, cast),
    )


def _draw_reason(view: InterpretationView, card: DriverCard, cast: Cast) -> None:
    """Below the cards, where there is room to write: a “no” counts once it has its reason."""
    column, key = card.driver.column, f"reason_{_key(view, card.driver.column)}"
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**Your “no” to {escape_markdown(card.name.label)} counts once it has a reason**")
        st.text_area("What is wrong?", height=92, max_chars=TEXT_LENGTH, key=key)
        st.button("Say no", icon=":material/block:", key=f"no_{column}", on_click=_say_no, args=(key, column, cast))


def _wants_reason(view: InterpretationView, card: DriverCard) -> bool:
    return st.session_state.get(_key(view, card.driver.column)) == Vote.NO and card.mine not in OBJECTIONS


def _key(view: InterpretationView, column: str) -> str:
    return f"vote_{view.explanation_sha256[:12]}_{column}"


def _on_choice(key: str, column: str, cast: Cast) -> None:
    chosen = st.session_state.get(key)
    if chosen in (Vote.SENSE, Vote.SURPRISED):  # a "no" waits for its reason
        cast(column, str(chosen), "")


def _say_no(reason_key: str, column: str, cast: Cast) -> None:
    cast(column, Vote.NO.value, str(st.session_state.get(reason_key, "")))


def _withdraw(key: str, column: str, cast: Cast) -> None:
    st.session_state[key] = None  # the card is free for another vote, in the browser too
    cast(column, Vote.WITHDRAWN.value, "")


def _counted(card: DriverCard) -> str:
    said = [f"{n} {LABELS[vote].lower()}" for vote, n in card.counts.items() if n]
    return listed(said) if said else "Nobody has voted yet"


def _draw_objection(
    view: InterpretationView,
    objection: Objection,
    actor: Actor,
    cast: Cast,
    answer: Callable[[str, str], None],
) -> None:
    vote = objection.vote
    kept = "kept" if objection.blocks else "left"
    state = kept if objection.is_kept else "answered" if objection.is_answered else "open"
    label = view.names[vote.column].label if vote.column in view.names else vote.column
    st.markdown(
        f"{_STATES[state].markdown} **{escape_markdown(vote.name)} says no to {escape_markdown(label)}:** "
        f"{escape_markdown(vote.reason)}"
    )
    for said in objection.answers:
        st.markdown(f":material/reply: **{escape_markdown(said.name)}:** {escape_markdown(said.sentence)}")
    if vote.user_id == actor.user_id:
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Withdraw my no",
                key=f"withdraw_{vote.id}",
                on_click=_withdraw,
                args=(_key(view, vote.column), vote.column, cast),
            )
            if state == "answered":
                st.button("Keep my no", key=f"keep_{vote.id}", on_click=cast, args=(vote.column, Vote.KEPT.value, ""))
    elif view.may_judge:
        with st.form(f"answer_{vote.id}", border=False):
            sentence = st.text_area("Your answer", height=92, max_chars=TEXT_LENGTH, key=f"said_{vote.id}")
            if st.form_submit_button("Answer", icon=":material/reply:", key=f"answer_now_{vote.id}"):
                answer(vote.id, sentence)
