"""How an expectation fared: agreement, surprises that want an answer, and whether the model counts as understood."""

from collections.abc import Callable

import streamlit as st

from portal.ui.badges import INTERPRETABILITY
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.interpretations.acceptance import VERDICTS, Verdict
from services.interpretations.agreement import METHOD
from services.interpretations.expectations import TEXT_LENGTH
from services.interpretations.sentences import (
    STATES,
    describe_agreement,
    describe_class,
    describe_expected,
    describe_newer,
    listed,
)
from services.interpretations.surprises import STRONG_SHARE, WEAK_SHARE
from services.interpretations.views import AcceptanceView, ExpectationView, InterpretationView, Revealed, SurpriseView
from services.people.permissions import Role


def draw_agreement(view: InterpretationView, revealed: Revealed) -> None:
    """Which of several classes is looked at; what the person expected beside the model, then what everybody did."""
    mine, shown = view.mine, revealed.explanation.shown_class
    if shown is not None:
        label = view.towards or shown
        said = describe_class(view.outcome, label, view.chosen_by, shown, is_skipped=view.is_skipped)
        note(escape_markdown(said))
    if mine is not None and mine.agreement is not None:
        with section("What you expected, beside the model", escape_markdown(_expected_words(view, mine))):
            st.markdown(escape_markdown(describe_agreement(mine.agreement)))
            note(f"Measured on {revealed.explanation.n_rows:,} rows kept aside: {METHOD}.")
    others = [one for one in revealed.expectations if one is not mine or one.is_skipped]
    if others:
        with st.expander(f"Who expected what ({len(revealed.expectations)})"):
            _draw_everybody(view, revealed)


def draw_surprises(view: InterpretationView, revealed: Revealed, answer: Callable[[SurpriseView, str], None]) -> None:
    """Each difference with its answer, or the form for one; `answer(surprise, sentence)`."""
    if not any(not one.is_skipped for one in revealed.expectations):
        return
    n = revealed.n_unanswered
    title = f"{n} surprise{'' if n == 1 else 's'} to answer" if n else "No surprise is left to answer"
    how = (
        f"A surprise is a column with at least {STRONG_SHARE:.0%} of the strongest effect that nobody expected, an "
        f"expected one with less than {WEAK_SHARE:.0%} of it, or the opposite direction."
    )
    with section(title, how):
        for surprise in revealed.surprises:
            with st.container(border=True, gap="xsmall"):
                _draw_surprise(view, surprise, answer)


def draw_decision(view: InterpretationView, decide: Callable[[str, str], None]) -> None:
    """What was decided, and the form that decides; `decide(verdict, reason)`."""
    with section("Is this model understood?", "At high and critical risk a sign-off needs this to be accepted"):
        draw_acceptance(view.acceptance)
        if not view.may_judge:
            return
        with st.form(f"understood_{view.model_id}"):
            verdict = st.radio(
                "Interpretability",
                list(VERDICTS),
                index=None,
                format_func=lambda choice: VERDICTS[choice],
                disabled=view.refusal is not None,
                horizontal=True,
                label_visibility="collapsed",
                key=f"verdict_{view.model_id}",
            )
            reason = st.text_area(
                "Reason", height=92, max_chars=TEXT_LENGTH, disabled=view.refusal is not None, key="understood_reason"
            )
            is_sent = st.form_submit_button(
                "Record decision", type="primary", icon=":material/psychology:", disabled=view.refusal is not None
            )
            note(escape_markdown(_below_the_button(view)))
        if is_sent:
            decide(str(verdict or ""), reason)


def draw_acceptance(acceptance: AcceptanceView | None) -> None:
    """The latest decision in one line, with who gave it and why."""
    state = acceptance.state if acceptance else ""
    words = f"{INTERPRETABILITY[state].markdown} {STATES[state]}"
    if acceptance is None:
        st.markdown(words)
        return
    day = f"{acceptance.decided_at.day} {acceptance.decided_at:%B}"
    verdict = VERDICTS[Verdict(acceptance.verdict)].lower()
    reason = f": {escape_markdown(acceptance.reason)}" if acceptance.reason else "."
    who = f"{escape_markdown(acceptance.name)} ({_role(acceptance.role)}) decided “{verdict}” on {day}"
    st.markdown(f"{words}  \n:small[:gray[{who}{reason}]]")
    if acceptance.newer_number is not None:
        note(describe_newer(acceptance.model_number, acceptance.newer_number))


def _below_the_button(view: InterpretationView) -> str:
    bound = f"You decide on explanation {view.explanation_sha256[:4]}·{view.explanation_sha256[4:8]}."
    if view.refusal is not None:
        return view.refusal
    return f"{view.acceptance_refusal} {bound}" if view.acceptance_refusal else bound


def _draw_everybody(view: InterpretationView, revealed: Revealed) -> None:
    st.table(
        {
            "Who": [f"{escape_markdown(one.name)}, {_role(one.role)}" for one in revealed.expectations],
            "Expected": [escape_markdown(_expected_words(view, one)) for one in revealed.expectations],
            "Agrees": [_overlap(one) for one in revealed.expectations],
        },
        border="horizontal",
    )


def _draw_surprise(
    view: InterpretationView, surprise: SurpriseView, answer: Callable[[SurpriseView, str], None]
) -> None:
    st.markdown(escape_markdown(surprise.sentence))
    said = surprise.answer
    if said is not None:
        st.markdown(f":material/reply: **{escape_markdown(said.name)}:** {escape_markdown(said.sentence)}")
        return
    if not view.may_judge:
        note("Nobody has answered this yet.")
        return
    name = f"{surprise.surprise.kind.value}_{surprise.surprise.column}"
    with st.form(f"surprise_{name}", border=False):
        sentence = st.text_area("Why is that so?", height=92, max_chars=TEXT_LENGTH, key=f"why_{name}")
        if st.form_submit_button("Answer", icon=":material/reply:", key=f"why_now_{name}"):
            answer(surprise, sentence)


def _expected_words(view: InterpretationView, one: ExpectationView) -> str:
    if one.is_skipped:
        return f"Skipped: {one.skip_reason}"
    names = view.names
    what = "it" if one.towards is None else view.chance_of(one.towards)
    said = [describe_expected(part, names[part.column], what) for part in one.expected if part.column in names]
    return f"{listed(said)}."


def _overlap(one: ExpectationView) -> str:
    found = one.agreement
    return "–" if found is None or found.overlap is None else f"{found.overlap:.0%}"


def _role(role: str) -> str:
    return Role(role).label if role in set(Role) else role
