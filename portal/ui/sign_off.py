"""What surrounds a decision: what yes and no would do, what changed, who is involved, and the form that signs."""

from collections.abc import Callable

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.people.permissions import Role
from services.reviews.manifest import ITEM_LABELS, Change
from services.reviews.rules import Verdict, name_sections
from services.reviews.stakes import Stakes
from services.reviews.views import DecisionView, ReviewView
from services.valuation.amounts import format_money

VERDICTS = {Verdict.APPROVE: "Approve", Verdict.REQUEST_CHANGES: "Request changes", Verdict.REJECT: "Reject"}
_DECIDED = {
    "approve": Badge("Approved", "green"),
    "request_changes": Badge("Changes requested", "orange"),
    "reject": Badge("Rejected", "red"),
    "revoke": Badge("Revoked", "red"),
}


def draw_consequences(review: ReviewView) -> None:
    """Two cards: what happens after yes, what after no, with the money."""
    with st.grid(2, min_column_width=280, gap="small"):
        with st.container(border=True, height="stretch", gap="xsmall"):
            st.markdown("**:green[:material/check:] If you say yes**")
            st.markdown(
                f"The model answers at once, in the browser and for programs. {_gain(review.stakes)}"
                "It stops by itself as soon as any of this evidence changes."
            )
        with st.container(border=True, height="stretch", gap="xsmall"):
            st.markdown("**:red[:material/close:] If you say no**")
            asker = escape_markdown(review.requested_by_name)
            st.markdown(
                f"Predictions stay blocked. {_forgone(review.stakes)}{asker} sees your reason and may ask again."
            )


def draw_changes(review: ReviewView) -> None:
    """What is different from the last approval, or from what was asked; nothing on a first, unchanged round."""
    if review.changes:
        with section("The evidence has changed since this was asked", "A signature on it would bind nothing"):
            _draw_change_table(review.changes)
    if review.changes_since_approval is not None:
        with section("What changed since the last approval"):
            if review.changes_since_approval:
                _draw_change_table(review.changes_since_approval)
            else:
                note("Nothing. The evidence is the one approved before.")


def draw_people(review: ReviewView) -> None:
    """Who decided, who waits to decide, and who cannot because they wrote a part of the evidence."""
    with section("People", "Whoever wrote a part of this evidence cannot decide on it"):
        rows = {f":gray[{escape_markdown(decided.name)}]": _decided_words(decided) for decided in review.decisions}
        if review.is_waiting:
            rows[":gray[A manager of this project]"] = ":orange-badge[Waiting]"
        for author in review.authors:
            rows[f":gray[{escape_markdown(author.name)}]"] = escape_markdown(
                author.authored[:1].upper() + author.authored[1:]
            )
        for opening in review.openings:
            name = f":gray[{escape_markdown(opening.name)}]"
            if name not in rows:
                rows[name] = f"Opened {len(opening.sections)} of {review.n_sections}"
        st.table(rows, border="horizontal")


def draw_decision_form(review: ReviewView, decide: Callable[[str, str], None]) -> None:
    """The form that signs; `decide(verdict, reason)`. Shown disabled, with the reason, to those who may not."""
    is_disabled = not review.may_decide
    with st.form(f"decision_{review.id}"):
        st.subheader("My decision", anchor=False)
        verdict = st.radio(
            "Decision",
            list(VERDICTS),
            index=None,
            format_func=lambda choice: VERDICTS[choice],
            label_visibility="collapsed",
            disabled=is_disabled,
        )
        reason = st.text_area("Reason", height=92, max_chars=2_000, disabled=is_disabled, key=f"reason_{review.id}")
        is_sent = st.form_submit_button(
            "Sign decision", type="primary", width="stretch", icon=":material/draw:", disabled=is_disabled
        )
        note(_below_the_button(review))
    if is_sent:
        decide(str(verdict or ""), reason)


def _below_the_button(review: ReviewView) -> str:
    signed = f"You sign evidence `{short_hash(review.manifest_sha256)}`."
    if review.decision_refusal is not None:
        return escape_markdown(review.decision_refusal)
    to_open = f"Open {name_sections(review.sections_to_open)} to approve. " if review.sections_to_open else ""
    understood = f"{escape_markdown(review.interpretability_refusal)} " if review.interpretability_refusal else ""
    return f"{to_open}{understood}{signed}"


def short_hash(sha256: str) -> str:
    """The first eight digits, as people compare them: 9f3c·71ae."""
    return f"{sha256[:4]}·{sha256[4:8]}"


BY_USUAL_VALUE = (
    "The figures have a value by row, by which this model was not judged: all cases count with the usual value here. "
    "A new run prices each row. "
)


def _gain(stakes: Stakes | None) -> str:
    if stakes is None:
        return ""
    amount = format_money(stakes.yearly_value, stakes.currency, sign=True)
    interval = ""
    if stakes.low is not None and stakes.high is not None:
        low, high = (format_money(end, stakes.currency) for end in (stakes.low, stakes.high))
        interval = f" ({low} to {high})"
    usual = BY_USUAL_VALUE if stakes.is_by_usual_value else ""
    return f"It acts on {stakes.share_acted:.0%} of the cases. Expected: **{amount} a year**{interval}. {usual}"


def _forgone(stakes: Stakes | None) -> str:
    if stakes is None or stakes.yearly_value == 0:
        return ""
    verb = "not earned" if stakes.yearly_value > 0 else "not lost"
    return f"About **{format_money(abs(stakes.yearly_value), stakes.currency)} a year is {verb}**. "


def _draw_change_table(changes: tuple[Change, ...]) -> None:
    st.table(
        {
            "Item": [ITEM_LABELS.get(change.item_type, change.item_type) for change in changes],
            "What": [escape_markdown(change.label) for change in changes],
            "Was": [escape_markdown(change.was) for change in changes],
            "Is now": [f"**{escape_markdown(change.now)}**" if change.now else "" for change in changes],
        },
        border="horizontal",
    )


def _decided_words(decided: DecisionView) -> str:
    role = Role(decided.role).label if decided.role in set(Role) else decided.role
    when = f"{decided.decided_at.day} {decided.decided_at:%B}"
    return f"{_DECIDED[decided.verdict].markdown} {escape_markdown(decided.reason)} :gray[· {role}, {when}]"
