"""What an examination found: findings as cards to answer, the worst slices, and what stress costs."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from portal.ui.badges import Badge
from portal.ui.charts import kept_chart
from portal.ui.figures.examination import MOST_STRESSES, slices_figure, stresses_figure
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.examinations.report import AMBER, NOT_APPLICABLE, PASSED, RED, ExaminationReport
from services.examinations.request import REASON_LENGTH
from services.examinations.sentences import (
    describe_search,
    describe_slice,
    describe_stress,
    slice_name,
    slices_title,
    stress_title,
)
from services.examinations.views import ExaminationView, FindingView
from services.valuation.amounts import format_money

PROMISE = "Whether it may be relied on: checks, the rows it is worst at, what people assert, and inputs that go wrong"
STATES = {
    RED: Badge("Serious", "red", ":material/error:"),
    AMBER: Badge("Look at it", "orange", ":material/warning:"),
    PASSED: Badge("Passed", "green", ":material/check:"),
    NOT_APPLICABLE: Badge("Not asked", "gray", ":material/do_not_disturb_on:"),
}
_ANSWERED = Badge("Answered", "gray", ":material/task_alt:")
_FIRST_SAY = "What people said is shown once you say under Explain what you expect."
_MOST_ALIKE = 2
_GONE_WRONG = {  # by the kind of a stress: what its name on the axis means
    "missing": "“missing” takes a column from everybody",
    "shifted": "“+1 sd” raises it by one standard deviation",
    "extreme": "“far above” sets it beyond all that was learned from",
    "noisy": "“noisy” puts it off by a tenth of its spread",
    "unseen": "“unseen value” is one that was never learned from",
}
Answer = Callable[[str, str], None]


def draw_checks(view: ExaminationView, answer: Answer | None) -> None:
    """The checks in the order of severity; `answer(code, reason)`, or None for who may not answer."""
    asking = [one for one in view.findings if one.finding.asks]
    with section("Checks", "The most serious first. A reason stays beside its finding, with who gave it and when."):
        if not asking:
            note(":material/check_circle: Every check that could be asked was passed.", "green")
        with st.grid(2, min_column_width=310, gap="small"):
            for one in asking:
                with st.container(border=True, height="stretch", gap="xsmall"):
                    _draw_finding(one, answer, hides_reasons=view.hides_drivers)
        quiet = [one for one in view.findings if not one.finding.asks]
        if quiet:
            with st.expander(f"{len(quiet)} checks that ask nothing", icon=":material/fact_check:"):
                for one in quiet:
                    badge, finding = STATES[one.finding.state], one.finding
                    st.markdown(f"{badge.markdown} **{finding.title}** · {escape_markdown(finding.sentence)}")


def draw_slices(report: ExaminationReport) -> None:
    """The rows the model is clearly worse at, beside all others."""
    found = report.slices.found
    with section(slices_title(report), escape_markdown(describe_search(report.slices))):
        if found:
            worst = f"{slice_name(found[0])}: {describe_slice(found[0], report)}"
            alt = f"The worst slice is where {worst}"
            kept_chart(partial(slices_figure, report), alt, of=("slices", report), key="slices")
        for one in found:
            with st.container(gap=None):
                money = ""
                if one.extra_yearly is not None and report.currency is not None and one.extra_yearly > 0:
                    money = f" :red-badge[{format_money(one.extra_yearly, report.currency)} a year]"
                st.markdown(f"**{escape_markdown(slice_name(one))}**{money}")
                note(escape_markdown(describe_slice(one, report)))
                if one.alike:
                    more = f", and {len(one.alike) - _MOST_ALIKE} more" if len(one.alike) > _MOST_ALIKE else ""
                    note(f"Says the same: {escape_markdown('; '.join(one.alike[:_MOST_ALIKE]))}{more}.")
        for text in report.slices.notes:
            note(escape_markdown(text))


def draw_stresses(report: ExaminationReport) -> None:
    """What becomes of the model when its inputs go wrong, the worst first."""
    stresses = report.stresses
    drawn = {one.kind for one in stresses.found[:MOST_STRESSES]}
    told = ", ".join(said for kind, said in _GONE_WRONG.items() if kind in drawn)
    text = (
        f"On {stresses.n_rows:,} rows that copies of the model had not learned from; the bars hold the change 19 times "
        f"in 20{f': {told}' if told else ''}."
    )
    with section(escape_markdown(stress_title(report)), text):
        if stresses.obstacle:
            note(escape_markdown(stresses.obstacle))
        if stresses.found:
            alt = f"{stress_title(report)}."
            kept_chart(partial(stresses_figure, report), alt, of=("stresses", report), key="stresses")
            with st.expander("In words", icon=":material/notes:"):
                for one in stresses.found:
                    st.markdown(f"- {escape_markdown(describe_stress(one, report))}")
        if len(stresses.found) > MOST_STRESSES:
            note(f"The {MOST_STRESSES} worst of {len(stresses.found)} are drawn.")
        for one_note in stresses.notes:
            note(escape_markdown(one_note))
        if report.n_withheld:
            note(
                ":material/lock: Single columns are shown once you say under Explain what you expect: which of them "
                "hurts tells what drives the model.",
                "orange",
            )


def _draw_finding(one: FindingView, answer: Answer | None, *, hides_reasons: bool) -> None:
    finding = one.finding
    badges = [STATES[finding.state], *([] if one.is_open else [_ANSWERED])]
    st.markdown(f"{' '.join(badge.markdown for badge in badges)} **{finding.title}**")
    st.markdown(escape_markdown(finding.sentence))
    if finding.advice:
        note(f"What to do: {escape_markdown(finding.advice)}")
    _draw_answers(one, hides_reasons=hides_reasons)
    if answer is not None and not (finding.tells_drivers and hides_reasons):
        st.space("stretch")
        with st.form(f"answer_{finding.code}", border=False):
            label = "Why it may stay as it is" if one.is_open else "Add to it"
            reason = st.text_area(label, max_chars=REASON_LENGTH, height=68, key=f"reason_{finding.code}")
            if st.form_submit_button("Give the reason", icon=":material/task_alt:", key=f"give_{finding.code}"):
                answer(finding.code, reason)


def _draw_answers(one: FindingView, *, hides_reasons: bool) -> None:
    for said in one.answers:
        when = f"{said.at.day} {said.at:%B %Y, %H:%M} UTC"
        to = "" if said.state == one.finding.state else f", to “{STATES[said.state].label}”"
        reason = _FIRST_SAY if hides_reasons else f"“{escape_markdown(said.reason)}”"
        note(f"{reason} {escape_markdown(said.name)}, {when}{to}")
