"""Ask about fairness: whose treatment is compared, how large a gap is accepted, and what feedback loops ask for."""

from collections.abc import Callable, Sequence

import streamlit as st

from portal.ui.analyses import STATES
from portal.ui.badges import Badge
from portal.ui.layout import note, section
from portal.ui.state import go_to
from portal.ui.text import escape_markdown
from services.errors import InvalidInputError
from services.fairness.checks import LoopCheck
from services.fairness.report import Harm, Standing, Verdict
from services.fairness.request import MOST_COLUMNS, AssessmentRequest
from services.fairness.sentences import gap_in_words
from services.fairness.tolerance import HARMS, REASON_LENGTH
from services.fairness.views import AssessmentLine, FairnessView, ToleranceView

PROMISE = "How groups of people are treated, in counts, and what treating them alike would cost"
STANDINGS: dict[Standing, Badge] = {
    "within": Badge("Within tolerance", "green", ":material/check:"),
    "beyond": Badge("Beyond tolerance", "red", ":material/close:"),
    "untold": Badge("Not enough data", "orange", ":material/help:"),
    "none": Badge("No tolerance", "gray", ":material/horizontal_rule:"),
}
RULES: dict[Verdict, Badge] = {
    "indicated": Badge("Indicated", "red"),
    "possible": Badge("Possible", "orange"),
    "not indicated": Badge("Not indicated", "gray"),
    "too few": Badge("Too few rows", "gray"),
}
_CHECKS = {
    "passed": ":green-badge[Passed]",
    "open": ":orange-badge[Open]",
    "unknown": ":gray-badge[Not known yet]",
}
_WAITING = {"queued": "Waiting for a worker.", "running": "At work.", "cancelled": "Stopped."}
Agree = Callable[[str, float, str], None]

WITHHELD = "A case that is missed: whose class is a favourable one and who is not given one, is worse off"
ASKED_IS_NOT_SIGNED = (
    "What a comparison says is evidence, and nobody decides on evidence of their own: who asks for one does not sign "
    "the model. Have somebody else ask if you are to sign."
)
SIGNED_TOLERANCE = (
    "A sign-off of a model of this project is asked for or given. Another gap is evidence of all of them: each must "
    "then be signed again, and does not answer before that."
)


def ask_columns(view: FairnessView, asked: AssessmentRequest | None) -> AssessmentRequest | InvalidInputError | None:
    """A form that begins with what was asked last, or with what the dictionary names; a question where one was sent."""
    names = [candidate.name for candidate in view.candidates]
    begun = [name for name in (asked.columns if asked else view.declared) if name in names][:MOST_COLUMNS]
    labels = {
        candidate.name: candidate.label if candidate.is_used else f"{candidate.label} (the model does not take it)"
        for candidate in view.candidates
    }
    with st.form("assess", border=True):
        chosen = st.multiselect(
            "Columns whose groups are compared",
            names,
            default=begun,
            format_func=labels.__getitem__,
            key="columns",
            help="Also one that no model learns from. Those the data dictionary calls sensitive come first.",
        )
        note(f"At most {MOST_COLUMNS}. Each is looked at alone, and every two together. Rows kept aside stay sealed.")
        favourable, is_priced = _ask_classes(view, asked) if view.classes else ((), False)
        if not st.form_submit_button(
            "Compare the groups", type="primary", icon=":material/diversity_3:", key="assess_now"
        ):
            return None
    try:
        return AssessmentRequest(view.model_id, tuple(chosen), favourable, is_priced)
    except InvalidInputError as error:
        return error


def _ask_classes(view: FairnessView, asked: AssessmentRequest | None) -> tuple[tuple[str, ...], bool]:
    """Which of several classes are good to be given, and whether giving one is what the payoffs are about."""
    chosen = st.multiselect(
        "Classes that are good to be given",
        view.classes,
        default=[label for label in (asked.favourable if asked else ()) if label in view.classes],
        key="favourable",
        placeholder="Choose classes",
        help="Groups are compared by who is given one of them, and by who of those whose case it is.",
    )
    is_priced = st.checkbox(
        "Giving one of these is what the payoffs in Money are about",
        value=bool(asked and asked.is_priced and view.valuation_id),
        disabled=view.valuation_id is None,
        key="is_priced",
        help="Then acting is giving one of these classes, and a case that matters is one whose class it is.",
    )
    return tuple(chosen), is_priced and view.valuation_id is not None


def draw_tolerance(view: FairnessView, agree: Agree | None, *, has_seen: bool) -> None:
    """What was agreed, and a form to agree on it for whoever may.

    Parameters
    ----------
    agree
        Keeps a harm, a largest gap and a reason; None for who may not.
    has_seen
        Whether an assessment is there to be seen: then a new tolerance says so.
    """
    tolerance = view.tolerance
    with section("The largest gap we accept", "Agreed before anybody looks; each version stays as it was written"):
        if tolerance is not None:
            st.markdown(escape_markdown(describe_tolerance(tolerance)))
            when = f"{tolerance.created_at.day} {tolerance.created_at:%B %Y, %H:%M} UTC"
            note(f"“{escape_markdown(tolerance.reason)}” {escape_markdown(tolerance.agreed_by_name)}, {when}")
        elif agree is None:
            note("A business stakeholder or a manager of the project agrees on it.")
        if agree is None:
            return
        if tolerance is None:
            _ask_tolerance(view, agree, has_seen=has_seen)
        else:
            with st.expander("Agree on another", icon=":material/edit:"):
                _ask_tolerance(view, agree, has_seen=has_seen)


def describe_tolerance(tolerance: ToleranceView) -> str:
    """The tolerance in one sentence, and whether somebody had looked before."""
    harm = HARMS[tolerance.harm]
    seen = (
        "before any comparison was seen"
        if not tolerance.n_seen
        else f"after {tolerance.n_seen:,} comparison{'s' if tolerance.n_seen > 1 else ''} had been seen"
    )
    largest = gap_in_words(tolerance.harm, tolerance.largest_gap)
    return (
        f"Version {tolerance.version}: at most {largest} between two groups. "
        f"What matters: {harm[:1].lower()}{harm[1:]}. Agreed {seen}."
    )


def draw_checks(checks: Sequence[LoopCheck]) -> None:
    """What the answers about feedback loops ask for, and whether it is there."""
    if not checks:
        return
    n_open = sum(check.state == "open" for check in checks)
    title = f"Feedback loops: {n_open} open" if n_open else "Feedback loops: nothing is open"
    with section(title, "From the answers of the objective: what happens when the model works all too well"):
        for check in checks:
            with st.container(gap=None):
                st.markdown(f"{_CHECKS[check.state]} **{escape_markdown(check.title)}**")
                note(escape_markdown(check.sentence))


def draw_history(lines: Sequence[AssessmentLine], open_id: str | None, project_id: str) -> None:
    """The comparisons so far, each with what came of it; the one in front of the person has no button."""
    with st.container(border=True, gap="medium"):
        for line in lines:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                with st.container(gap=None, width=760):
                    name = escape_markdown(", ".join(line.columns)) if line.columns else "Groups compared"
                    st.markdown(f"**{name}** {STATES[line.state].markdown}")
                    told = line.sentence if line.sentence is not None else _WAITING.get(line.state, "Not done.")
                    when = f"{line.created_at.day} {line.created_at:%B, %H:%M} UTC"
                    note(f"{escape_markdown(told)} · {escape_markdown(line.created_by_name)}, {when}")
                if line.id != open_id and st.button("Open", key=f"open_assessment_{line.id}"):
                    go_to("fairness", project=project_id, assessment=line.id)


def _ask_tolerance(view: FairnessView, agree: Agree, *, has_seen: bool) -> None:
    is_number = view.task == "regression"
    harms: list[Harm] = ["error"] if is_number else ["missed"] if view.classes else ["missed", "false_alarm"]
    with st.form("tolerance", border=True):
        harm = st.radio(
            "Which harm matters to the people concerned?",
            harms,
            index=0 if len(harms) == 1 else None,
            format_func=lambda harm: WITHHELD if view.classes else HARMS[harm],
            key="harm",
        )
        largest = st.number_input(
            f"Largest gap, in units of {escape_markdown(view.target)}"
            if is_number
            else "Largest gap, in points of 100",
            min_value=0.0,
            max_value=None if is_number else 100.0,
            value=None,
            step=1.0,
            format="%0.10g",
            key="largest_gap",
            help="Between the group that is treated worst and the one treated best.",
        )
        reason = st.text_input("Why this is acceptable", max_chars=REASON_LENGTH, key="tolerance_reason")
        if view.has_other_sign_offs:
            note(SIGNED_TOLERANCE, "orange")
        if has_seen:
            note("A comparison has been seen already. The new version will say so.", "orange")
        if st.form_submit_button("Agree on it", icon=":material/handshake:", key="agree"):
            if largest is None:
                st.error("Say how large a gap is accepted.", icon=":material/error:")
            else:
                agree(harm or "", largest if is_number else largest / 100, reason)
